"""Holm's adjustment against statsmodels, a published example and its definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from harness.score.holm import adjusted

P_VALUES = st.lists(st.floats(0, 1), max_size=8)


@pytest.mark.parametrize(
    ("p_values", "wanted"),
    [
        ((), ()),
        ((0.03,), (0.03,)),
        # 4 x 0.005, 3 x 0.01, 2 x 0.03, and no less than that for the last.
        ((0.01, 0.04, 0.03, 0.005), (0.03, 0.06, 0.06, 0.02)),
        ((0.5, 0.6), (1.0, 1.0)),
        ((0.02, 0.02, 0.02), (0.06, 0.06, 0.06)),
    ],
)
def test_by_hand(p_values: tuple[float, ...], wanted: tuple[float, ...]) -> None:
    assert adjusted(p_values) == pytest.approx(wanted)


def test_as_published() -> None:
    """Benjamini and Hochberg, JRSS B 57(1), 1995, section 4: of fifteen comparisons in thrombolysis, Bonferroni's level
    0.05/15 rejects three, and so does stepping down, which would have needed 0.05/12 of the fourth."""
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p_values += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    assert [p <= 0.05 for p in adjusted(p_values)] == [True] * 3 + [False] * 12
    assert adjusted(p_values)[:4] == pytest.approx((0.0015, 0.0056, 0.0247, 0.114))


# Few, as statsmodels collects garbage in every call.
@pytest.mark.parametrize(
    "p_values",
    [
        [0.2],
        [0.001, 0.001, 0.8, 0.02],
        [0.012, 0.01, 0.009, 0.011, 0.01],
        [1.0, 0.0, 0.05, 0.025, 0.3, 0.0083],
        [0.9, 0.03, 0.03, 0.015, 1e-300, 0.5, 0.4, 0.0001],
    ],
)
def test_agrees_with_statsmodels(p_values: list[float]) -> None:
    assert adjusted(p_values) == pytest.approx(tuple(multipletests(p_values, method="holm")[1]))


@given(P_VALUES, st.data())
def test_order_does_not_matter(p_values: list[float], data: st.DataObject) -> None:
    places = data.draw(st.permutations(range(len(p_values))))
    found = adjusted(p_values)
    assert adjusted([p_values[place] for place in places]) == tuple(found[place] for place in places)


@given(P_VALUES)
def test_never_below_the_raw_value_and_in_the_same_order(p_values: list[float]) -> None:
    pairs = sorted(zip(p_values, adjusted(p_values), strict=True))
    assert all(raw <= corrected <= 1 for raw, corrected in pairs)
    assert [corrected for _, corrected in pairs] == sorted(corrected for _, corrected in pairs)


@given(P_VALUES.filter(bool), st.floats(0, 1), st.data())
def test_a_smaller_value_raises_none(p_values: list[float], smaller: float, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(p_values) - 1))
    less = [*p_values[:at], smaller * p_values[at], *p_values[at + 1 :]]
    assert all(new <= old for new, old in zip(adjusted(less), adjusted(p_values), strict=True))
