"""A run's evidence, read, judged and scored: everything a report says comes from here and can be recomputed."""

from dataclasses import dataclass
from typing import Any

from harness.classify.verdict import judge
from harness.evidence.folder import RunFolder
from harness.evidence.state import State
from harness.model.case import Case
from harness.model.observation import CaseEvidence
from harness.model.spec import Spec
from harness.model.words import Decision
from harness.profile.criteria import Criteria
from harness.score.decide import Decided, decide, overall
from harness.score.outcome import Scored, score
from harness.score.rates import Rate, Tally, rates, tallies


@dataclass(frozen=True, slots=True)
class Derived:
    """Scored cases sorted by setting and case id; `voids` says in plain words why nothing can be decided, empty when it
    can."""

    spec: Spec
    criteria: Criteria
    cases: tuple[Case, ...]
    state: State
    scored: tuple[Scored, ...]
    rates: tuple[Rate, ...]
    decided: tuple[Decided, ...]
    decision: Decision
    voids: tuple[str, ...]
    head: str
    records: int

    def evidence(self, item: Scored) -> CaseEvidence:
        return self.state.evidence(item.case.case_id, item.setting)


def derive(folder: RunFolder) -> Derived:
    """Read the run and score it. Raises UsageError when it is no run, EvidenceError when its evidence is damaged."""
    spec = folder.spec()
    cases = folder.cases(spec)
    reader = folder.reader()
    state = State(reader)
    criteria = Criteria.model_validate(spec.criteria)
    pages = (spec.product["fingerprint"], spec.limits, spec.product["error_page"])
    scored = tuple(
        score(case, setting, judge(state.evidence(case.case_id, setting), *pages), criteria)
        for setting in sorted(spec.settings)
        for case in sorted(cases, key=lambda case: case.case_id)
    )
    tables = tallies(scored)
    decided = tuple(
        decide(criterion, tables.get((setting, criterion.category), Tally()), setting)
        for setting in sorted(spec.settings)
        for criterion in criteria.criterion
    )
    voids = tuple(_voids(state, spec))
    return Derived(
        spec=spec,
        criteria=criteria,
        cases=cases,
        state=state,
        scored=scored,
        rates=tuple(rates(scored, criteria.interval_confidence)),
        decided=decided,
        decision=Decision.VOID if voids else overall(list(decided)),
        voids=voids,
        head=reader.tail.head,
        records=reader.tail.records,
    )


def _voids(state: State, spec: Spec) -> list[str]:
    stops = state.of_kind("stop")
    found = []
    if not stops:
        found.append("The run is not finished; `harness resume` carries it on.")
    elif not stops[-1]["complete"]:
        found.append(f"The run was stopped: {stops[-1]['reason']}.")
    for setting in sorted(spec.settings):
        seen = [fact for fact in state.of_kind("identity") if fact["setting"] == setting]
        found += [f"During the run (setting {setting}) {change}." for change in _changes(seen)]
    return found


def _changes(seen: list[dict[str, Any]]) -> list[str]:
    """What about product or browser was not the same each time it was asked."""
    found = []
    for what in sorted({key for fact in seen for key in fact["product"]}):
        values = list(dict.fromkeys(str(fact["product"].get(what, "nothing")) for fact in seen))
        if len(values) > 1:
            found.append(f"the product's {what} changed from {' to '.join(values)}")
    browsers = list(dict.fromkeys(fact["browser"] for fact in seen))
    if len(browsers) > 1:
        found.append(f"the browser changed from {' to '.join(browsers)}")
    return found
