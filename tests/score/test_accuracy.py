"""Measures of a confusion table against hand, definition and correlation."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.score.accuracy import Accuracy, accuracy

COUNTS = st.integers(0, 10_000)


def test_by_hand() -> None:
    found = accuracy(tp=90, fn=10, fp=30, tn=870)
    assert (found.precision, found.recall, found.fpr) == (0.75, 0.9, 30 / 900)
    assert found.f1 == pytest.approx(2 * 0.75 * 0.9 / (0.75 + 0.9))
    assert found.mcc == pytest.approx((90 * 870 - 30 * 10) / math.sqrt(120 * 100 * 900 * 880))


def test_as_published() -> None:
    """Chicco and Jurman, BMC Genomics 21:6, 2020, use case A1: nearly everything taken for positive."""
    found = accuracy(tp=90, fn=1, fp=9, tn=0)
    assert [f"{value:.2f}" for value in (found.f1, found.mcc)] == ["0.95", "-0.03"]


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ((0, 0, 0, 0), Accuracy(None, None, None, None, None)),
        ((0, 0, 0, 5), Accuracy(None, None, 0.0, None, None)),
        ((0, 0, 2, 3), Accuracy(0.0, None, 0.4, 0.0, None)),
        ((0, 4, 0, 5), Accuracy(None, 0.0, 0.0, 0.0, None)),
        ((3, 0, 0, 0), Accuracy(1.0, 1.0, None, 1.0, None)),
        ((3, 1, 1, 0), Accuracy(0.75, 0.75, 1.0, 0.75, -0.25)),
    ],
    ids=["empty", "nothing to block", "no positives", "nothing blocked", "nothing to allow", "nothing let through"],
)
def test_where_a_denominator_is_nothing(table: tuple[int, int, int, int], wanted: Accuracy) -> None:
    assert accuracy(*table) == wanted


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_f1_is_the_harmonic_mean(tp: int, fn: int, fp: int, tn: int) -> None:
    found = accuracy(tp, fn, fp, tn)
    assume(tp)
    assert found.precision
    assert found.recall
    assert found.f1 == pytest.approx(2 / (1 / found.precision + 1 / found.recall))


@given(*[st.integers(0, 20)] * 4)
def test_mcc_is_the_correlation_of_what_is_and_what_was_done(tp: int, fn: int, fp: int, tn: int) -> None:
    truth, done = np.repeat([1, 1, 0, 0], [tp, fn, fp, tn]), np.repeat([1, 0, 1, 0], [tp, fn, fp, tn])
    found = accuracy(tp, fn, fp, tn).mcc
    if found is None:
        assert len(set(truth)) < 2 or len(set(done)) < 2
    else:
        assert found == pytest.approx(np.corrcoef(truth, done)[0, 1])


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_mcc_favours_no_side(tp: int, fn: int, fp: int, tn: int) -> None:
    found = accuracy(tp, fn, fp, tn).mcc
    assert found == accuracy(tn, fp, fn, tp).mcc
    assert found is None or -1 <= found <= 1
