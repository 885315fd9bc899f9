"""The four rates from a confusion table."""

import random
from dataclasses import replace
from itertools import starmap

import pytest

from harness.model.words import Expectation, Metric, Verdict
from harness.profile.criteria import Shown
from harness.score.outcome import Scored
from harness.score.rates import OVERALL, Rate, Tally, rate, rates, tallies
from tests.builders import scored

BLOCK, ALLOW = Expectation.BLOCK, Expectation.ALLOW
TABLE = Tally(tp=80, fn=20, fp=6, tn=194, unscored_block=5, unscored_allow=10)


def of(table: Tally, metric: Metric) -> Rate:
    return rate(table, metric, OVERALL, "moderate", Shown())


@pytest.mark.parametrize(
    ("metric", "k", "n", "unscored", "worst"),
    [
        (Metric.OK_SITES_OVER_BLOCK, 6, 200, 10, 16 / 210),
        (Metric.BLOCKED_SITES_OVER_BLOCK, 6, 86, 15, 16 / 96),
        (Metric.BAD_SITES_UNDER_BLOCK, 20, 100, 5, 25 / 105),
        (Metric.UNBLOCKED_SITES_UNDER_BLOCK, 20, 214, 15, 25 / 219),
    ],
)
def test_by_hand(metric: Metric, k: int, n: int, unscored: int, worst: float) -> None:
    found = of(TABLE, metric)
    assert (found.k, found.n, found.unscored) == (k, n, unscored)
    assert found.estimate == pytest.approx(k / n)
    assert found.worst == pytest.approx(worst)
    assert found.lower < k / n < found.upper


@pytest.mark.parametrize(
    ("blocked_bad", "blocked_ok", "under", "over"),
    [(449, 35, 0.13, 0.014), (464, 123, 0.10, 0.05), (470, 592, 0.09, 0.24)],
    ids=["least restrictive", "moderate", "most restrictive"],
)
def test_as_published(blocked_bad: int, blocked_ok: int, under: float, over: float) -> None:
    """Richardson, Resnick, Hansen, Derry and Rideout, JAMA 288(22), 2002: of 516 pornography sites 87, 90 and 91 % were
    blocked, of 2467 health information sites 1.4, 5 and 24 %. The counts are the published shares of those numbers."""
    table = Tally(tp=blocked_bad, fn=516 - blocked_bad, fp=blocked_ok, tn=2467 - blocked_ok)
    assert of(table, Metric.BAD_SITES_UNDER_BLOCK).estimate == pytest.approx(under, abs=0.005)
    assert of(table, Metric.OK_SITES_OVER_BLOCK).estimate == pytest.approx(over, abs=0.0005)
    blocked, through = blocked_bad + blocked_ok, 516 + 2467 - blocked_bad - blocked_ok
    assert of(table, Metric.BLOCKED_SITES_OVER_BLOCK).estimate == pytest.approx(blocked_ok / blocked)
    assert of(table, Metric.UNBLOCKED_SITES_UNDER_BLOCK).estimate == pytest.approx((516 - blocked_bad) / through)


@pytest.mark.parametrize("metric", Metric)
def test_nothing_scored(metric: Metric) -> None:
    found = of(Tally(), metric)
    assert (found.k, found.n, found.estimate, found.worst, found.lower, found.upper) == (0, 0, None, None, 0, 1)
    worst = [of(Tally(unscored_block=1), metric).worst, of(Tally(unscored_allow=1), metric).worst]
    assert sorted(worst, key=str) == [1.0, None]


ROWS = [
    *[(BLOCK, Verdict.BLOCKED)] * 6,
    *[(BLOCK, Verdict.ALLOWED)] * 3,
    (BLOCK, Verdict.WARNED),
    (BLOCK, Verdict.INDETERMINATE),
    *[(ALLOW, Verdict.ALLOWED)] * 5,
    *[(ALLOW, Verdict.BLOCKED)] * 2,
    (ALLOW, Verdict.DEGRADED),
    (ALLOW, Verdict.INDETERMINATE),
]
WHOLE = Tally(tp=6, fn=4, fp=3, tn=5, unscored_block=1, unscored_allow=1)


def test_tally() -> None:
    found = tallies([*starmap(scored, ROWS), scored(ALLOW, Verdict.BLOCKED, setting="most", category="news")])
    assert {key: replace(table, weights={}) for key, table in found.items()} == {
        ("moderate", OVERALL): WHOLE,
        ("moderate", "adult"): WHOLE,
        ("most", OVERALL): Tally(fp=1),
        ("most", "news"): Tally(fp=1),
    }


def test_order_and_ids_do_not_matter() -> None:
    items: list[Scored] = [scored(*row, case_id=f"case-{n}", category=f"c{n % 3}") for n, row in enumerate(ROWS)]
    again = [scored(*row, case_id=f"other-{n}", category=f"c{n % 3}") for n, row in enumerate(ROWS)]
    random.Random(1).shuffle(again)
    assert rates(items, Shown()) == rates(again, Shown())


def test_rates_are_those_the_cases_can_speak_of() -> None:
    items = [scored(BLOCK, Verdict.BLOCKED), scored(ALLOW, Verdict.INDETERMINATE, category="news")]
    found = [(item.category, item.metric) for item in rates(items, Shown())]
    assert found[:4] == [(OVERALL, metric) for metric in Metric]
    assert (("adult", Metric.BAD_SITES_UNDER_BLOCK) in found, ("adult", Metric.OK_SITES_OVER_BLOCK) in found) == (
        True,
        False,
    )
    assert ("news", Metric.OK_SITES_OVER_BLOCK) in found


def test_weights_carry_the_estimate() -> None:
    """Three cases that stand for one page each and are right, one that stands for six and is wrong: 6 of 9."""
    items = [scored(BLOCK, Verdict.BLOCKED, case_id=f"case-{n}") for n in range(3)]
    heavy = scored(BLOCK, Verdict.ALLOWED, case_id="heavy")
    lost = scored(BLOCK, Verdict.INDETERMINATE, case_id="lost")
    weighted = [*items, replace(heavy, case=replace(heavy.case, weight=6.0)), lost]
    found = next(item for item in rates(weighted, Shown()) if item.metric is Metric.BAD_SITES_UNDER_BLOCK)
    assert (found.k, found.n, found.clusters) == (1, 4, 4)
    assert found.estimate == pytest.approx(6 / 9)
    assert found.worst == pytest.approx(7 / 10)
    assert found.effective_n == pytest.approx(81 / 39, abs=1e-6)
