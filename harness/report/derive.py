"""A run's evidence, read, judged and scored: everything a report says comes from here and can be recomputed."""

from dataclasses import dataclass, replace
from typing import Any

from harness.classify.rules import Rules, rules_from
from harness.evidence import addenda
from harness.evidence.attempts import Attempts
from harness.evidence.blobs import Blobs
from harness.evidence.folder import RunFolder
from harness.evidence.state import State
from harness.model.addendum import Addendum, Statement, on_case
from harness.model.case import Case
from harness.model.observation import CaseEvidence
from harness.model.spec import Spec
from harness.model.words import Decision, Validity
from harness.profile.criteria import Criteria
from harness.report.clauses import Assessed, assessed, by_hand
from harness.report.judging import judging
from harness.score.decide import Decided, decide, overall, untested
from harness.score.outcome import Scored, score
from harness.score.parts import Parts, parts
from harness.score.points import Points, points
from harness.score.rates import Rate, by_criterion, rates
from harness.score.sensitivity import Sensitivity, sensitivity


@dataclass(frozen=True, slots=True)
class Derived:
    """Scored cases sorted by setting and case id; `voids` says in plain words why nothing can be decided, empty when it
    can. `machine` is the decision before any addendum of a person. `statements` are what the laboratory stated, the
    last of which stands; `since` counts the addenda that came after it."""

    spec: Spec
    criteria: Criteria
    rules: Rules
    cases: tuple[Case, ...]
    state: Attempts
    addenda: tuple[Addendum, ...]
    statements: tuple[Statement, ...]
    since: int
    scored: tuple[Scored, ...]
    rates: tuple[Rate, ...]
    decided: tuple[Decided, ...]
    sensitivity: tuple[Sensitivity, ...]
    points: tuple[Points, ...]
    parts: tuple[Parts, ...]
    clauses: tuple[Assessed, ...]
    decision: Decision
    machine: Decision
    voids: tuple[str, ...]
    head: str
    records: int

    def evidence(self, item: Scored) -> CaseEvidence:
        return self.state.evidence(item.case.case_id, item.setting)


def derive(folder: RunFolder, criteria: Criteria | None = None, rules: Rules | None = None) -> Derived:
    """Read the run and score it, by its own criteria and rules or by others. Raises UsageError when it is no run,
    EvidenceError when its evidence is damaged."""
    spec = folder.spec()
    cases = folder.cases(spec)
    reader = folder.reader()
    state = Attempts(reader)
    criteria = criteria or Criteria.model_validate(spec.criteria)
    rules = rules or rules_from(spec.rules)
    entries = addenda.read(folder)
    said = tuple(entry for entry in entries if not isinstance(entry, Statement))
    stated = [at for at, entry in enumerate(entries, 1) if isinstance(entry, Statement)]
    ended = bool(state.of_kind("stop"))
    by_machine = scored_cases(spec, cases, state, criteria, rules, folder.blobs, ended)
    scored = scored_cases(spec, cases, state, criteria, rules, folder.blobs, ended, said) if said else by_machine
    voids = tuple(_voids(state, spec))
    decided = decide_all(criteria, scored, spec)
    doubts = sensitivity(criteria, scored, decided, age_bands(spec))
    machine = Decision.VOID if voids else _overall(decide_all(criteria, by_machine, spec), [])
    decision = Decision.VOID if voids else _overall(decided, by_hand(said, criteria))
    clauses = assessed(criteria, decided, said)
    if voids:  # figures stay, decisions do not
        decided = tuple(replace(item, decision=Decision.VOID) for item in decided)
        clauses = tuple(replace(item, decision=item.decision and Decision.VOID) for item in clauses)
    return Derived(
        spec=spec,
        criteria=criteria,
        rules=rules,
        cases=cases,
        state=state,
        addenda=said,
        statements=tuple(entry for entry in entries if isinstance(entry, Statement)),
        since=len(entries) - stated[-1] if stated else 0,
        scored=scored,
        rates=tuple(rates(scored, criteria.interval)),
        decided=decided,
        sensitivity=doubts,
        points=points(criteria, scored, age_bands(spec)),
        parts=tuple(parts(scored, criteria.interval)),
        clauses=clauses,
        decision=decision,
        machine=machine,
        voids=voids,
        head=reader.tail.head,
        records=reader.tail.records,
    )


def decide_all(criteria: Criteria, scored: tuple[Scored, ...], spec: Spec) -> tuple[Decided, ...]:
    """Every criterion at every setting it applies to, in the order of settings and profile."""
    bands = age_bands(spec)
    counted = by_criterion(criteria, scored)
    found = [
        item
        for setting in sorted(spec.settings)
        for item in decide(criteria, counted.get(setting, {}), setting, bands[setting])
    ]
    return (*found, *untested(criteria, list(bands.values())))


def _overall(decided: tuple[Decided, ...], by_hand: list[Decision]) -> Decision:
    return overall([*(item.decision for item in decided), *by_hand])


def age_bands(spec: Spec) -> dict[str, str]:
    """Tested setting to the age band its product's profile declares it for, "" for none."""
    levels = spec.product.get("settings", {}).get("level", {})
    return {setting: str(levels.get(setting, {}).get("age_band", "")) for setting in spec.settings}


def scored_cases(
    spec: Spec,
    cases: tuple[Case, ...],
    state: State | Attempts,
    criteria: Criteria,
    rules: Rules,
    blobs: Blobs,
    ended: bool,
    said: tuple[Addendum, ...] = (),
) -> tuple[Scored, ...]:
    """Every planned case at every setting. Once a run that may stop early has `ended`, what it did not attempt was left
    out on purpose."""
    judge = judging(spec, state, rules, blobs)
    spares = spec.stop_early and ended
    found = []
    for setting in sorted(spec.settings):
        for case in sorted(cases, key=lambda case: case.case_id):
            evidence = state.evidence(case.case_id, setting)
            judgement = judge(evidence, setting)
            if spares and judgement.validity is Validity.NOT_MEASURED and not evidence.test:
                judgement = replace(judgement, validity=Validity.LEFT_OUT, rule_id=f"validity.{Validity.LEFT_OUT}")
            found.append(score(case, setting, judgement, criteria, on_case(said, case.case_id, setting)))
    return tuple(found)


def _voids(state: Attempts, spec: Spec) -> list[str]:
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
    """What about product, browser or route was not the same each time it was asked."""
    found = []
    for what in sorted({key for fact in seen for key in fact["product"]}):
        values = list(dict.fromkeys(str(fact["product"].get(what, "nothing")) for fact in seen))
        if len(values) > 1:
            found.append(f"the product's {what} changed from {' to '.join(values)}")
    for what in ("browser", "route"):
        values = list(dict.fromkeys(str(fact.get(what, "")) for fact in seen))
        if len(values) > 1:
            found.append(f"the {what} changed from {' to '.join(values)}")
    return found
