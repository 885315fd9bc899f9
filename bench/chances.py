"""How often intervals miss and decisions err, summed over every outcome; simulated for estimated design effects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from harness.model.words import Decision, Design, Interval, Metric
from harness.profile.criteria import Criteria
from harness.score.decide import decide
from harness.score.intervals import Sample, bounds
from harness.score.rates import Counted

BOUND, CONFIDENCE = 0.05, 0.95
ALPHA = 1 - CONFIDENCE
ABOVE = 1.2 * BOUND
NEGLIGIBLE = 1e-12
Law = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chances:
    """Of passing where the true rate is the bound, or just above, and of failing where it is the bound."""

    passing: float
    passing_above: float
    failing: float


@dataclass(frozen=True, slots=True)
class Misses:
    """How often, where the true rate is the bound, the upper bound is at or below it and the lower bound above it."""

    upper: float
    lower: float


def coverage(n: int, interval: Interval, rates: Law) -> Law:
    """The chance, at each true rate, that the two-sided interval of n independent cases holds it."""
    found = [bounds(Sample(k, n), interval, Design.INDEPENDENT, ALPHA / 2) for k in range(n + 1)]
    lower, upper = np.array(found).T[:, :, None]
    held = (lower <= rates) & (rates <= upper)
    return np.asarray((stats.binom.pmf(np.arange(n + 1)[:, None], n, rates) * held).sum(axis=0))


def alone(n: int, **changes: Any) -> Chances:
    """Of one criterion with these fields and n cases."""
    return _chances(n, criteria(1, **changes), others=(0, 0))


def any_of(members: int, n: int, **changes: Any) -> Chances:
    """Of any passing, and any failing, of so many alike with n cases each and the same true rate.

    One is the first to be rejected when it would be beside hopeless others, so it is asked beside those.
    """
    one = _chances(n, criteria(members, **changes), others=(n, 0))
    return Chances(*(1 - (1 - chance) ** members for chance in (one.passing, one.passing_above, one.failing)))


def last_of(members: int, n: int, **changes: Any) -> Chances:
    """Of one criterion beside others that are certain to pass, or to fail."""
    return _chances(n, criteria(members, **changes), others=(0, n))


def _chances(n: int, profile: Criteria, others: tuple[int, int]) -> Chances:
    """The others have so many wrong, where passing is asked for and where failing is."""
    k = np.arange(stats.binom.ppf(NEGLIGIBLE, n, BOUND), stats.binom.isf(NEGLIGIBLE, n, ABOVE) + 1, dtype=int)
    passes = np.array([_first(profile, wrong, others[0], n) is Decision.PASS for wrong in k.tolist()])
    fails = np.array([_first(profile, wrong, others[1], n) is Decision.FAIL for wrong in k.tolist()])
    at, above = stats.binom.pmf(k, n, BOUND), stats.binom.pmf(k, n, ABOVE)
    return Chances(float(at @ passes), float(above @ passes), float(at @ fails))


def _first(profile: Criteria, wrong: int, others: int, n: int) -> Decision:
    first, *rest = (criterion.id for criterion in profile.criterion)
    counted = {first: wrong, **dict.fromkeys(rest, others)}
    found = decide(profile, {name: Counted(Sample(k, n), 0, 0, None) for name, k in counted.items()}, "bench")
    return found[0].decision


def criteria(members: int, **changes: Any) -> Criteria:
    """So many criteria alike; decided jointly by Holm where `changes` name the family "holm"."""
    source = "made up for a bench"
    item = {
        "title": "Bench",
        "clause": "bench",
        "metric": Metric.BAD_SITES_UNDER_BLOCK,
        "bound": BOUND,
        "confidence": CONFIDENCE,
        "rule": "guard-band",
        "design": Design.INDEPENDENT,
        "minimum_n": 1,
        "maximum_unscored": 1,
        "source": source,
        **changes,
    }
    treatment = {"block": "under-blocked", "allow": "over-blocked"}
    return Criteria.model_validate(
        {
            "schema": "pas-harness/criteria/2",
            **dict.fromkeys(("name", "title", "version", "authority", "notice"), "bench"),
            "warned": treatment,
            "degraded": treatment,
            "family": [{"id": "holm", "correction": "holm", "protects": "both", "source": source}] * ("family" in item),
            "criterion": [{"id": f"c{number}", **item} for number in range(members)],
        }
    )


def summed(sites: Sequence[int], correlation: float, design: Design) -> Misses:
    """Of clusters of these sizes and that intra-cluster correlation, for a design that looks at sizes alone."""
    law, n = np.ones(1), sum(sites)
    for size in sites:
        law = np.convolve(law, _site(size, correlation))
    # Where the wrong cases lie does not matter, so they are spread evenly.
    found = np.array([_bounds(k, [(size, size * k / n) for size in sites], design) for k in range(n + 1)])
    return Misses(float(law @ (found[:, 1] <= BOUND)), float(law @ (found[:, 0] > BOUND)))


def simulated(
    sites: Sequence[int], correlation: float, design: Design, draws: int, random: np.random.Generator
) -> Misses:
    """The same for any design, from so many samples."""
    drawn = np.array([random.choice(size + 1, draws, p=_site(size, correlation)) for size in sites]).T
    found = np.array([_bounds(sum(wrong), list(zip(sites, wrong, strict=True)), design) for wrong in drawn.tolist()])
    return Misses(float(np.mean(found[:, 1] <= BOUND)), float(np.mean(found[:, 0] > BOUND)))


def _bounds(k: int, clusters: Sequence[tuple[float, float]], design: Design) -> tuple[float, float]:
    n = int(sum(size for size, _ in clusters))
    return bounds(Sample(k, n, tuple(clusters)), Interval.CLOPPER_PEARSON, design, ALPHA)


def _site(size: int, correlation: float) -> Law:
    """The chances of 0 to `size` wrong cases: binomial, beta-binomial, or all alike."""
    if correlation == 0:
        return np.asarray(stats.binom.pmf(np.arange(size + 1), size, BOUND))
    if correlation == 1:
        return np.array([1 - BOUND, *[0.0] * (size - 1), BOUND])
    spread = 1 / correlation - 1
    return np.asarray(stats.betabinom.pmf(np.arange(size + 1), size, spread * BOUND, spread * (1 - BOUND)))
