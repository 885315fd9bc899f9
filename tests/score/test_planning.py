"""Sizes of tests against exact binomial tails computed by scipy alone."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from harness.model.words import Decision
from harness.profile.criteria import Criterion
from harness.score.decide import decide
from harness.score.planning import Planner, Size, together
from tests.builders import criteria, criterion, tally


def rule(bound: float, **changes: object) -> Criterion:
    return criterion(**{"bound": bound, "minimum_n": 1, "maximum_unscored": 1.0, **changes})


def planner(one: Criterion, expect: float = 0.02) -> Planner:
    return Planner(criteria(one), one, expect)


def near(found: Size | None, cases: int, sites: int, misses: int, power: float) -> bool:
    return (
        found is not None
        and (found.cases, found.sites, found.misses) == (cases, sites, misses)
        and math.isclose(found.power, power)
    )


def exactly(bound: float, alpha: float, n: int) -> int:
    """The most misses of n with which a product at the bound would pass no more than alpha of the time."""
    return max((k for k in range(n + 1) if binom.cdf(k, n, bound) <= alpha), default=-1)


@pytest.mark.parametrize(
    ("bound", "n", "misses"),
    [
        (0.05, 58, -1),
        (0.05, 59, 0),
        (0.05, 100, 1),
        (0.05, 200, 4),
        (0.05, 300, 8),
        (0.05, 500, 16),
        (0.05, 1000, 38),
        (0.02, 148, -1),
        (0.02, 149, 0),
        (0.02, 300, 1),
        (0.02, 500, 4),
        (0.02, 1000, 12),
    ],
)
def test_one_sided_at_95_percent(bound: float, n: int, misses: int) -> None:
    assert exactly(bound, 0.05, n) == misses
    assert planner(rule(bound)).misses(n, n) == misses


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([0.02, 0.05, 0.1, 0.3]), st.sampled_from([0.8, 0.95, 0.99]), st.integers(1, 200))
def test_misses_are_exact(bound: float, confidence: float, n: int) -> None:
    found = planner(rule(bound, confidence=confidence)).misses(n, n)
    assert found == exactly(bound, 1 - confidence, n)


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from([0.05, 0.1, 0.3]),
    st.sampled_from([0.0, 0.1, 0.4, 0.6]),
    st.sampled_from([0.5, 0.8, 0.9, 0.95]),
    st.sampled_from(["clopper-pearson", "wilson", "jeffreys"]),
)
def test_no_smaller_number_has_the_power(bound: float, part: float, power: float, interval: str) -> None:
    one = rule(bound, interval=interval)
    plan = planner(one, part * bound)
    found = plan.smallest(power)
    assert found is not None
    assert found.power == pytest.approx(binom.cdf(found.misses, found.cases, part * bound))
    assert found.power >= power
    for n in range(1, found.cases):
        assert binom.cdf(plan.misses(n, n), n, part * bound) < power


def test_many_cases_are_found_as_exactly() -> None:
    """Where the search begins near the normal approximation."""
    found = planner(rule(0.05), 0.035).smallest(0.9)
    assert found is not None
    assert found.cases > 1500
    assert found.misses == exactly(0.05, 0.05, found.cases)
    assert binom.cdf(found.misses, found.cases, 0.035) >= 0.9
    fewer = np.arange(1, found.cases)
    most = binom.ppf(0.05, fewer, 0.05) - 1  # the quantile is the first count that is too likely
    assert (binom.cdf(most, fewer, 0.035) < 0.9).all()


def test_what_no_number_of_cases_shows() -> None:
    assert planner(rule(0.05), 0.05).smallest(0.9) is None
    assert planner(rule(0.05), 0.2).smallest(0.9) is None
    assert planner(rule(0.05), 0.0499).smallest(0.9) is None
    assert planner(rule(0.05, rule="simple-acceptance"), 0.05).smallest(0.9) is None
    assert planner(criterion(bound=0, rule="zero-tolerance", minimum_n=200), 0.01).smallest(0.9) is None


def test_other_rules() -> None:
    simple = planner(rule(0.05, rule="simple-acceptance", minimum_n=50), 0.02).smallest(0.9)
    assert near(simple, 50, 50, 2, float(binom.cdf(2, 50, 0.02)))
    none = planner(criterion(bound=0, rule="zero-tolerance", minimum_n=200), 0.0001).smallest(0.9)
    assert near(none, 200, 200, 0, 0.9999**200)
    both = planner(rule(0.05, sides=2), 0.0).smallest(0.9)
    assert near(both, 72, 72, 0, 1.0)


def test_the_fewest_cases_and_sites_of_a_criterion_hold() -> None:
    found = planner(rule(0.05, minimum_n=400, minimum_clusters=150), 0.0).smallest(0.9)
    assert near(found, 400, 400, exactly(0.05, 0.05, 400), 1.0)
    assert planner(rule(0.05, minimum_clusters=150)).misses(200, 149) == -1


def test_cases_of_a_site_count_as_one() -> None:
    """Twice as many cases in sites of two, with twice the misses."""
    one, two = planner(rule(0.05)).smallest(0.9), planner(rule(0.05)).smallest(0.9, design_effect=2)
    assert one is not None
    assert two is not None
    assert (two.cases, two.sites, two.power) == (2 * one.cases, one.sites, one.power)
    assert 2 * one.misses <= two.misses <= 2 * one.misses + 1
    assert near(planner(rule(0.05)).able(118, 59), 118, 59, 0, 0.98**59)
    assert planner(rule(0.05)).able(0, 0) == Size(0, 0, -1, 0.0)


def test_what_is_planned_is_what_is_decided() -> None:
    one = rule(0.05)
    found = planner(one).smallest(0.9)
    assert found is not None
    for misses, decision in ((found.misses, Decision.PASS), (found.misses + 1, Decision.CONDITIONAL_PASS)):
        counted = {one.id: tally(misses, found.cases).of(one.metric)}
        assert decide(criteria(one), counted, "moderate")[0].decision is decision


@pytest.mark.parametrize(("protects", "shared"), [("pass", True), ("both", True), ("fail", False)])
def test_a_family_is_planned_for_its_hardest_step(protects: str, shared: bool) -> None:
    """P(0 of 29 | .1) = .047, of 39 = .016 and of 38 = .018: only 39 pass first among three."""
    members = [rule(0.1, id=key, family="f") for key in "abc"]
    joint = {"id": "f", "correction": "holm", "protects": protects, "source": "made up for a test"}
    found = Planner(criteria(*members, family=[joint]), members[0], 0.0).smallest(0.9)
    assert found is not None
    assert found.cases == (39 if shared else 29)


def test_together() -> None:
    assert together([0.9, 0.95]) == pytest.approx(0.85)
    assert together([0.5, 0.4]) == 0
    assert together([]) == 1
