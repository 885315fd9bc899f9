"""Places that follow from shown differences alone, and how rarely a difference is shown that is none."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from harness.score.ranks import Rank, adjusted, ranks
from harness.score.signs import sign_flip


# Few, as statsmodels collects garbage in every call.
@pytest.mark.parametrize("p_values", [[0.04], [0.01, 0.02, 1.0], [0.0, 0.3, 0.01, 0.01, 0.004], [1.0, 1.0]])
def test_holm_runs_over_both_directions(p_values: list[float]) -> None:
    both = [*(p / 2 for p in p_values), *[1.0] * len(p_values)]
    assert adjusted(p_values) == pytest.approx(multipletests(both, method="holm")[1][: len(p_values)])
    assert all(after >= before for before, after in zip(p_values, adjusted(p_values), strict=True))


def test_one_difference_is_tested_as_it_is() -> None:
    assert adjusted([0.03]) == [pytest.approx(0.03)]


@pytest.mark.parametrize(
    ("better", "places"),
    [
        ([], [(1, 3), (1, 3), (1, 3)]),
        ([(1, 2)], [(1, 2), (2, 3), (1, 3)]),
        ([(1, 3), (2, 3)], [(1, 2), (1, 2), (3, 3)]),
        ([(2, 1), (2, 3), (1, 3)], [(2, 2), (1, 1), (3, 3)]),
        ([(1, 2), (2, 3), (3, 1)], [(2, 2), (2, 2), (2, 2)]),
    ],
)
def test_a_place_is_a_range(better: list[tuple[int, int]], places: list[tuple[int, int]]) -> None:
    assert ranks([1, 2, 3], better) == {number: Rank(*places[number - 1]) for number in (1, 2, 3)}


@given(st.permutations(range(6)), st.integers(0, 5))
def test_a_place_holds_whatever_else_is_not_shown(order: list[int], least: int) -> None:
    """Where only steps of a size are shown, everyone's true place lies in the range."""
    better = [(one, other) for one in order for other in order if order.index(other) - order.index(one) > least]
    for number, found in ranks(order, better).items():
        assert found.best <= order.index(number) + 1 <= found.worst
        assert found.certain == (least == 0)


def test_contestants_who_are_alike_are_rarely_told_apart() -> None:
    """Four who err at random alike, again and again: any place that is not 1 to 4 is an error, at most 1 in 20."""
    draw, wrongly = random.Random(74), 0
    for _ in range(300):
        seen = [[draw.random() < 0.2 for _ in range(60)] for _ in range(4)]
        found = [
            sign_flip([one - other for one, other in zip(*pair, strict=True)])[0] for pair in combinations(seen, 2)
        ]
        wrongly += min(adjusted(found)) <= 0.05
    assert wrongly <= 300 * 0.05
