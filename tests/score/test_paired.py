"""Paired differences: the interval against published values and its own promise, tables, Holm, findings."""

import itertools
import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from harness.model.words import Expectation, Metric, Outcome
from harness.score.outcome import Scored
from harness.score.paired import Pair, Paired, compare, effective, newcombe
from tests import builders

# Whether each run is wrong; None: unscored.
Fate = tuple[bool | None, bool | None]
FATES: tuple[Fate, ...] = ((False, False), (True, False), (False, True), (True, True))
COUNTS = st.integers(0, 40)


def scored(case_id: str, wrong: bool | None, **changes: Any) -> Scored:
    case = builders.case(case_id, **changes)
    mistake = Outcome.UNDER_BLOCKED if case.expectation is Expectation.BLOCK else Outcome.OVER_BLOCKED
    outcome = Outcome.UNSCORED if wrong is None else mistake if wrong else Outcome.CORRECT
    return Scored(case, "moderate", builders.judgement(), outcome, "")


def pairs(*fates: Fate, prefix: str = "case", **changes: Any) -> list[Pair]:
    return [
        (scored(f"{prefix}-{number}", one, **changes), scored(f"{prefix}-{number}", two, **changes))
        for number, (one, two) in enumerate(fates)
    ]


def table(right: int, first: int, second: int, both: int) -> list[Fate]:
    """Cases in which neither, only the baseline, only the other, or both were wrong."""
    return [fate for times, fate in zip((right, first, second, both), FATES, strict=True) for _ in range(times)]


def overall(*fates: Fate, **changes: Any) -> Paired:
    return compare(pairs(*fates, **changes), 0.95)[0]


@pytest.mark.parametrize(
    ("cells", "lower", "upper", "digits"),
    [
        ((14, 5, 0, 22), 0.011, 0.226, 3),  # Altman et al., Statistics with Confidence, 2nd ed. (2000), table 6.2
        ((1, 1, 7, 12), -0.507, -0.026, 3),  # Fagerland, Lydersen and Laake, Stat. Med. 33 (2014): Bentur et al., 2009
        ((59, 6, 16, 80), -0.1186, -0.0046, 4),  # R package contingencytables, chapter 8: Cavo et al., 2012
    ],
)
def test_published_intervals(cells: tuple[int, int, int, int], lower: float, upper: float, digits: int) -> None:
    # Half a digit, and a little for limits worked out by hand from rounded parts.
    assert newcombe(*cells, confidence=0.95) == pytest.approx((lower, upper), abs=0.6 * 10**-digits)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_interval_is_one(both: int, first: int, second: int, neither: int) -> None:
    lower, upper = newcombe(both, first, second, neither, 0.95)
    n = both + first + second + neither
    assert -1 <= lower <= ((first - second) / n if n else 0) <= upper <= 1
    assert newcombe(both, second, first, neither, 0.95) == pytest.approx((-upper, -lower))
    assert newcombe(neither, second, first, both, 0.95) == pytest.approx((-upper, -lower))
    wide = newcombe(both, first, second, neither, 0.99)
    assert wide[0] <= lower
    assert upper <= wide[1]
    if n:
        small = newcombe(both / 4, first / 4, second / 4, neither / 4, 0.95)
        assert small[1] - small[0] > upper - lower


@pytest.mark.parametrize(
    ("p_both", "p_first", "p_second", "least"),
    [(0.0, 0.1, 0.1, 0.95), (0.3, 0.1, 0.05, 0.94), (0.05, 0.05, 0.15, 0.94), (0.45, 0.05, 0.05, 0.95)],
)
def test_coverage_over_all_tables(p_both: float, p_first: float, p_second: float, least: float) -> None:
    """The chance that the interval holds the truth, summed over every table of 20 pairs."""
    n, truth, covered, whole = 20, p_first - p_second, 0.0, 0.0
    chances = (p_both, p_first, p_second, 1 - p_both - p_first - p_second)
    for both, first, second in itertools.product(range(n + 1), repeat=3):
        cells = (both, first, second, n - both - first - second)
        if cells[-1] < 0:
            continue
        ways = math.factorial(n) // math.prod(math.factorial(cell) for cell in cells)
        chance = ways * math.prod(one**cell for one, cell in zip(chances, cells, strict=True))
        lower, upper = newcombe(*cells, confidence=0.95)
        whole += chance
        covered += chance * (lower <= truth <= upper)
    assert whole == pytest.approx(1)
    assert least <= covered <= 0.995


def test_coverage_of_clusters_that_share_a_fate() -> None:
    """Simulated: 40 domains of one to five pages. Taken as independent pages, the interval misses far too often."""
    draw, runs, clustered, naive, truth = random.Random(5), 300, 0, 0, -0.05
    domains = [
        [pairs(*[fate] * (1 + number % 5), prefix=str(number), cluster=f"{number}.example") for fate in FATES]
        for number in range(40)
    ]
    for _ in range(runs):
        drawn = [draw.choices(domain, (0.6, 0.15, 0.1, 0.15))[0] for domain in domains]
        found = compare([pair for part in drawn for pair in part], 0.95)[0]
        clustered += found.lower <= truth <= found.upper
        cells = (found.both_wrong, found.only_other_wrong, found.only_baseline_wrong, found.both_right)
        lower, upper = newcombe(*cells, confidence=0.95)
        naive += lower <= truth <= upper
    assert found.effective_n == round(120**2 / (8 * 55), 6)
    assert clustered / runs > 0.93
    assert naive / runs < 0.8


