"""The rule "categories": the matrix adds up, rates have their bounds, and silence is never a pass."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from harness.classify import categories
from harness.classify.finding import Found
from harness.model.check import Check, Group, Standing, Tried
from harness.model.words import Arm

CHECK = Check(
    "ratings.x", Group.RATINGS, "Categories", "why", 2, "answered", "categories", {"accuracy": 0.9, "recall": 0.5}
)
NAMES = st.sampled_from(["none", "gambling", "hate", "drugs"])
PAIRS = st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=40)


def judged(*pairs: tuple[str, str]) -> Found:
    pages = [[f"case-{number}", actual, "said", named] for number, (actual, named) in enumerate(pairs)]
    return categories.judge(CHECK, [], [Tried(CHECK.id, Arm.TEST, "s", 1, None, {"pages": pages})])


def test_what_is_named_rightly_holds() -> None:
    found = judged(*[("gambling", "gambling")] * 9, *[("none", "none")] * 9, ("hate", "hate"))
    assert (found.standing, found.figures["kappa"]) == (Standing.HELD, 1.0)
    assert found.words.startswith("19 of 19 pages named rightly (100.0%, ")


def test_a_category_that_is_mostly_missed_is_broken_however_right_the_rest_is() -> None:
    found = judged(*[("none", "none")] * 37, ("hate", "none"), ("hate", "none"), ("hate", "hate"))
    assert (found.standing, found.rule) == (Standing.BROKEN, "weak")
    assert "hate 1 of 3" in found.words


def test_what_is_named_wrongly_is_broken() -> None:
    assert judged(*[("hate", "drugs")] * 3, *[("none", "none")] * 7).rule == "inaccurate"


def test_silence_is_not_assessed() -> None:
    assert judged(*[("none", "none")] * 10, ("hate", "none")).standing is Standing.NOT_ASSESSED


@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")  # statsmodels' of its own standard error
@given(PAIRS)
def test_the_matrix_adds_up_and_rates_lie_within_their_bounds(pairs: list[tuple[str, str]]) -> None:
    table = categories.table(Counter(pairs))
    assert sum(many for row in table["matrix"].values() for many in row.values()) == len(pairs)
    assert table["accuracy"]["k"] == sum(one == other for one, other in pairs)
    for name, item in table["categories"].items():
        assert item["recall"]["n"] == sum(actual == name for actual, _ in pairs)
        assert item["precision"]["n"] == sum(named == name for _, named in pairs)
        for rate in item.values():
            if rate["n"]:
                exact = stats.binomtest(rate["k"], rate["n"]).proportion_ci(0.95, "exact")
                assert rate["lower"] == pytest.approx(exact.low, abs=1e-9)
                assert rate["upper"] == pytest.approx(exact.high, abs=1e-9)
            else:
                assert (rate["share"], rate["lower"], rate["upper"]) == (None, 0.0, 1.0)
    names = list(table["matrix"])
    if len(names) > 1:
        square = [[table["matrix"][one][other] for other in names] for one in names]
        assert table["kappa"] == pytest.approx(cohens_kappa(square).kappa, abs=6e-4)
    else:
        assert table["kappa"] is None


@given(PAIRS)
def test_a_pass_takes_both_thresholds(pairs: list[tuple[str, str]]) -> None:
    found = judged(*pairs)
    right = sum(one == other for one, other in pairs)
    if found.standing is Standing.HELD:
        assert right >= 0.9 * len(pairs)
        for name in {actual for actual, _ in pairs}:
            ours = [named for actual, named in pairs if actual == name]
            assert ours.count(name) >= 0.5 * len(ours)
