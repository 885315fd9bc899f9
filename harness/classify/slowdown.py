"""The rule "slowdown": pages do not take noticeably longer with the product."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from harness.classify.finding import Found, broken, held, not_assessed
from harness.model.check import Check, Tried

ALPHA = 0.05
LEAST = 30  # pairs


def judge(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """It is slow when pages take more than `given.ratio` times as long and `given.seconds` longer, both for certain;
    not when one of both is certainly less. Facts: `pairs` of times with and without the product."""
    pairs = test[-1].facts["pairs"]
    if len(pairs) < LEAST:
        return not_assessed("too-few", f"{len(pairs)} pairs of pages, of {LEAST} that it takes")
    with_it, without = np.array(pairs, dtype=float).T
    low, ratio, high = (math.exp(item) for item in shift(np.log(with_it) - np.log(without)))
    least, added, most = shift(with_it - without)
    figures = {
        "ratio": [round(item, 4) for item in (low, ratio, high)],
        "added_seconds": [round(item, 4) for item in (least, added, most)],
        "median_seconds": [round(float(np.median(item)), 4) for item in (with_it, without)],
        "pairs": len(pairs),
    }
    said = f"with the product pages take {100 * ratio:.0f} % of the time ({100 * low:.0f} % to {100 * high:.0f} %):"
    said += f" {1000 * added:+.0f} ms ({1000 * least:+.0f} to {1000 * most:+.0f} ms)"
    bound, noticed = float(check.given["ratio"]), float(check.given["seconds"])
    if low > bound and least > noticed:
        return broken("slow", said, **figures)
    if high <= bound or most <= noticed:
        return held("fast-enough", said, **figures)
    return not_assessed("uncertain", f"{said}; the bound lies within the intervals", **figures)


def shift(differences: Sequence[float]) -> tuple[float, float, float]:
    """The Hodges-Lehmann estimate of where paired differences lie, between its bounds at 95 % confidence: the median of
    the means of all pairs of differences, and those that the signed-rank test leaves (Hollander, Wolfe and Chicken,
    Nonparametric Statistical Methods, 3.2 and 3.3), by the normal approximation, which is good from 15 on."""
    values = np.asarray(differences, dtype=float)
    n = len(values)
    rows, columns = np.triu_indices(n)
    means = np.sort((values[rows] + values[columns]) / 2)
    spread = float(special.ndtri(1 - ALPHA / 2)) * math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    below = max(0, math.floor(n * (n + 1) / 4 - spread))
    return float(means[below]), float(np.median(means)), float(means[len(means) - 1 - below])
