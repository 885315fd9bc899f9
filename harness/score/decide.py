"""Decisions on criteria, by the rule fixed before the run (ILAC-G8:09/2019, clause 4.2)."""

from dataclasses import dataclass

from harness.model.words import Decision, Metric
from harness.profile.criteria import Criterion
from harness.score import intervals
from harness.score.rates import Tally

# Worst first: what decides a run that has several criteria.
SEVERITY = (
    Decision.VOID,
    Decision.FAIL,
    Decision.CONDITIONAL_FAIL,
    Decision.INCONCLUSIVE,
    Decision.CONDITIONAL_PASS,
    Decision.PASS,
)


@dataclass(frozen=True, slots=True)
class Decided:
    """One criterion at one setting. `lower` and `upper` are bounds one-sided at `confidence`; `reason` is a sentence
    for a layperson."""

    id: str
    title: str
    clause: str
    metric: Metric
    category: str
    setting: str
    k: int
    n: int
    estimate: float | None
    lower: float
    upper: float
    bound: float
    confidence: float
    method: str
    unscored: int
    worst: float | None
    rule: str
    minimum_n: int
    source: str
    decision: Decision
    reason: str


def decide(criterion: Criterion, tally: Tally, setting: str) -> Decided:
    """Pure. Too few scored cases, or too many unscored ones, never pass: they are inconclusive unless the failure is
    certain."""
    k, n, unscored, wrong = tally.of(criterion.metric)
    lower, upper = intervals.one_sided(k, n, criterion.confidence)
    decision, reason = _decision(criterion, k, n, unscored, lower, upper)
    return Decided(
        id=criterion.id,
        title=criterion.title,
        clause=criterion.clause,
        metric=criterion.metric,
        category=criterion.category,
        setting=setting,
        k=k,
        n=n,
        estimate=k / n if n else None,
        lower=lower,
        upper=upper,
        bound=criterion.bound,
        confidence=criterion.confidence,
        method=intervals.ONE_SIDED,
        unscored=unscored,
        worst=(k + wrong) / (n + wrong) if n + wrong else None,
        rule=criterion.rule,
        minimum_n=criterion.minimum_n,
        source=criterion.source,
        decision=decision,
        reason=reason,
    )


def overall(decided: list[Decided]) -> Decision:
    """The worst decision of all criteria; nothing decided is inconclusive."""
    return min((item.decision for item in decided), key=SEVERITY.index, default=Decision.INCONCLUSIVE)


def _decision(criterion: Criterion, k: int, n: int, unscored: int, lower: float, upper: float) -> tuple[Decision, str]:
    if n == 0:
        return Decision.INCONCLUSIVE, "No case could be scored, so nothing can be said."
    at, bound = f"at {criterion.confidence:.0%} confidence", f"{criterion.bound:.1%}"
    wrong, within = f"{k} of {n} cases went wrong", k / n <= criterion.bound
    if criterion.rule == "guard-band" and lower > criterion.bound:
        return Decision.FAIL, f"{wrong}; {at} the true rate is above {lower:.1%}, and the bound is {bound}."
    if n < criterion.minimum_n:
        return Decision.INCONCLUSIVE, f"Only {n} of the {criterion.minimum_n} cases that are needed could be scored."
    # Cases left unscored may spoil a pass, never a failure.
    if within and unscored > criterion.maximum_unscored * (n + unscored):
        most = f"at most {criterion.maximum_unscored:.1%} may be"
        share = unscored / (n + unscored)
        return Decision.INCONCLUSIVE, f"{unscored} cases ({share:.1%}) could not be scored; {most}."
    if criterion.rule == "simple-acceptance":
        decision = Decision.PASS if within else Decision.FAIL
        return decision, f"{wrong} ({k / n:.1%}); the bound is {bound}, compared without a guard band."
    if upper <= criterion.bound:
        return Decision.PASS, f"{wrong}; {at} the true rate is at most {upper:.1%}, within the bound of {bound}."
    decision = Decision.CONDITIONAL_PASS if within else Decision.CONDITIONAL_FAIL
    side = f"{'within' if within else 'above'} the bound of {bound}"
    return (
        decision,
        f"{wrong} ({k / n:.1%}), {side}, but {at} the true rate may lie between {lower:.1%} and {upper:.1%}.",
    )