def test_table_and_direction() -> None:
    found = overall(*table(10, 2, 9, 1), (None, True), (False, None))
    assert (found.metric, found.category, found.n, found.unscored) == (
        Metric.BAD_SITES_UNDER_BLOCK,
        "overall",
        22,
        2,
    )
    assert (found.both_right, found.only_baseline_wrong, found.only_other_wrong, found.both_wrong) == (10, 2, 9, 1)
    assert (found.wrong_baseline, found.wrong_other) == (3, 10)
    assert found.difference == pytest.approx(7 / 22)
    assert (found.lower, found.upper) == newcombe(1, 9, 2, 10, 0.95)
    assert found.p == pytest.approx(2 * (1 + 11 + 55) / 2**11)
    assert (found.test, found.method) == ("exact McNemar test", "Newcombe 1998 (paired), method 10")
    assert (found.clusters, found.effective_n) == (22, 22)


def test_expectations_are_kept_apart_and_nothing_is_made_up() -> None:
    allowed = pairs(*table(1, 0, 6, 0), prefix="news", category="news", expectation=Expectation.ALLOW)
    found = compare([*pairs(*table(4, 3, 0, 0)), *allowed], 0.95)
    assert [(item.metric, item.category, item.wrong_baseline, item.wrong_other, item.n) for item in found] == [
        (Metric.BAD_SITES_UNDER_BLOCK, "overall", 3, 0, 7),
        (Metric.BAD_SITES_UNDER_BLOCK, "adult", 3, 0, 7),
        (Metric.OK_SITES_OVER_BLOCK, "overall", 0, 6, 7),
        (Metric.OK_SITES_OVER_BLOCK, "news", 0, 6, 7),
    ]
    assert compare([], 0.95) == []


@pytest.mark.parametrize(
    ("fates", "finding"),
    [
        (table(0, 0, 6, 0), "worse"),
        (table(0, 6, 0, 0), "better"),
        (table(0, 0, 5, 0), "no difference shown"),
        (table(9, 0, 0, 9), "no difference shown"),
        (table(0, 8, 8, 0), "no difference shown"),
        ([(None, True)], "nothing to compare"),
    ],
)
def test_findings(fates: list[Fate], finding: str) -> None:
    found = overall(*fates)
    assert found.finding == finding
    if finding == "nothing to compare":
        assert (found.difference, found.lower, found.upper, found.p) == (None, -1, 1, 1)


def test_categories_share_the_error_rate() -> None:
    """What alone would be shown is not when it is one of many looked at."""
    names = ("adult", "crime", "drugs", "hate", "violence")
    sizes = (12, 6, 7, 0, 3)
    made = [
        pair
        for name, size in zip(names, sizes, strict=True)
        for pair in pairs(*table(5, 0, size, 0), prefix=name, category=name)
    ]
    whole, *parts = compare(made, 0.95)
    assert whole.p_adjusted == whole.p
    assert [part.category for part in parts] == list(names)
    wanted = multipletests([part.p for part in parts], method="holm")
    assert [part.p_adjusted for part in parts] == pytest.approx(list(wanted[1]))
    assert [part.finding == "worse" for part in parts] == list(wanted[0])
    assert parts[1].p < 0.05 < parts[1].p_adjusted


def test_pages_of_one_domain_are_one_piece_of_evidence() -> None:
    alone = overall(*table(0, 0, 10, 0))
    together = overall(*table(0, 0, 10, 0), cluster="big.example")
    assert (alone.finding, together.finding) == ("worse", "no difference shown")
    assert (together.n, together.clusters, together.effective_n, together.p) == (10, 1, 1, 1)
    assert together.difference == alone.difference
    assert together.lower < 0 < alone.lower
    assert together.test == "exact sign-flip test over clusters"
    assert together.method.endswith("at the effective size of clusters (Kish)")


def test_weights_weigh() -> None:
    heavy = pairs((False, True), prefix="heavy", weight=2.5)
    light = pairs(*table(3, 2, 0, 0), prefix="light")
    found = compare([*heavy, *light], 0.95)[0]
    assert found.difference == pytest.approx(0.5 / 7.5)
    assert (found.only_baseline_wrong, found.only_other_wrong) == (2, 1)
    assert found.effective_n == pytest.approx(7.5**2 / (2.5**2 + 5), abs=1e-6)
    # Signs of 5, 2 and 2 halves: every sum is at least as far from 0 as 5 - 2 - 2.
    assert found.p == 1
    assert found.method.endswith("at the effective size of weights (Kish)")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_equal_weights_do_not_matter_and_swapping_runs_mirrors(rows: list[tuple[str, bool, bool]]) -> None:
    def made(weight: float, swap: bool = False) -> Paired:
        found = [pairs((two, one) if swap else (one, two), prefix=f"{number}", cluster=name, weight=weight)[0]
                 for number, (name, one, two) in enumerate(rows)]  # fmt: skip
        return compare(found, 0.95)[0]

    plain, weighed, swapped = made(1.0), made(0.3), made(1.0, swap=True)
    assert (weighed.lower, weighed.upper) == pytest.approx((plain.lower, plain.upper))
    assert weighed.p == plain.p
    assert weighed.difference == pytest.approx(plain.difference)
    assert swapped.p == plain.p
    assert (swapped.lower, swapped.upper) == pytest.approx((-plain.upper, -plain.lower))
    opposite = {"worse": "better", "better": "worse"}
    assert swapped.finding == opposite.get(plain.finding, plain.finding)


def test_effective_size() -> None:
    cases = [builders.case(str(number), cluster="a" if number < 4 else "") for number in range(6)]
    assert effective(cases) == (3, 36 / (16 + 1 + 1))
    assert effective([]) == (0, 0.0)
