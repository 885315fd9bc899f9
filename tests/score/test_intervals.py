"""Bounds against other implementations and published values; p-values against the bounds."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest, t
from statsmodels.stats.proportion import proportion_confint

from harness.model.words import Design, Interval
from harness.score.intervals import Sample, bounds, effective, name, p_values

EXACT, WILSON, JEFFREYS = Interval.CLOPPER_PEARSON, Interval.WILSON, Interval.JEFFREYS
INDEPENDENT, CLUSTERS, ESTIMATED = Design.INDEPENDENT, Design.CLUSTERS, Design.ESTIMATED
STATSMODELS = {EXACT: "beta", WILSON: "wilson", JEFFREYS: "jeffreys"}
GRID = [
    (k, n) for n in (1, 2, 5, 10, 29, 59, 100, 1000) for k in {0, 1, n // 20, n // 3, n // 2, n - 1, n} if 0 <= k <= n
]


def alone(k: int, n: int, alpha: float, interval: Interval = EXACT) -> tuple[float, float]:
    """The bounds of independent cases."""
    return bounds(Sample(k, n), interval, INDEPENDENT, alpha)


@pytest.mark.parametrize("alpha", [0.25, 0.05, 0.025, 0.005])
@pytest.mark.parametrize(("k", "n"), GRID)
def test_exact_bounds_agree_with_scipy(k: int, n: int, alpha: float) -> None:
    lower, upper = alone(k, n, alpha)
    greater, less = (
        binomtest(k, n, alternative=side).proportion_ci(1 - alpha, "exact") for side in ("greater", "less")
    )
    assert (lower, upper) == pytest.approx((greater.low, less.high), abs=1e-9)


@pytest.mark.parametrize("interval", Interval)
@pytest.mark.parametrize("alpha", [0.25, 0.05, 0.025, 0.005])
@pytest.mark.parametrize(("k", "n"), GRID)
def test_both_bounds_agree_with_statsmodels(k: int, n: int, alpha: float, interval: Interval) -> None:
    lower, upper = proportion_confint(k, n, 2 * alpha, method=STATSMODELS[interval])
    if interval is JEFFREYS:  # which statsmodels gives without the edge rules
        lower, upper = lower if k else 0, upper if k < n else 1
    assert alone(k, n, alpha, interval) == pytest.approx((lower, upper), abs=1e-9)


@pytest.mark.parametrize(
    ("interval", "k", "n", "lower", "upper"),
    [
        # AV-Comparatives, Parental Control Certification 2025, as counts
        (EXACT, 968, 1000, 0.955, 0.978),
        (EXACT, 982, 1000, 0.972, 0.989),
        # any table of exact binomial limits
        (EXACT, 0, 10, 0.0, 0.3085),
        (EXACT, 5, 10, 0.1871, 0.8129),
        (EXACT, 10, 10, 0.6915, 1.0),
        # Newcombe, Statistics in Medicine 17, 1998, table I, methods 5 and 3
        (EXACT, 81, 263, 0.2527, 0.3676),
        (EXACT, 15, 148, 0.0578, 0.1617),
        (EXACT, 0, 20, 0.0, 0.1684),
        (EXACT, 1, 29, 0.0009, 0.1776),
        (WILSON, 81, 263, 0.2553, 0.3662),
        (WILSON, 15, 148, 0.0624, 0.1605),
        (WILSON, 0, 20, 0.0, 0.1611),
        (WILSON, 1, 29, 0.0061, 0.1718),
    ],
)
def test_published_values(interval: Interval, k: int, n: int, lower: float, upper: float) -> None:
    digits = 3 if n == 1000 else 4
    assert [round(bound, digits) for bound in alone(k, n, 0.025, interval)] == [lower, upper]


@pytest.mark.parametrize(("n", "alpha"), [(10, 0.05), (200, 0.05), (200, 0.01), (1, 0.5)])
def test_no_miss_has_a_closed_form(n: int, alpha: float) -> None:
    assert alone(0, n, alpha) == pytest.approx((0, 1 - alpha ** (1 / n)))
    z = -t.ppf(alpha, math.inf)
    assert alone(0, n, alpha, WILSON) == pytest.approx((0, z**2 / (n + z**2)))


def test_no_miss_in_two_hundred() -> None:
    assert round(alone(0, 200, 0.05)[1], 4) == 0.0149


@pytest.mark.parametrize(("bound", "n"), [(0.10, 29), (0.05, 59)])
def test_the_least_number_without_a_miss(bound: float, n: int) -> None:
    assert alone(0, n, 0.05)[1] <= bound < alone(0, n - 1, 0.05)[1]


@pytest.mark.parametrize(("n", "k"), [(100, 1), (200, 4), (300, 8), (500, 16), (1000, 38)])
def test_the_most_misses_within_five_per_cent(n: int, k: int) -> None:
    assert alone(k, n, 0.05)[1] <= 0.05 < alone(k + 1, n, 0.05)[1]


@pytest.mark.parametrize("interval", Interval)
@pytest.mark.parametrize("design", Design)
def test_nothing_known(interval: Interval, design: Design) -> None:
    assert Sample(0, 0).estimate is None
    assert effective(Sample(0, 0), design, 0.05) == 0
    assert bounds(Sample(0, 0), interval, design, 0.05) == (0, 1)
    if design is not ESTIMATED:
        assert p_values(Sample(0, 0), interval, design, 0.05) == (1, 1)


@pytest.mark.parametrize(
    ("k", "n", "clusters", "message"),
    [
        (2, 1, (), "is not between"),
        (-1, 1, (), "is not between"),
        (0, -1, (), "is not between"),
        (1, 1, ((1.0, 1.0), (1.0, 0.0)), "2 clusters have only 1 cases"),
        (1, 2, ((1.0, 1.5),), "cannot weigh"),
        (1, 2, ((1.0, -0.5),), "cannot weigh"),
        (0, 2, ((0.0, 0.0),), "cannot weigh"),
        (0, 2, ((math.inf, 0.0),), "cannot weigh"),
        (1, 2, ((math.nan, math.nan),), "cannot weigh"),
    ],
)
def test_impossible_samples(k: int, n: int, clusters: tuple[tuple[float, float], ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Sample(k, n, clusters)


@pytest.mark.parametrize("alpha", [0, -0.1, 0.51, math.nan])
def test_impossible_alpha(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        alone(1, 2, alpha)


@pytest.mark.parametrize("bound", [-0.01, 1, 1.5, 1 - 1e-13, math.nan])
def test_impossible_bound(bound: float) -> None:
    with pytest.raises(ValueError, match="bound"):
        p_values(Sample(1, 2), EXACT, INDEPENDENT, bound)


def test_an_estimated_size_has_no_p_values() -> None:
    with pytest.raises(ValueError, match="estimated"):
        p_values(Sample(1, 2), EXACT, ESTIMATED, 0.05)


def test_names_differ() -> None:
    assert name(EXACT, INDEPENDENT) == "Clopper-Pearson"
    names = [name(interval, design) for interval in Interval for design in Design]
    assert len(set(names)) == 9


@pytest.mark.parametrize(("k", "n"), GRID)
@pytest.mark.parametrize("bound", [0.01, 0.05, 0.5])
def test_p_values_agree_with_scipy(k: int, n: int, bound: float) -> None:
    within, above = p_values(Sample(k, n), EXACT, INDEPENDENT, bound)
    assert within == pytest.approx(binomtest(k, n, bound, "less").pvalue, abs=1e-8)
    assert above == pytest.approx(binomtest(k, n, bound, "greater").pvalue, abs=1e-8)


# Clusters as the weight of a case and which of them are wrong.
CLUSTER = st.tuples(st.integers(1, 5), st.lists(st.booleans(), min_size=1, max_size=6))
ALPHAS = st.sampled_from([0.5, 0.2, 0.1, 1 - 0.9, 0.05, 1 - 0.95, 0.025, 0.01, 0.001])
DECIDING = st.sampled_from([INDEPENDENT, CLUSTERS])
INTERVALS = st.sampled_from(Interval)


def sample(clusters: list[tuple[int, list[bool]]], scale: float = 1.0) -> Sample:
    wrong = [case for _, cases in clusters for case in cases]
    weights = tuple((scale * weight * len(cases), scale * weight * sum(cases)) for weight, cases in clusters)
    return Sample(sum(wrong), len(wrong), weights)


SAMPLES = st.lists(CLUSTER, min_size=1, max_size=12).map(sample)


@given(SAMPLES, INTERVALS, DECIDING, ALPHAS, st.decimals(0, "0.999", places=3).map(float))
def test_p_values_and_bounds_decide_alike(
    given: Sample, interval: Interval, design: Design, alpha: float, bound: float
) -> None:
    lower, upper = bounds(given, interval, design, alpha)
    # Beside any bound, those met all but exactly: two units of the last digit to either side.
    near = {round(met + shift, 12) for met in (lower, upper) for shift in (-2e-12, 2e-12)}
    for asked in {bound} | {value for value in near if 0 <= value < 1}:
        within, above = p_values(given, interval, design, asked)
        assert (upper <= asked) == (within <= alpha)
        assert (lower > asked) == (above <= alpha)


@pytest.mark.parametrize(
    ("k", "n", "alpha", "bound", "interval"),
    [
        (0, 1, 0.05, 0.95, EXACT),
        (0, 1, 1 - 0.95, 0.95, EXACT),
        (0, 1, 1 - 0.9, 0.9, EXACT),
        (0, 2, 0.25, 0.5, EXACT),
        (1, 1, 0.05, 0.05, EXACT),
        (1, 1, 1 - 0.9, 0.1, EXACT),
        (2, 2, 0.01, 0.1, EXACT),
        (10, 200, 0.5, 0.05, WILSON),
        (1, 2, 0.5, 0.5, JEFFREYS),
    ],
)
def test_a_bound_met_exactly_is_within(k: int, n: int, alpha: float, bound: float, interval: Interval) -> None:
    """Where noise would decide."""
    met = alone(k, n, alpha, interval)
    within, above = p_values(Sample(k, n), interval, INDEPENDENT, bound)
    assert bound in met
    assert above > alpha
    assert (met[1] <= bound) == (within <= alpha)
    assert within <= alpha or met[1] != bound


@given(st.lists(CLUSTER, min_size=1, max_size=12), INTERVALS, DECIDING, ALPHAS, st.data())
def test_a_case_that_goes_wrong_lowers_no_bound(
    clusters: list[tuple[int, list[bool]]], interval: Interval, design: Design, alpha: float, data: st.DataObject
) -> None:
    weight, cases = clusters.pop(data.draw(st.integers(0, len(clusters) - 1)))
    rest, now_wrong = cases[1:], [*clusters, (weight, [True, *cases[1:]])]
    before = bounds(sample([*clusters, (weight, [False, *rest])]), interval, design, alpha)
    after = bounds(sample(now_wrong), interval, design, alpha)
    assert before[0] <= after[0]
    assert before[1] <= after[1]


@given(st.lists(st.booleans(), min_size=1, max_size=200), st.sampled_from([0.25, 1.0, 3.0]), INTERVALS, ALPHAS)
def test_clusters_of_one_case_are_independent(
    wrong: list[bool], weight: float, interval: Interval, alpha: float
) -> None:
    k, n = sum(wrong), len(wrong)
    single = Sample(k, n, tuple((weight, weight * case) for case in wrong))
    assert single.estimate == Sample(k, n).estimate
    assert bounds(single, interval, CLUSTERS, alpha) == bounds(single, interval, INDEPENDENT, alpha)
    assert bounds(single, interval, CLUSTERS, alpha) == alone(k, n, alpha, interval)
    assert p_values(single, interval, CLUSTERS, 0.05) == p_values(Sample(k, n), interval, INDEPENDENT, 0.05)


@given(st.lists(CLUSTER, min_size=1, max_size=12), INTERVALS, st.sampled_from(Design), st.floats(0.01, 100))
def test_scale_and_order_of_weights_do_not_matter(
    clusters: list[tuple[int, list[bool]]], interval: Interval, design: Design, scale: float
) -> None:
    found = bounds(sample(clusters), interval, design, 0.05)
    assert bounds(sample(clusters, scale), interval, design, 0.05) == pytest.approx(found, abs=1e-9)
    assert bounds(sample(clusters[::-1]), interval, design, 0.05) == found


@given(st.lists(CLUSTER, min_size=2, max_size=12), INTERVALS, ALPHAS)
def test_merged_clusters_never_narrow(clusters: list[tuple[int, list[bool]]], interval: Interval, alpha: float) -> None:
    first, second = (sample([cluster]).clusters[0] for cluster in clusters[:2])
    apart = sample(clusters)
    merged = Sample(apart.k, apart.n, ((first[0] + second[0], first[1] + second[1]), *apart.clusters[2:]))
    assert effective(merged, CLUSTERS, alpha) <= effective(apart, CLUSTERS, alpha)
    lower, upper = bounds(apart, interval, CLUSTERS, alpha)
    wider = bounds(merged, interval, CLUSTERS, alpha)
    assert wider[1] - wider[0] >= upper - lower - 1e-12
    if interval is not JEFFREYS:  # whose prior draws both bounds inwards when cases grow few
        assert wider[0] <= lower
        assert wider[1] >= upper


@pytest.mark.parametrize(
    ("clusters", "wanted"),
    [
        (((5.0, 0.0),) * 12, 12),
        (((20.0, 0.0),), 1),
        (((3.0, 1.0), (1.0, 0.0)), 1.6),
        (((1.0, 0.0),) * 50 + ((50.0, 50.0),), 100**2 / 2550),
    ],
)
def test_clusters_by_hand(clusters: tuple[tuple[float, float], ...], wanted: float) -> None:
    assert effective(Sample(2, 100, clusters), CLUSTERS, 0.05) == pytest.approx(wanted)
    assert effective(Sample(2, 100, clusters), INDEPENDENT, 0.05) == 100


@given(st.lists(CLUSTER, min_size=2, max_size=12), st.sampled_from([0.1, 0.05, 0.025]))
def test_the_estimated_size_has_the_variance_that_statsmodels_finds(
    clusters: list[tuple[int, list[bool]]], alpha: float
) -> None:
    """Its cluster-robust variance of a weighted mean, over Korn and Graubard's ratio of t quantiles."""
    found = sample(clusters)
    assert found.estimate is not None
    assume(0 < found.estimate < 1)
    rows = [(weight, case, group) for group, (weight, cases) in enumerate(clusters) for case in cases]
    weights, wrong, groups = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    model = sm.WLS(wrong, np.ones(len(rows)), weights)
    variance = model.fit(cov_type="cluster", cov_kwds={"groups": groups}).cov_params()[0, 0]
    ratio = t.ppf(alpha, found.n - 1) / t.ppf(alpha, len(clusters) - 1)
    size = found.estimate * (1 - found.estimate) * ratio**2
    wanted = size / variance if variance * found.n > size else found.n
    assert effective(found, ESTIMATED, alpha) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize(
    ("clusters", "wanted"),
    [
        (((2.0, 0.0),) * 10, 10),
        (((2.0, 2.0),) * 10, 10),
        (((2.0, 1.0),) * 10, 20),
        (((20.0, 7.0),), 1),
    ],
    ids=["none wrong", "all wrong", "no cluster differs", "one cluster"],
)
def test_where_the_size_cannot_be_estimated(clusters: tuple[tuple[float, float], ...], wanted: float) -> None:
    wrong = sum(cluster[1] for cluster in clusters)
    assert effective(Sample(int(wrong), 20, clusters), ESTIMATED, 0.05) == wanted


def test_the_estimated_size_at_one_half() -> None:
    """Single cases lose the one degree of freedom that their variance costs."""
    single = Sample(3, 10, ((1.0, 1.0),) * 3 + ((1.0, 0.0),) * 7)
    assert effective(single, ESTIMATED, 0.5) == pytest.approx(9)
    assert effective(single, ESTIMATED, 0.05) == pytest.approx(9)


@pytest.mark.parametrize("weight", [0.1, 1 / 7, 1e-9])
def test_noise_of_weights_is_rounded_away(weight: float) -> None:
    weighted = Sample(10, 200, ((weight, weight),) * 10 + ((weight, 0.0),) * 190)
    assert weighted.estimate == 0.05
    assert bounds(weighted, EXACT, CLUSTERS, 0.05) == alone(10, 200, 0.05)
