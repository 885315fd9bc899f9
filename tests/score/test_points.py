"""Points from rates by steps, and their plain mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.words import Expectation, Verdict
from harness.profile.criteria import Criteria
from harness.score.outcome import Scored
from harness.score.points import Points, earned, mean, points
from tests.builders import criteria, criterion, scored

STEPS = {"under": [0.05, 0.1, 0.2, 0.4], "over": [0.01, 0.03, 0.05, 0.1], "source": "made up for a test"}


def profile() -> Criteria:
    adult = {"id": "adult", "title": "Adult", "block": ["adult"], "age_band": "0-12", **STEPS}
    other = {"id": "other", "title": "Other", "block": ["hate", "drugs"], "age_band": "0-12", **STEPS}
    whole = {
        "id": "all",
        "title": "All",
        "mean_of": ["adult", "other"],
        "age_band": "0-12",
        "source": "made up for a test",
    }
    return criteria(criterion(), score=[adult, other, whole])


def cases(category: str, missed: int, of: int, setting: str = "kids") -> list[Scored]:
    return [
        scored(
            Expectation.BLOCK,
            Verdict.ALLOWED if number < missed else Verdict.BLOCKED,
            f"{category}-{number}",
            setting,
            category,
        )
        for number in range(of)
    ]


def harmless(stopped: int, of: int) -> list[Scored]:
    return [
        scored(Expectation.ALLOW, Verdict.BLOCKED if n < stopped else Verdict.ALLOWED, f"n-{n}", "kids", "news")
        for n in range(of)
    ]


def found(items: list[Scored], bands: dict[str, str]) -> dict[str, Points]:
    return {item.id: item for item in points(profile(), items, bands)}


def test_the_lesser_of_both_counts_and_a_mean_is_plain() -> None:
    items = [*cases("adult", 1, 20), *cases("hate", 1, 10), *cases("drugs", 1, 10), *harmless(3, 100)]
    got = found(items, {"kids": "0-12"})
    assert (got["adult"].under, got["adult"].over, got["adult"].points) == (0.05, 0.03, 3)
    assert (got["other"].under, got["other"].points) == (0.1, 3)
    assert got["all"].points == 3
    got = found(
        [*cases("adult", 0, 20), *cases("hate", 6, 10), *cases("drugs", 6, 10), *harmless(0, 9)], {"kids": "0-12"}
    )
    assert [got[key].points for key in ("adult", "other", "all")] == [4, 0, 2]


def test_nothing_is_scored_that_was_not_measured() -> None:
    items = [*cases("adult", 0, 20), *cases("hate", 0, 10), *harmless(0, 10)]
    got = found(items, {"kids": "0-12"})
    assert [got[key].points for key in ("adult", "other", "all")] == [4, None, None]
    assert found(cases("adult", 0, 20), {"kids": "0-12"})["adult"].points is None
    elsewhere = found(items, {"kids": "13-17"})
    assert [(item.setting, item.points, item.most) for item in elsewhere.values()] == [("", None, 4)] * 3


@pytest.mark.parametrize(("rate", "wanted"), [(0, 4), (0.05, 4), (0.051, 3), (0.4, 1), (0.41, 0), (1, 0)])
def test_steps(rate: float, wanted: int) -> None:
    assert earned(rate, [0.05, 0.1, 0.2, 0.4]) == wanted


@given(st.floats(0, 1), st.floats(0, 1), st.lists(st.floats(0, 0.99), min_size=1, unique=True).map(sorted))
def test_a_worse_rate_never_earns_more(one: float, other: float, steps: list[float]) -> None:
    assert earned(max(one, other), steps) <= earned(min(one, other), steps)


def test_mean() -> None:
    assert mean((3.6, 0.0)) == 1.8
