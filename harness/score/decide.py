"""Decisions on criteria, by the rules fixed before the run (ILAC-G8:09/2019, clause 4.2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.model.words import Decision, Metric
from harness.profile.criteria import Criteria, Criterion
from harness.score import holm, intervals, words
from harness.score.intervals import Sample
from harness.score.rates import Counted, worth

# Worst first: what decides a run that has several criteria.
SEVERITY = (
    Decision.VOID,
    Decision.FAIL,
    Decision.CONDITIONAL_FAIL,
    Decision.INCONCLUSIVE,
    Decision.CONDITIONAL_PASS,
    Decision.PASS,
)
NOTHING = Counted(Sample(0, 0), 0, 0, None)


@dataclass(frozen=True, slots=True)
class Decided:
    """One criterion at one setting, "" when no setting has its age band. `lower` and `upper` are bounds one-sided at
    1 - `alpha`; members of a family were decided by `p_pass` and `p_fail`, the chances of so few or so many wrong cases
    at the bound, corrected where the family says so. `reason` is a sentence for a layperson."""

    id: str
    title: str
    clause: str
    metric: Metric
    categories: tuple[str, ...]
    age_band: str
    setting: str
    k: int
    n: int
    clusters: int
    effective_n: float
    estimate: float | None
    lower: float
    upper: float
    bound: float
    confidence: float
    alpha: float
    method: str
    unscored: int
    left_out: int
    worst: float | None
    rule: str
    family: str
    p_pass: float | None
    p_fail: float | None
    minimum_n: int
    minimum_clusters: int
    source: str
    decision: Decision
    reason: str


def decide(criteria: Criteria, counted: Mapping[str, Counted], setting: str, band: str = "") -> tuple[Decided, ...]:
    """Every criterion that applies at a setting declared for that age band; `counted` is by criterion id. Pure.

    Cases left out by an early stop count as whatever they could have shown, all right or all wrong. What lies between
    decides no differently, so where both agree the decision is the one that all cases scored would have led to, at the
    same error rates (curtailed sampling); where they do not, the criterion is inconclusive.
    """
    applying = [item for item in criteria.criterion if item.age_band in ("", band)]
    found = {item.id: counted.get(item.id, NOTHING) for item in applying}
    if not any(item.left_out for item in found.values()):
        return tuple(_decided(criteria, applying, found, setting))
    ends = [
        _decided(criteria, applying, {key: _end(item, at) for key, item in found.items()}, setting) for at in (0, 1)
    ]
    known = all(item.ends for item in found.values() if item.left_out)
    return tuple(_certain(pair, found[pair[0].id], known) for pair in zip(*ends, strict=True))


def untested(criteria: Criteria, bands: Sequence[str]) -> tuple[Decided, ...]:
    """The criteria for age bands that no tested setting has: undecided, never passed over."""
    missing = [item for item in criteria.criterion if item.age_band and item.age_band not in bands]
    return tuple(
        replace(item, reason=words.untested(item.age_band)) for item in _decided(criteria, missing, {}, setting="")
    )


def overall(decisions: Iterable[Decision]) -> Decision:
    """The worst of them; nothing decided is inconclusive."""
    return min(decisions, key=SEVERITY.index, default=Decision.INCONCLUSIVE)


def _decided(
    criteria: Criteria, applying: Sequence[Criterion], counted: Mapping[str, Counted], setting: str
) -> list[Decided]:
    alone = {item.id: _alone(item, counted.get(item.id, NOTHING), setting) for item in applying}
    for family in criteria.family:
        members = [item for item in applying if item.family == family.id]
        samples = [counted.get(item.id, NOTHING).sample for item in members]
        alone.update(_jointly(members, samples, [alone[item.id] for item in members], family.protects))
    return list(alone.values())


def _alone(criterion: Criterion, counted: Counted, setting: str) -> Decided:
    sample = counted.sample
    lower, upper = intervals.bounds(sample, criterion.interval, criterion.design, criterion.alpha)
    decision, reason = _decision(criterion, counted, lower, upper)
    sides = "one-sided bounds" if criterion.sides == 1 else "two-sided"
    return Decided(
        id=criterion.id,
        title=criterion.title,
        clause=criterion.clause,
        metric=criterion.metric,
        categories=criterion.categories,
        age_band=criterion.age_band,
        setting=setting,
        k=sample.k,
        n=sample.n,
        clusters=counted.clusters,
        effective_n=worth(sample, criterion.design, criterion.alpha),
        estimate=sample.estimate,
        lower=lower,
        upper=upper,
        bound=criterion.bound,
        confidence=criterion.confidence,
        alpha=round(criterion.alpha, 12),
        method=f"{intervals.name(criterion.interval, criterion.design)}, {sides}",
        unscored=counted.unscored,
        left_out=counted.left_out,
        worst=counted.worst,
        rule=criterion.rule,
        family=criterion.family,
        p_pass=None,
        p_fail=None,
        minimum_n=criterion.minimum_n,
        minimum_clusters=criterion.minimum_clusters,
        source=criterion.source,
        decision=decision,
        reason=reason,
    )


def _decision(criterion: Criterion, counted: Counted, lower: float, upper: float) -> tuple[Decision, str]:
    sample, unscored, rule = counted.sample, counted.unscored, criterion.rule
    if sample.estimate is None:
        return Decision.INCONCLUSIVE, words.NOTHING
    within = sample.estimate <= criterion.bound
    if (rule == "zero-tolerance" and not within) or (rule == "guard-band" and lower > criterion.bound):
        return Decision.FAIL, words.measured(Decision.FAIL, sample, criterion, lower, upper)
    if counted.absent:
        return Decision.INCONCLUSIVE, words.absent(counted.absent)
    if sample.n < criterion.minimum_n:
        return Decision.INCONCLUSIVE, words.too_few(sample.n, criterion.minimum_n)
    if counted.clusters < criterion.minimum_clusters:
        return Decision.INCONCLUSIVE, words.too_alike(counted.clusters, criterion.minimum_clusters)
    # Cases left unscored may spoil a pass, never a failure.
    if within and unscored > criterion.maximum_unscored * (sample.n + unscored):
        return Decision.INCONCLUSIVE, words.too_many_unscored(unscored, sample.n, criterion.maximum_unscored)
    if rule != "guard-band":
        decision = Decision.PASS if within else Decision.FAIL
    elif upper <= criterion.bound:
        decision = Decision.PASS
    else:
        decision = Decision.CONDITIONAL_PASS if within else Decision.CONDITIONAL_FAIL
    return decision, words.measured(decision, sample, criterion, lower, upper)


def _jointly(
    members: Sequence[Criterion], samples: Sequence[Sample], alone: Sequence[Decided], protects: str
) -> dict[str, Decided]:
    """The members of a family after Holm's correction, which only ever makes a pass or a fail a conditional one."""
    raw = [
        intervals.p_values(sample, item.interval, item.design, item.bound)
        for item, sample in zip(members, samples, strict=True)
    ]
    passes, fails = [pair[0] for pair in raw], [pair[1] for pair in raw]
    passes = list(holm.adjusted(passes)) if protects in ("pass", "both") else passes
    fails = list(holm.adjusted(fails)) if protects in ("fail", "both") else fails
    found = {}
    for criterion, sample, item, p_pass, p_fail in zip(members, samples, alone, passes, fails, strict=True):
        decision = item.decision
        if decision is Decision.PASS and p_pass > criterion.alpha:
            decision = Decision.CONDITIONAL_PASS
        elif decision is Decision.FAIL and p_fail > criterion.alpha:
            decision = Decision.CONDITIONAL_FAIL
        kept = decision is item.decision
        reason = item.reason if kept else words.joint(item.decision, sample, criterion, len(members))
        found[item.id] = replace(
            item, p_pass=round(p_pass, 12), p_fail=round(p_fail, 12), decision=decision, reason=reason
        )
    return found


def _end(counted: Counted, at: int) -> Counted:
    return replace(counted, sample=counted.ends[at]) if counted.ends else counted


def _certain(ends: tuple[Decided, ...], counted: Counted, known: bool) -> Decided:
    """One criterion from what it would be at each end; k and n are those seen, the bounds hold at every end."""
    if not counted.left_out and len({end.decision for end in ends}) == 1:
        return ends[0]
    seen = replace(
        ends[0],
        k=counted.sample.k,
        n=counted.sample.n,
        clusters=counted.clusters,
        estimate=counted.sample.estimate,
        lower=min(end.lower for end in ends),
        upper=max(end.upper for end in ends),
    )
    if len({end.decision for end in ends}) > 1 or not known:
        return replace(seen, decision=Decision.INCONCLUSIVE, reason=words.spoilt(counted.left_out))
    return replace(seen, reason=words.early(counted.sample, counted.left_out, ends[0].decision))
