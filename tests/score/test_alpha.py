"""Krippendorff's alpha against published examples, Fleiss' kappa where both must be near, and its own interval."""

import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.score.agreement import fleiss
from harness.score.alpha import Alpha, alpha

# Krippendorff, Computing Krippendorff's Alpha-Reliability, University of Pennsylvania (2011), sections A, B and C; the
# last also in Hayes and Krippendorff, Communication Methods and Measures 1(1), 2007, by observer, a dot for no value.
BINARY = ("0100000010", "1110010000")
NOMINAL = ("aabbdcccedda", "babbbccceddd")
MISSING = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def units(observers: tuple[str, ...]) -> list[list[str]]:
    return [[value for value in unit if value != "."] for unit in zip(*observers, strict=True)]


@pytest.mark.parametrize(("data", "n", "value"), [(BINARY, 10, 0.095), (NOMINAL, 12, 0.692), (MISSING, 11, 0.743)])
def test_krippendorffs_own_examples(data: tuple[str, ...], n: int, value: float) -> None:
    found = alpha(units(data), 0.95, seed=1)
    assert found.value is not None
    assert (found.n, round(found.value, 3)) == (n, value)
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower < found.value < found.upper


VALUES = st.lists(st.lists(st.sampled_from("abc"), min_size=0, max_size=4), max_size=12)


@given(VALUES)
def test_by_pairs(seen: list[list[str]]) -> None:
    """One less the share of unlike pairs within cases over that among all values, as the definition has it."""
    pairable = [unit for unit in seen if len(unit) > 1]
    values = [value for unit in pairable for value in unit]
    expected = sum(one != other for one, other in permutations(values, 2))
    found = alpha(seen, 0.95, seed=1, draws=2)
    assert found.n == len(pairable)
    if not expected:
        assert found == Alpha(len(pairable), None)
        return
    unlike = sum(sum(one != other for one, other in permutations(unit, 2)) / (len(unit) - 1) for unit in pairable)
    n = len(values)
    assert found.value == pytest.approx(1 - (unlike / n) / (expected / (n * (n - 1))))


@given(st.lists(st.tuples(*[st.sampled_from("ab")] * 3), min_size=2, max_size=30))
def test_with_all_values_it_is_fleiss_kappa_corrected_for_small_samples(seen: list[tuple[str, ...]]) -> None:
    """alpha = kappa + (1 - kappa) / (number of values): Krippendorff, Human Communication Research 30(3), 2004."""
    if len({value for unit in seen for value in unit}) < 2:
        return
    kappa = fleiss(seen)
    found = alpha(seen, 0.95, seed=1, draws=2)
    assert found.value == pytest.approx(kappa + (1 - kappa) / (3 * len(seen)), abs=1e-9)


def test_the_order_of_cases_and_raters_is_nothing_to_it() -> None:
    seen = units(MISSING)
    mixed = [unit[::-1] for unit in seen]
    random.Random(3).shuffle(mixed)
    assert alpha(mixed, 0.9, seed=7) == alpha(seen, 0.9, seed=7)
    assert alpha(mixed, 0.9, seed=8) != alpha(seen, 0.9, seed=7)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Two raters who err independently one time in ten, on cases that are half of each kind: alpha is 0.64."""
    rng, held = random.Random(5), 0
    for seed in range(200):
        truth = [rng.random() < 0.5 for _ in range(150)]
        seen = [[value ^ (rng.random() < 0.1) for _ in range(2)] for value in truth]
        found = alpha(seen, 0.9, seed, draws=200)
        assert found.lower is not None
        assert found.upper is not None
        held += found.lower <= 0.64 <= found.upper
    assert 0.83 < held / 200 < 0.97


def test_what_has_no_interval() -> None:
    assert alpha([], 0.95, seed=1) == Alpha(0, None)
    assert alpha([["a"], ["b"]], 0.95, seed=1) == Alpha(0, None)
    assert alpha([["a", "a"], ["a", "a"]], 0.95, seed=1) == Alpha(2, None)
    assert alpha([["a", "b"]], 0.95, seed=1) == Alpha(1, 0.0)
