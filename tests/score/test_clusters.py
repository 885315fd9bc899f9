"""Sums over clusters are those of all of them one by one, rounded once."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.words import Design
from harness.score.clusters import Clusters
from harness.score.intervals import Sample, effective

WEIGHTS = st.floats(1e-9, 1e9) | st.sampled_from([1.0, 3.0, 0.1, 1 / 3])
ROWS = st.lists(st.tuples(WEIGHTS, st.integers(0, 2000)), min_size=1, max_size=8)


@given(ROWS)
def test_a_row_that_counts_for_many_is_as_so_many_rows(rows: list[tuple[float, int]]) -> None:
    weights, counts = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    counted, each = Clusters(weights, weights / 2, counts), Clusters(np.repeat(weights, counts), np.zeros(counts.sum()))
    assert len(counted) == len(each) == counts.sum()
    assert counted.total(weights) == each.total(each.weights) == float(sum(Fraction(w) * n for w, n in rows))


def test_it_is_a_sequence_of_weight_and_wrong_weight() -> None:
    rows = ((2.0, 1.0), (1.0, 0.0), (1.0, 0.0), (3.0, 3.0))
    counted = Clusters(np.array([2.0, 1.0, 3.0]), np.array([1.0, 0.0, 3.0]), np.array([1, 2, 1]))
    assert tuple(counted) == tuple(Clusters.of(rows)) == rows
    assert (counted[-1], counted[1:3]) == (rows[-1], list(rows[1:3]))
    assert Clusters.of(counted) is counted
    with pytest.raises(IndexError):
        _ = counted[4]


@given(st.lists(st.tuples(WEIGHTS, st.booleans()), min_size=1, max_size=30), st.sampled_from(Design))
def test_a_sample_is_worth_the_same_however_its_clusters_come(rows: list[tuple[float, bool]], design: Design) -> None:
    pairs = [(weight, weight * wrong) for weight, wrong in rows]
    given_, k = tuple(pairs), sum(wrong for _, wrong in rows)
    one = Sample(k, len(rows), given_)
    other = Sample(k, len(rows), Clusters(np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])))
    assert (one.weight, one.wrong, one.squares) == (other.weight, other.wrong, other.squares)
    assert one.weight == math.fsum(weight for weight, _ in rows)
    assert effective(one, design, 0.05) == effective(other, design, 0.05)
