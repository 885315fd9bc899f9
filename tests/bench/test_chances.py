"""The bench's sums against closed forms, and against its own simulation."""

import numpy as np
import pytest
from scipy.stats import binom

from bench.chances import ABOVE, ALPHA, BOUND, Chances, Misses, alone, any_of, coverage, last_of, simulated, summed
from bench.decisions import PROMISED, exceeding
from harness.model.words import Design, Interval

SITES = (1, 1, 2, 5, 9)


def test_coverage_at_the_ends() -> None:
    """With one case and an exact interval, 0 of 1 holds rates to 0.975, and 1 of 1 those from 0.025."""
    found = coverage(1, Interval.CLOPPER_PEARSON, np.array([0.02, 0.5, 0.98]))
    assert found == pytest.approx([0.98, 1, 0.98])


def test_decisions_by_hand() -> None:
    """The most wrong cases within 5 % are 4 of 200, by the exact bounds; the least above are 16."""
    found = alone(200)
    assert found.passing == pytest.approx(binom.cdf(4, 200, BOUND))
    assert found.passing_above == pytest.approx(binom.cdf(4, 200, ABOVE))
    assert found.failing == pytest.approx(binom.sf(15, 200, BOUND))
    simple = alone(200, rule="simple-acceptance")
    assert (simple.passing, simple.failing) == pytest.approx((binom.cdf(10, 200, BOUND), binom.sf(10, 200, BOUND)))
    zero = alone(200, rule="zero-tolerance", bound=0)
    assert (zero.passing, zero.failing) == pytest.approx((0.95**200, 1 - 0.95**200))


def test_a_family_by_hand() -> None:
    """Six alike: the first rejection needs a sixth of the error, so 2 of 200, as 3 have 0.9 % in the tail."""
    apart, joint, last = any_of(6, 200), any_of(6, 200, family="holm"), last_of(6, 200, family="holm")
    assert apart.passing == pytest.approx(1 - binom.sf(4, 200, BOUND) ** 6)
    assert binom.cdf(2, 200, BOUND) < ALPHA / 6 < binom.cdf(3, 200, BOUND)
    assert joint.passing == pytest.approx(1 - binom.sf(2, 200, BOUND) ** 6)
    assert (last.passing, last.failing) == pytest.approx((alone(200).passing, alone(200).failing))


@pytest.mark.parametrize("design", [Design.INDEPENDENT, Design.CLUSTERS])
@pytest.mark.parametrize("correlation", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("bound", [0.05, 0.3])
def test_sums_and_simulation_agree(
    design: Design, correlation: float, bound: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.chances.BOUND", bound)
    wanted = summed(SITES, correlation, design)
    found = simulated(SITES, correlation, design, 500, np.random.default_rng(1))
    error = 4 * (0.25 / 500) ** 0.5
    assert (found.upper, found.lower) == pytest.approx((wanted.upper, wanted.lower), abs=error)


def test_sites_without_correlation_are_binomial() -> None:
    found = summed((20,) * 10, 0, Design.INDEPENDENT)
    assert (found.upper, found.lower) == pytest.approx((alone(200).passing, alone(200).failing))


def test_sites_of_one_fate_are_as_many_cases() -> None:
    found = summed((7,) * 60, 1, Design.CLUSTERS)
    assert (found.upper, found.lower) == pytest.approx((alone(60).passing, alone(60).failing))


def test_a_broken_promise_is_named() -> None:
    more, less = ALPHA + 0.001, ALPHA - 0.001
    kept = {(rule, 100): Chances(less, 1, 1) for rule in PROMISED}
    assert (
        exceeding({**kept, ("simple acceptance", 100): Chances(1, 1, 1)}, {("s", 1, Design.CLUSTERS): Misses(less, 1)})
        == []
    )
    clustered = {("sites", 0.3, design): Misses(more, 0) for design in Design}
    assert exceeding({**kept, (PROMISED[1], 30): Chances(more, 0, 0)}, clustered) == [
        f"{PROMISED[1]}, n = 30",
        "sites, correlation 0.3",
    ]
