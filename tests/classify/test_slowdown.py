"""What is made of pages timed with and without: noise is never called slow, nor fast."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.classify.slowdown import judge, shift
from harness.model.check import Check, Group, Standing, Tried
from harness.model.words import Arm

CHECK = Check("x", Group.LIFE_CYCLE, "t", "w", 1, "timed", "slowdown", given={"ratio": 1.75, "seconds": 0.1})


def judged(factor: float, base: float = 0.2, noise: float = 0.1, pairs: int = 40) -> Standing:
    chance = random.Random(7)
    made = [
        [base * factor * chance.lognormvariate(0, noise), base * chance.lognormvariate(0, noise)] for _ in range(pairs)
    ]
    return judge(CHECK, (), (Tried("x", Arm.TEST, "s", 1, facts={"pairs": made}),)).standing


def test_clear_cases_are_decided_and_others_are_not() -> None:
    assert judged(1.02) is Standing.HELD
    assert judged(3.0) is Standing.BROKEN
    assert judged(3.0, base=0.01) is Standing.HELD  # nobody notices hundredths of a second
    assert judged(1.75, noise=0.6) is Standing.NOT_ASSESSED
    assert judged(3.0, pairs=29) is Standing.NOT_ASSESSED


@settings(max_examples=25)
@given(st.lists(st.floats(-5, 5), min_size=30, max_size=40), st.floats(-3, 3))
def test_a_shift_moves_with_what_is_shifted(values: list[float], by: float) -> None:
    low, middle, high = shift(values)
    assert low <= middle <= high
    assert shift([item + by for item in values]) == pytest.approx((low + by, middle + by, high + by), abs=1e-9)


def test_bounds_are_those_that_the_signed_rank_test_leaves() -> None:
    values = np.random.default_rng(3).normal(0.3, 1, 40)
    low, _, high = shift(values.tolist())
    inside = [stats.wilcoxon(values - item, method="asymptotic").pvalue for item in (low + 1e-6, high - 1e-6)]
    outside = [stats.wilcoxon(values - item, method="asymptotic").pvalue for item in (low - 1e-6, high + 1e-6)]
    assert min(inside) > 0.045
    assert max(outside) < 0.055
