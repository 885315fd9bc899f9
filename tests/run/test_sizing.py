"""What a corpus needs for a target or for criteria, and what is drawn of it."""

import pytest

from harness.corpus.strata import strata
from harness.model.case import Case
from harness.model.errors import UsageError
from harness.model.words import Expectation, Metric
from harness.run.sizing import criteria_for, needs, quotas, target
from tests.builders import case, criteria, criterion

UNDER, OVER = Metric.BAD_SITES_UNDER_BLOCK, Metric.OK_SITES_OVER_BLOCK


def cases(category: str, count: int, expectation: Expectation = Expectation.BLOCK, per_site: int = 1) -> list[Case]:
    return [
        case(
            f"{category}-{at}", category=category, expectation=expectation, cluster=f"{category}-{at // per_site}.test"
        )
        for at in range(count)
    ]


CORPUS = [*cases("adult", 400), *cases("hate", 100), *cases("news", 50, Expectation.ALLOW)]


@pytest.mark.parametrize(
    ("text", "metric", "bound"),
    [
        ("bad_sites_under_block<=0.05", UNDER, 0.05),
        (" bad-sites-under-block <= 5 % ", UNDER, 0.05),
        ("ok_sites_over_block<2.5%", OVER, 0.025),
        ("bad_sites_under_block<=0", UNDER, 0.0),
    ],
)
def test_a_target(text: str, metric: Metric, bound: float) -> None:
    assert (target(text)[0], round(target(text)[1], 9)) == (metric, bound)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("blocked_sites_over_block<=0.05", "which nobody knows before"),
        ("bad_sites_under_block<=1", "at least 0 and below 1"),
        ("bad_sites_under_block<=500%", "at least 0 and below 1"),
        ("bad_sites_under_block>=0.05", "is not like"),
        ("bad_sites_under_block<=1.2.3", "is not like"),
        ("misses<=0.05", "is not like"),
        ("", "is not like"),
    ],
)
def test_no_target(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"--target: .*{words}"):
        target(text)


def test_each_category_that_the_metric_speaks_of() -> None:
    profile = criteria_for(UNDER, 0.05, 0.95, CORPUS)
    assert [(item.title, item.categories) for item in profile.criterion] == [("adult", ("adult",)), ("hate", ("hate",))]
    adult, hate = needs(profile, CORPUS, 0.02, 0.9, None)
    assert adult.size == hate.size
    assert adult.size is not None
    assert (adult.size.cases, adult.size.misses, adult.short, hate.short) == (311, 9, 0, 211)
    assert hate.has is not None
    assert (hate.has.cases, hate.has.misses) == (100, 1)


def test_without_a_corpus() -> None:
    (any_,) = needs(criteria_for(UNDER, 0.05, 0.95, ()), None, 0.02, 0.9, None)
    assert any_.has is None
    assert any_.size is not None
    assert (any_.size.cases, any_.short) == (311, 0)


def test_a_target_of_nothing_is_zero_tolerance() -> None:
    (any_,) = needs(criteria_for(UNDER, 0.0, 0.95, ()), None, 0.0, 0.9, None)
    assert any_.size is not None
    assert (any_.size.cases, any_.size.misses) == (1, 0)


def test_the_design_effect_is_that_of_the_sites_unless_given() -> None:
    own = cases("adult", 400, per_site=2)
    profile = criteria_for(UNDER, 0.05, 0.95, own)
    (by_sites,), (given,) = needs(profile, own, 0.02, 0.9, None), needs(profile, own, 0.02, 0.9, 1.5)
    assert by_sites.size is not None
    assert (by_sites.size.cases, by_sites.size.sites) == (622, 311)
    assert given.size is not None
    assert (given.size.cases, given.size.sites) == (467, 311)
    assert by_sites.has is not None
    assert (by_sites.has.cases, by_sites.has.sites) == (400, 200)


def test_criteria_whose_cases_nobody_can_count_before_are_left_out() -> None:
    profile = criteria(criterion(id="a"), criterion(id="b", metric=Metric.BLOCKED_SITES_OVER_BLOCK))
    assert [need.criterion.id for need in needs(profile, CORPUS, 0.02, 0.9, None)] == ["a"]


def test_what_is_drawn() -> None:
    """The most demanding criterion on a category counts; of several categories each gives in proportion."""
    profile = criteria(
        criterion(id="both", bound=0.1, categories=["adult", "hate"], minimum_n=50, maximum_unscored=1),
        criterion(id="hate", bound=0.5, categories=["hate"], minimum_n=40, maximum_unscored=1),
    )
    found = needs(profile, CORPUS, 0.0, 0.9, None)
    assert [need.size and need.size.cases for need in found] == [50, 40]
    there = strata(CORPUS, ("category",))
    assert quotas(found, there) == {("block", "adult"): 40, ("block", "hate"): 40}
    short = needs(criteria_for(UNDER, 0.05, 0.95, CORPUS), CORPUS, 0.02, 0.9, None)
    assert quotas(short, there) == {("block", "adult"): 311, ("block", "hate"): 100}
    never = needs(criteria_for(UNDER, 0.05, 0.95, CORPUS), CORPUS, 0.05, 0.9, None)
    assert quotas(never, there) == {("block", "adult"): 400, ("block", "hate"): 100}
