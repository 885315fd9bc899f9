"""Bounds of one rate, and the p-values of the tests that they invert."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import special

from harness.model.words import Design, Interval
from harness.score.clusters import Clusters

# Beyond that, versions of the library differ, and a bound met exactly would be decided by noise.
DIGITS = 12

_INTERVALS = {
    Interval.CLOPPER_PEARSON: "Clopper-Pearson",
    Interval.WILSON: "Wilson",
    Interval.JEFFREYS: "Jeffreys",
}
_DESIGNS = {
    Design.INDEPENDENT: "",
    Design.CLUSTERS: " at the effective sample size, cases of a cluster sharing one fate (Kish)",
    Design.ESTIMATED: " at the effective sample size, estimated from the clusters (Korn and Graubard)",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """k wrong of n scored cases. `clusters` has, for each cluster, the weight of its scored cases and of the wrong ones
    among them; without any, the cases are independent and of equal weight. Raises ValueError when that cannot be."""

    k: int
    n: int
    clusters: Sequence[tuple[float, float]] = ()
    columns: Clusters = field(init=False, repr=False, compare=False)  # the same
    weight: float = field(init=False, repr=False, compare=False)  # of all clusters
    wrong: float = field(init=False, repr=False, compare=False)  # the weight that is wrong
    squares: float = field(init=False, repr=False, compare=False)  # of the clusters' weights

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n:
            raise ValueError(f"k={self.k} is not between 0 and n={self.n}")
        columns = Clusters.of(self.clusters)
        if len(columns) > self.n:
            raise ValueError(f"{len(columns)} clusters have only {self.n} cases")
        weights, wrong = columns.weights, columns.wrong
        sound = (wrong >= 0) & (wrong <= weights) & (weights > 0) & (weights < math.inf)
        if not sound.all():
            at = int(sound.argmin())
            raise ValueError(f"a cluster cannot weigh {weights[at]} of which {wrong[at]} is wrong")
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "weight", columns.total(weights))
        object.__setattr__(self, "wrong", columns.total(wrong))
        with np.errstate(over="raise"):
            object.__setattr__(self, "squares", columns.total(weights**2))

    @property
    def estimate(self) -> float | None:
        """The weight of the wrong cases over that of the scored ones, to twelve decimals; None when none was scored."""
        return round(_rate(self), DIGITS) if self.n else None


def name(interval: Interval, design: Design) -> str:
    """How a figure names the method."""
    return _INTERVALS[interval] + _DESIGNS[design]


def effective(sample: Sample, design: Design, alpha: float) -> float:
    """How many independent cases of equal weight the sample is worth, never more than n.

    CLUSTERS: (sum w)^2 / sum w^2 over the clusters' weights (Kish, Survey Sampling, 1965). ESTIMATED: the size that has
    the variance of the linearised ratio, times the squared ratio of the t quantiles at `alpha` (Korn and Graubard,
    Survey Methodology 24(2), 1998), no more than n (Parker et al., NCHS Vital and Health Statistics 2(175), 2017).
    """
    if design is Design.INDEPENDENT or not sample.clusters:
        return float(sample.n)
    rate, count, total = _rate(sample), len(sample.clusters), sample.weight
    kish = min(float(sample.n), total**2 / sample.squares)
    # Cases that all went the same way say nothing of how they vary between clusters, and one cluster never does.
    if design is Design.CLUSTERS or rate in (0, 1) or count == 1:
        return kish
    residuals = sample.columns.total((sample.columns.wrong - rate * sample.columns.weights) ** 2)
    variance = count / (count - 1) * residuals / total**2
    # At one half both quantiles are nothing.
    quantiles = special.stdtrit((sample.n - 1, count - 1), alpha) if alpha < 0.5 else (1.0, 1.0)
    size = rate * (1 - rate) * float(quantiles[0] / quantiles[1]) ** 2
    return min(float(sample.n), size / variance) if variance else float(sample.n)


def bounds(sample: Sample, interval: Interval, design: Design, alpha: float) -> tuple[float, float]:
    """The lower and the upper bound, each one-sided with the error `alpha` (0 to 0.5), to twelve decimals.

    (0, 1) when nothing was scored; a rate of 0 is bounded below by 0, and a rate of 1 above by 1. Sources: Clopper and
    Pearson, Biometrika 26 (1934); Wilson, JASA 22 (1927); Brown, Cai and DasGupta, Statistical Science 16(2), 2001.
    """
    if not 0 < alpha <= 0.5:
        raise ValueError(f"alpha={alpha} is not above 0 and at most 0.5")
    if not sample.n:
        return 0.0, 1.0
    rate, n = _rate(sample), effective(sample, design, alpha)
    if interval is Interval.WILSON:
        z = -float(special.ndtri(alpha))
        centre, scale = rate + z**2 / (2 * n), 1 + z**2 / n
        half = z * math.sqrt(rate * (1 - rate) / n + (z / (2 * n)) ** 2)
        lower, upper = (centre - half) / scale, (centre + half) / scale
    else:
        below, above = _shapes(rate * n, n, interval)
        lower, upper = float(special.betaincinv(*below, alpha)), float(special.betainccinv(*above, alpha))
    return 0.0 if rate == 0 else round(lower, DIGITS), 1.0 if rate == 1 else round(upper, DIGITS)


def p_values(sample: Sample, interval: Interval, design: Design, bound: float) -> tuple[float, float]:
    """The p-values of "the rate is above `bound`", small when shown to be within, and of "the rate is within".

    They say what `bounds` says: upper <= bound just when the first is at most alpha, lower > bound just when the second
    is; a bound met exactly is within. `bound` is at least 0 and below 1, and read to twelve decimals. Raises ValueError
    for ESTIMATED, whose sample size depends on alpha.
    """
    if design is Design.ESTIMATED:
        raise ValueError("an estimated sample size depends on alpha, so there are no p-values")
    if not 0 <= round(bound, DIGITS) < 1:
        raise ValueError(f"bound={bound} is not at least 0 and below 1")
    if not sample.n:
        return 1.0, 1.0
    rate, n = _rate(sample), effective(sample, design, 0.5)
    # Where rounding sets a bound that is met: half a unit above.
    edge = round(bound, DIGITS) + 0.5 * 10**-DIGITS
    if interval is Interval.WILSON:
        z = (rate - edge) / math.sqrt(edge * (1 - edge) / n)
        within, above = float(special.ndtr(z)), float(special.ndtr(-z))
    else:
        lower, upper = _shapes(rate * n, n, interval)
        within, above = float(special.betaincc(*upper, edge)), float(special.betainc(*lower, edge))
    return 1.0 if rate == 1 else within, 1.0 if rate == 0 else above


def _rate(sample: Sample) -> float:
    if not sample.clusters:
        return sample.k / sample.n
    return sample.wrong / sample.weight


def _shapes(k: float, n: float, interval: Interval) -> tuple[tuple[float, float], tuple[float, float]]:
    """The beta distributions whose quantiles are the lower and the upper bound."""
    if interval is Interval.JEFFREYS:
        return (k + 0.5, n - k + 0.5), (k + 0.5, n - k + 0.5)
    return (k, n - k + 1), (k + 1, n - k)
