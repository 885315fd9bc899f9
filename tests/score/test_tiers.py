"""How far two tiers agree, and when the fast one's verdicts may count."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.classify.verdict import Judgement
from harness.model.words import Design, Validity, Verdict
from harness.profile.criteria import Fast
from harness.score.tiers import Both, Tiers, tiers
from tests import builders

FAST = Fast(allowed=True, minimum_agreement=0.95, source="made up for a test")
CERTAIN = {Verdict.ALLOWED: "allowed.token", Verdict.BLOCKED: "blocked.dns"}


def both(number: int, fast: Verdict, browser: Verdict, validity: Validity = Validity.VALID, site: str = "") -> Both:
    case = builders.case(f"case-{number:03}", category=("adult", "drugs")[number % 2], cluster=site)
    rule = CERTAIN.get(fast, f"{fast}.x")
    return Both(
        case,
        replace(builders.judgement(fast), rule_id=rule),
        Judgement(browser, validity, f"{browser}.x"),
    )


def alike(count: int, start: int = 0) -> list[Both]:
    verdicts = tuple(CERTAIN)
    return [both(n, verdicts[n % 3 % 2], verdicts[n % 3 % 2]) for n in range(start, start + count)]


def compared(seen: list[Both], asked: Fast | None = FAST, design: Design = Design.CLUSTERS) -> Tiers:
    return tiers("moderate", seen, asked, 0.95, design)


@given(st.integers(1, 200), st.integers(0, 200))
def test_the_interval_is_clopper_and_pearsons(agree: int, differ: int) -> None:
    other = [both(n, Verdict.ALLOWED, Verdict.BLOCKED) for n in range(agree, agree + differ)]
    overall = compared(alike(agree) + other).strata[0]
    interval = stats.binomtest(agree, agree + differ).proportion_ci(0.95, "exact")
    assert (overall.k, overall.n) == (agree, agree + differ)
    assert (overall.lower, overall.upper) == pytest.approx((interval.low, interval.high))


def test_strata_are_categories_and_all_of_them() -> None:
    found = compared([*alike(60), both(60, Verdict.ALLOWED, Verdict.BLOCKED)])
    assert [(item.category, item.k, item.n) for item in found.strata] == [
        ("overall", 60, 61),
        ("adult", 30, 31),
        ("drugs", 30, 30),
    ]
    assert found.differing == ("case-060",)
    assert found.strata[2].kappa == 1.0
    assert (found.strata[0].kappa or 0) < 1


def test_what_is_left_to_the_browser_is_not_compared() -> None:
    doubtful = [both(n, Verdict.DEGRADED, Verdict.DEGRADED) for n in range(3)]
    failed = [both(9, Verdict.ALLOWED, Verdict.INDETERMINATE, Validity.BROWSER_FAULT)]
    found = compared([*alike(10, 10), *doubtful, *failed])
    assert (found.sampled, found.doubtful, found.invalid, found.strata[0].n) == (14, 3, 1, 10)


def test_a_browser_that_sees_now_this_and_now_that_disagrees() -> None:
    assert compared([both(1, Verdict.ALLOWED, Verdict.INDETERMINATE)]).differing == ("case-001",)


@pytest.mark.parametrize(
    ("count", "asked", "usable"),
    [
        (72, FAST, True),  # 0.025 ** (1 / 72) is above 0.95
        (71, FAST, False),
        (72, None, False),
        (72, Fast(allowed=False, minimum_agreement=0.1, source="made up for a test"), False),
        (0, Fast(allowed=True, minimum_agreement=0.001, source="made up for a test"), False),
    ],
)
def test_usable(count: int, asked: Fast | None, usable: bool) -> None:
    assert compared(alike(count), asked).usable is usable


def test_pages_of_one_site_say_no_more_than_one() -> None:
    one = [both(n, Verdict.ALLOWED, Verdict.ALLOWED, site="site.test") for n in range(100)]
    assert not compared(one).usable
    assert compared(one, design=Design.INDEPENDENT).usable
