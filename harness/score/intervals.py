"""Exact binomial (Clopper-Pearson) bounds for independent cases."""

from scipy import stats

TWO_SIDED = "Clopper-Pearson, two-sided"
ONE_SIDED = "Clopper-Pearson, one-sided bounds"


def two_sided(k: int, n: int, confidence: float) -> tuple[float, float]:
    """The exact interval for k of n; (0, 1) when n is 0. Source: Clopper and Pearson, Biometrika 26 (1934)."""
    return one_sided(k, n, (1 + confidence) / 2)


def one_sided(k: int, n: int, confidence: float) -> tuple[float, float]:
    """The lower and the upper bound, each one-sided at `confidence`, to twelve decimals; (0, 1) when n is 0.

    Raises ValueError unless 0 <= k <= n.
    """
    if not 0 <= k <= n:
        raise ValueError(f"k={k} is not between 0 and n={n}")
    alpha = 1 - confidence
    lower = 0.0 if k == 0 else float(stats.beta.ppf(alpha, k, n - k + 1))
    upper = 1.0 if k == n else float(stats.beta.ppf(1 - alpha, k + 1, n - k))
    # Beyond that, versions of the library differ, and a bound met exactly would be decided by noise.
    return round(lower, 12), round(upper, 12)
