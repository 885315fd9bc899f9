"""Exact bounds against other implementations and published values."""

import pytest
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from harness.score.intervals import one_sided, two_sided

GRID = [
    (k, n) for n in (1, 2, 5, 10, 29, 59, 100, 1000) for k in {0, 1, n // 20, n // 3, n // 2, n - 1, n} if 0 <= k <= n
]


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99])
@pytest.mark.parametrize(("k", "n"), GRID)
def test_two_sided_agrees_with_scipy_and_statsmodels(k: int, n: int, confidence: float) -> None:
    found = two_sided(k, n, confidence)
    exact = binomtest(k, n).proportion_ci(confidence, method="exact")
    assert found == pytest.approx((exact.low, exact.high), abs=1e-9)
    assert found == pytest.approx(proportion_confint(k, n, 1 - confidence, method="beta"), abs=1e-9)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99])
@pytest.mark.parametrize(("k", "n"), GRID)
def test_one_sided_agrees_with_scipy(k: int, n: int, confidence: float) -> None:
    lower, upper = one_sided(k, n, confidence)
    assert lower == pytest.approx(
        binomtest(k, n, alternative="greater").proportion_ci(confidence, "exact").low, abs=1e-9
    )
    assert upper == pytest.approx(binomtest(k, n, alternative="less").proportion_ci(confidence, "exact").high, abs=1e-9)


@pytest.mark.parametrize(
    ("k", "n", "lower", "upper"),
    [
        (968, 1000, 0.955, 0.978),
        (982, 1000, 0.972, 0.989),
        (0, 10, 0.0, 0.3085),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
    ],
)
def test_published_values(k: int, n: int, lower: float, upper: float) -> None:
    """The last three stand in any table of exact binomial limits."""
    digits = 3 if n == 1000 else 4
    assert [round(bound, digits) for bound in two_sided(k, n, 0.95)] == [lower, upper]


@pytest.mark.parametrize(("n", "confidence"), [(10, 0.95), (200, 0.95), (200, 0.99), (1, 0.5)])
def test_no_miss_has_a_closed_form(n: int, confidence: float) -> None:
    assert one_sided(0, n, confidence) == pytest.approx((0, 1 - (1 - confidence) ** (1 / n)))


def test_no_miss_in_two_hundred() -> None:
    assert round(one_sided(0, 200, 0.95)[1], 4) == 0.0149


@pytest.mark.parametrize(("bound", "n"), [(0.10, 29), (0.05, 59)])
def test_the_least_number_without_a_miss(bound: float, n: int) -> None:
    assert one_sided(0, n, 0.95)[1] <= bound < one_sided(0, n - 1, 0.95)[1]


@pytest.mark.parametrize(("n", "k"), [(100, 1), (200, 4), (300, 8), (500, 16), (1000, 38)])
def test_the_most_misses_within_five_per_cent(n: int, k: int) -> None:
    assert one_sided(k, n, 0.95)[1] <= 0.05 < one_sided(k + 1, n, 0.95)[1]


def test_nothing_known() -> None:
    assert one_sided(0, 0, 0.95) == two_sided(0, 0, 0.95) == (0, 1)


@pytest.mark.parametrize(("k", "n"), [(2, 1), (-1, 1), (1, 0), (0, -1)])
def test_impossible_counts(k: int, n: int) -> None:
    for interval in (one_sided, two_sided):
        with pytest.raises(ValueError, match="is not between"):
            interval(k, n, 0.95)
