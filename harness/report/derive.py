"""A run's evidence, read, judged and scored: everything a report says comes from here and can be recomputed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from harness.classify.rules import Rules, rules_from
from harness.classify.tiers import UNTRUSTED
from harness.evidence import addenda
from harness.evidence.attempts import Attempts
from harness.evidence.blobs import Blobs
from harness.evidence.folder import RunFolder
from harness.evidence.state import State
from harness.model.addendum import Addendum, Entry, Statement, on_case
from harness.model.case import Case
from harness.model.check import Assessment
from harness.model.observation import CaseEvidence
from harness.model.spec import Spec
from harness.model.words import Decision, Tier, Validity, Verdict
from harness.profile.criteria import Criteria
from harness.report.checked import checked
from harness.report.clauses import Assessed, assessed, by_hand
from harness.report.columns import Builder, Columns
from harness.report.judging import Judge, judging
from harness.score.decide import Decided, decide, overall, untested
from harness.score.outcome import Scored, score
from harness.score.parts import Parts, parts
from harness.score.points import Points, points
from harness.score.rates import Rate, by_criterion, rates
from harness.score.requirements import Required, require
from harness.score.sensitivity import Sensitivity, sensitivity
from harness.score.tiers import Both, Tiers, tiers


@dataclass(frozen=True, slots=True)
class Derived:
    """So many cases were `planned`. Scored cases are sorted by setting and case id; `voids` says in plain words why
    nothing can be decided, empty when it can. `machine` is the decision before any addendum of a person. `statements`
    are what the laboratory stated, the last of which stands; `since` counts the addenda that came after it."""

    spec: Spec
    criteria: Criteria
    rules: Rules
    planned: int
    state: Attempts
    addenda: tuple[Addendum, ...]
    statements: tuple[Statement, ...]
    since: int
    scored: Columns
    rates: tuple[Rate, ...]
    decided: tuple[Decided, ...]
    sensitivity: tuple[Sensitivity, ...]
    points: tuple[Points, ...]
    parts: tuple[Parts, ...]
    tiers: tuple[Tiers, ...]
    checks: tuple[Assessment, ...]
    required: tuple[Required, ...]
    clauses: tuple[Assessed, ...]
    decision: Decision
    machine: Decision
    voids: tuple[str, ...]
    head: str
    records: int

    @property
    def cases(self) -> list[Case]:
        """The planned cases, by their ids."""
        return [item.case for item in self.scored[: self.planned]]

    def decisions(self, setting: str) -> list[Decision]:
        """What the machine decided at the setting, on criteria and on requirements."""
        found = [item.decision for item in self.decided if item.setting == setting]
        return [*found, *(item.decision for item in self.required if item.setting == setting and item.decision)]

    def evidence(self, item: Scored) -> CaseEvidence:
        return self.state.evidence(item.case.case_id, item.setting)


@dataclass(frozen=True, slots=True)
class Judged:
    """A run's evidence with the verdict on each case, `by_machine` alone and as people left them; names as in
    `Derived`, which is all made of this."""

    spec: Spec
    criteria: Criteria
    rules: Rules
    planned: int
    state: Attempts
    said: tuple[Entry, ...]
    by_machine: Columns
    scored: Columns
    tiers: tuple[Tiers, ...]
    head: str
    records: int

    @property
    def addenda(self) -> tuple[Addendum, ...]:
        return tuple(entry for entry in self.said if not isinstance(entry, Statement))


def derive(folder: RunFolder, criteria: Criteria | None = None, rules: Rules | None = None) -> Derived:
    """Read the run and score it, by its own criteria and rules or by others. Raises UsageError when it is no run,
    EvidenceError when its evidence is damaged."""
    return conclude(judged(folder, criteria, rules))


def judged(folder: RunFolder, criteria: Criteria | None = None, rules: Rules | None = None) -> Judged:
    """Read the run and judge every case; raises as `derive` does."""
    spec = folder.spec()
    cases = folder.plan(spec)
    reader = folder.reader()
    state = Attempts(reader)
    criteria = criteria or Criteria.model_validate(spec.criteria)
    rules = rules or rules_from(spec.rules)
    entries = addenda.read(folder)
    on_cases = tuple(entry for entry in entries if not isinstance(entry, Statement))
    ended = bool(state.of_kind("stop"))
    judge = judging(spec, state, rules, folder.blobs)
    compared = _tiers(spec, cases, state, criteria, judge)
    by_machine, scored = _verdicts(spec, cases, state, criteria, judge, ended, on_cases, compared)
    tail = reader.tail
    return Judged(
        spec, criteria, rules, len(cases), state, entries, by_machine, scored, compared, tail.head, tail.records
    )


def conclude(run: Judged) -> Derived:
    """All figures and decisions, from the columns. Pure."""
    spec, criteria, scored, bands = run.spec, run.criteria, run.scored, age_bands(run.spec)
    stated = [at for at, entry in enumerate(run.said, 1) if isinstance(entry, Statement)]
    voids = tuple(_voids(run.state, spec))
    decided = decide_all(criteria, scored, spec)
    doubts = sensitivity(criteria, scored, decided, bands)
    checks = checked(spec, run.state)
    required = require(criteria, checks, sorted(spec.checked))
    beside = [item.decision for item in required if item.decision]
    by_machine = decided if run.by_machine is scored else decide_all(criteria, run.by_machine, spec)
    machine = Decision.VOID if voids else _overall(by_machine, beside)
    decision = Decision.VOID if voids else _overall(decided, [*beside, *by_hand(run.addenda, criteria)])
    clauses = assessed(criteria, decided, required, run.addenda)
    if voids:  # figures stay, decisions do not
        decided = tuple(replace(item, decision=Decision.VOID) for item in decided)
        required = tuple(replace(item, decision=item.decision and Decision.VOID) for item in required)
        clauses = tuple(replace(item, decision=item.decision and Decision.VOID) for item in clauses)
    return Derived(
        spec=spec,
        criteria=criteria,
        rules=run.rules,
        planned=run.planned,
        state=run.state,
        addenda=run.addenda,
        statements=tuple(entry for entry in run.said if isinstance(entry, Statement)),
        since=len(run.said) - stated[-1] if stated else 0,
        scored=scored,
        rates=tuple(rates(scored, criteria.interval)),
        decided=decided,
        sensitivity=doubts,
        points=points(criteria, scored, bands),
        parts=tuple(parts(scored, criteria.interval)),
        tiers=run.tiers,
        checks=checks,
        required=required,
        clauses=clauses,
        decision=decision,
        machine=machine,
        voids=voids,
        head=run.head,
        records=run.records,
    )


def decide_all(criteria: Criteria, scored: Iterable[Scored], spec: Spec) -> tuple[Decided, ...]:
    """Every criterion at every setting it applies to, in the order of settings and profile."""
    bands = age_bands(spec)
    counted = by_criterion(criteria, scored)
    found = [
        item
        for setting in sorted(spec.settings)
        for item in decide(criteria, counted.get(setting, {}), setting, bands[setting])
    ]
    return (*found, *untested(criteria, list(bands.values())))


def _overall(decided: tuple[Decided, ...], beside: list[Decision]) -> Decision:
    return overall([*(item.decision for item in decided), *beside])


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
) -> Columns:
    """Every planned case at every setting, by the rules alone. Once a run that may stop early has `ended`, what it did
    not attempt was left out on purpose."""
    by_id = sorted(cases, key=lambda case: case.case_id)
    by_machine, _ = _verdicts(spec, by_id, state, criteria, judging(spec, state, rules, blobs), ended, (), ())
    return by_machine


def _verdicts(
    spec: Spec,
    cases: Iterable[Case],
    state: State | Attempts,
    criteria: Criteria,
    judge: Judge,
    ended: bool,
    said: tuple[Addendum, ...],
    compared: tuple[Tiers, ...],
) -> tuple[Columns, Columns]:
    """As `scored_cases`, of cases by their ids, and with what people said standing above the rules. What the fast tier
    alone saw has no verdict at settings where it may not be used."""
    spares = spec.stop_early and ended
    untrusted = {item.setting for item in compared if not item.usable}
    by_machine, scored = Builder(), Builder()
    for setting in sorted(spec.settings):
        for case in cases:
            evidence = state.evidence(case.case_id, setting)
            judgement = judge(evidence, setting)
            if spares and judgement.validity is Validity.NOT_MEASURED and not evidence.test:
                judgement = replace(judgement, validity=Validity.LEFT_OUT, rule_id=f"validity.{Validity.LEFT_OUT}")
            if setting in untrusted and not evidence.of(Tier.BROWSER).test and judgement.validity is Validity.VALID:
                judgement = replace(judgement, verdict=Verdict.INDETERMINATE, rule_id=UNTRUSTED, mechanism="")
            by_machine.add(score(case, setting, judgement, criteria), evidence)
            if said:
                stands = on_case(said, case.case_id, setting)
                scored.add(score(case, setting, judgement, criteria, stands), evidence)
    alone = by_machine.made()
    return alone, scored.made() if said else alone


def _tiers(spec: Spec, cases: Iterable[Case], state: Attempts, criteria: Criteria, judge: Judge) -> tuple[Tiers, ...]:
    """How far the tiers agree on the sample, setting by setting; none without a fast tier."""
    if not spec.fast:
        return ()
    wanted, shown = frozenset(spec.browser_sample), criteria.interval
    sample = [case for case in cases if case.case_id in wanted]
    found = []
    for setting in sorted(spec.settings):
        seen = [(case, state.evidence(case.case_id, setting)) for case in sample]
        both = [Both(case, *(judge(had.of(tier), setting) for tier in (Tier.FAST, Tier.BROWSER))) for case, had in seen]
        found.append(tiers(setting, both, criteria.fast, shown.confidence, shown.design))
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
        here = [fact for fact in state.of_kind("ground") if seen and fact["setting"] == setting]
        seen += [{**seen[-1], "product": fact["product"]} for fact in here]
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
