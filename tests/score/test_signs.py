"""The sign-flip test against McNemar's, against every sign tried, and where it stops counting."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm
from statsmodels.stats.contingency_tables import mcnemar

from harness.score import signs
from harness.score.signs import APPROXIMATE, EXACT, MCNEMAR, sign_flip, whole


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 5))
def test_single_cases_make_it_the_exact_mcnemar_test(first: int, second: int, same: int) -> None:
    p, method = sign_flip([-1] * first + [0] * same + [1] * second)
    assert method == MCNEMAR
    assert p == pytest.approx(mcnemar([[same, first], [second, 0]], exact=True).pvalue, rel=1e-9, abs=1e-300)
    if first + second:
        assert p == pytest.approx(binomtest(first, first + second).pvalue, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        (6, 16, 0.052479),  # Fagerland, Lydersen and Laake, R package contingencytables, chapter 8: Cavo et al., 2012
        (1, 7, 0.0703125),  # the same chapter: Bentur et al., 2009
        (0, 5, 0.0625),
    ],
)
def test_published_values(first: int, second: int, p: float) -> None:
    assert sign_flip([-1] * first + [1] * second)[0] == pytest.approx(p, abs=5e-7)


@given(st.lists(st.integers(-6, 6), max_size=9))
def test_it_counts_what_trying_every_sign_would(differences: list[int]) -> None:
    observed = abs(sum(differences))
    tried = [abs(sum(row)) for row in itertools.product(*((item, -item) for item in differences))]
    p, method = sign_flip(differences)
    assert p == sum(total >= observed for total in tried) / len(tried)
    assert (method == MCNEMAR) == (set(map(abs, differences)) <= {0, 1})


@given(st.lists(st.integers(-4, 4), max_size=30))
def test_order_scale_and_direction_do_not_matter(differences: list[int]) -> None:
    shuffled = sorted(differences)
    p = sign_flip(differences)[0]
    assert sign_flip(shuffled)[0] == p
    assert sign_flip([-item for item in differences])[0] == p
    assert sign_flip([3 * item for item in differences])[0] == p


def test_one_large_cluster_proves_nothing() -> None:
    assert sign_flip([40]) == (1.0, EXACT)
    assert sign_flip([1] * 40)[0] == 2**-39


def test_thousands_of_cases_are_counted() -> None:
    p, method = sign_flip([1] * 2600 + [-1] * 2400)
    assert method == MCNEMAR
    assert p == pytest.approx(binomtest(2400, 5000).pvalue)


def test_what_is_too_much_to_count_is_approximated(monkeypatch: pytest.MonkeyPatch) -> None:
    differences = [3] * 90 + [2] * 80 + [1] * 70 + [-3] * 70 + [-2] * 65 + [-1] * 60
    exact, method = sign_flip(differences)
    assert method == EXACT
    monkeypatch.setattr(signs, "MOST_SUMS", 1000)
    near, method = sign_flip(differences)
    assert method == APPROXIMATE
    assert near == pytest.approx(exact, rel=0.01)
    spread = math.sqrt(9 * 160 + 4 * 145 + 130)
    assert near == pytest.approx(2 * norm.sf((100 - 1) / spread))


def test_weights_become_integers_as_they_are_written() -> None:
    assert whole([1.0, 1.0]) == [1, 1]
    assert whole([0.1, 0.2, 0.3]) == [1, 2, 3]
    assert whole([2.5, 1.0, 1e-9]) == [2_500_000_000, 1_000_000_000, 1]
    assert whole([]) == []
