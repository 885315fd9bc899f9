"""Two runs on the same cases: paired differences of their rates of wrong outcomes, with interval and exact test."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scipy import stats

from harness.model.case import Case
from harness.model.words import Expectation, Metric, Outcome
from harness.score import holm
from harness.score.outcome import Scored
from harness.score.rates import OVERALL
from harness.score.signs import sign_flip, whole

METRICS = {Metric.BAD_SITES_UNDER_BLOCK: Expectation.BLOCK, Metric.OK_SITES_OVER_BLOCK: Expectation.ALLOW}
INTERVAL = "Newcombe 1998 (paired), method 10"
WORSE, BETTER, NOT_SHOWN, NOTHING = "worse", "better", "no difference shown", "nothing to compare"

Pair = tuple[Scored, Scored]  # the same case in the baseline and in the other run


@dataclass(frozen=True, slots=True)
class Paired:
    """The other run against the baseline on the cases scored in both; `unscored` counts the rest of them.

    `difference` is the other's rate of wrong outcomes less the baseline's (weighted where cases are), None when `n` is
    0. `p_adjusted` is Holm's over the categories of the metric; `finding` follows from it at `confidence`, the interval
    is for this difference alone. `effective_n` is what the cases are worth: Kish's size of weights and clusters."""

    metric: Metric
    category: str
    n: int
    wrong_baseline: int
    wrong_other: int
    both_right: int
    only_baseline_wrong: int
    only_other_wrong: int
    both_wrong: int
    unscored: int
    clusters: int
    effective_n: float
    difference: float | None
    lower: float
    upper: float
    confidence: float
    method: str
    p: float
    p_adjusted: float
    test: str
    finding: str


def compare(pairs: Iterable[Pair], confidence: float) -> list[Paired]:
    """Both metrics, overall and then by category. A case's weight and cluster are the baseline's."""
    groups: dict[tuple[Metric, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        case = pair[0].case
        for metric, expectation in METRICS.items():
            if case.expectation is expectation:
                groups[metric, OVERALL].append(pair)
                groups[metric, case.category].append(pair)
    found = []
    for metric in METRICS:
        names = sorted(category for of, category in groups if of is metric and category != OVERALL)
        parts = [_paired(groups[metric, name], metric, name, confidence) for name in names]
        adjusted = iter(holm.adjusted([part.p for part in parts if part.n]))
        parts = [found_at(part, next(adjusted)) if part.n else part for part in parts]
        if names:
            whole_part = _paired(groups[metric, OVERALL], metric, OVERALL, confidence)
            parts.insert(0, found_at(whole_part, whole_part.p))
        found += parts
    return found


def found_at(part: Paired, p_adjusted: float) -> Paired:
    """The same with that adjusted p-value, and the finding that follows from it."""
    if not part.n:
        return part
    shown = part.difference and p_adjusted <= 1 - part.confidence
    finding = NOT_SHOWN if not shown else WORSE if (part.difference or 0) > 0 else BETTER
    return replace(part, p_adjusted=p_adjusted, finding=finding)


def effective(cases: Iterable[Case]) -> tuple[int, float]:
    """The number of clusters, and what the cases are worth if those of a cluster share one fate: the squared sum of all
    weights over the sum of the clusters' squared sums (Kish, Survey Sampling, 1965)."""
    weights: dict[str, float] = defaultdict(float)
    for case in cases:
        weights[_cluster(case)] += case.weight
    squares = sum(weight * weight for weight in weights.values())
    return len(weights), sum(weights.values()) ** 2 / squares if squares else 0.0


def newcombe(both: float, first: float, second: float, neither: float, confidence: float) -> tuple[float, float]:
    """The interval for the first proportion less the second, to twelve decimals, from how many pairs have the property
    in both, only the first, only the second, or neither; (-1, 1) without any.

    Source: Newcombe, Statistics in Medicine 17 (1998), 2635-2650, method 10: score intervals of the two proportions,
    combined with their correlation, which is corrected for continuity. Counts may be fractions at an effective size."""
    n = both + first + second + neither
    if not n:
        return -1.0, 1.0
    one, other = (both + first) / n, (both + second) / n
    (low1, high1), (low2, high2) = _wilson(one, n, confidence), _wilson(other, n, confidence)
    margins = (both + first) * (second + neither) * (both + second) * (first + neither)
    product = both * neither - first * second
    if product > 0:
        product = max(product - n / 2, 0.0)
    phi = product / math.sqrt(margins) if margins > 0 else 0.0
    down = _combined(one - low1, high2 - other, phi)
    up = _combined(high1 - one, other - low2, phi)
    return round(one - other - down, 12), round(one - other + up, 12)


def _paired(pairs: Sequence[Pair], metric: Metric, category: str, confidence: float) -> Paired:
    scored = [pair for pair in pairs if all(item.outcome is not Outcome.UNSCORED for item in pair)]
    cases = [baseline.case for baseline, _ in scored]
    wrong = [(int(one.outcome is not Outcome.CORRECT), int(two.outcome is not Outcome.CORRECT)) for one, two in scored]
    clusters, effective_n = effective(cases)
    total = sum(case.weight for case in cases)

    def worth(*cell: int) -> float:
        weight = sum(case.weight for case, seen in zip(cases, wrong, strict=True) if seen == cell)
        return weight * effective_n / total if total else 0.0

    # The other run stands first, so that a positive difference is a worse one.
    lower, upper = newcombe(worth(1, 1), worth(0, 1), worth(1, 0), worth(0, 0), confidence)
    differences: dict[str, int] = defaultdict(int)
    for case, weight, (one, two) in zip(cases, whole([case.weight for case in cases]), wrong, strict=True):
        differences[_cluster(case)] += weight * (two - one)
    p, test = sign_flip(list(differences.values()))
    return Paired(
        metric=metric,
        category=category,
        n=len(scored),
        wrong_baseline=sum(one for one, _ in wrong),
        wrong_other=sum(two for _, two in wrong),
        both_right=wrong.count((0, 0)),
        only_baseline_wrong=wrong.count((1, 0)),
        only_other_wrong=wrong.count((0, 1)),
        both_wrong=wrong.count((1, 1)),
        unscored=len(pairs) - len(scored),
        clusters=clusters,
        effective_n=round(effective_n, 6),
        difference=round((worth(0, 1) - worth(1, 0)) / effective_n, 12) if scored else None,
        lower=lower,
        upper=upper,
        confidence=confidence,
        method=INTERVAL + _size(cases, clusters),
        p=p,
        p_adjusted=p,
        test=test + (" over clusters" if clusters < len(cases) else ""),
        finding=NOTHING,
    )


def _size(cases: Sequence[Case], clusters: int) -> str:
    weighted = len({case.weight for case in cases}) > 1
    reasons = [name for name, holds in (("clusters", clusters < len(cases)), ("weights", weighted)) if holds]
    return f", at the effective size of {' and '.join(reasons)} (Kish)" if reasons else ""


def _cluster(case: Case) -> str:
    # No cluster's name begins so; a case without one stands alone.
    return case.cluster or f"\0{case.case_id}"


def _wilson(share: float, n: float, confidence: float) -> tuple[float, float]:
    z = float(stats.norm.isf((1 - confidence) / 2))
    middle, half = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def _combined(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(one * one - 2 * phi * one * other + other * other, 0.0))
