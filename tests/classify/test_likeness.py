"""Likeness of pages, with figures from independent computations."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cosine

from harness.classify.likeness import JONES, Likeness, likeness
from harness.classify.page import Page, read

words = st.lists(st.sampled_from(["one", "two", "three", "four", "網", "頁"]), max_size=30)
pages = st.builds(
    lambda said, tags: read("".join(f"<{tag}>" for tag in tags) + " ".join(said)),
    words,
    st.lists(st.sampled_from(["p", "div", "img", "h1"]), max_size=10),
)


@given(pages, pages)
def test_both_ways_alike_and_bounded(one: Page, two: Page) -> None:
    found = likeness(one, two)
    assert found == likeness(two, one)
    assert all(0 <= value <= 1 for value in (found.length, found.terms, found.structure))
    assert not (found.same and found.other)


@given(pages)
def test_a_page_is_like_itself(page: Page) -> None:
    found = likeness(page, page)
    assert (found.length, found.terms, found.structure) == pytest.approx((1, 1, 1))
    assert found.same


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=6).filter(
        lambda counts: all(any(count[arm] for count in counts) for arm in (0, 1))
    )
)
def test_cosines_are_scipys(counts: list[tuple[int, int]]) -> None:
    names = ["p", "div", "img", "table", "h1", "br"][: len(counts)]
    one, two = (
        Page(
            text=" ".join(name for name, count in zip(names, counts, strict=True) for _ in range(count[arm])),
            tags={name: count[arm] for name, count in zip(names, counts, strict=True) if count[arm]},
        )
        for arm in (0, 1)
    )
    found = likeness(one, two)
    assert found.structure == pytest.approx(1 - cosine(*zip(*counts, strict=True)), abs=1e-9)
    weights = [[1 + math.log(count) if count else 0 for count in arms] for arms in zip(*counts, strict=True)]
    assert found.terms == pytest.approx(1 - cosine(*weights), abs=1e-9)


def test_the_length_of_jones_et_al() -> None:
    """IMC 2014, section 4: a length that differs by 30.19 % of the longer one's."""
    assert JONES == 0.3019
    assert not likeness(Page(size=10_000), Page(size=6_981)).length_differs
    assert likeness(Page(size=10_000), Page(size=6_980)).length_differs


def test_scripts_without_spaces_are_compared_by_character() -> None:
    one, two = Page(text="網頁無法開啟"), Page(text="網頁已經開啟")
    assert likeness(one, two).terms == pytest.approx(4 / 6)


def test_nothing_is_like_nothing_only() -> None:
    assert likeness(Page(), Page()) == Likeness(1, 1, 1)
    assert likeness(Page(), Page(text="a", tags={"p": 1}, size=9)) == Likeness(0, 0, 0)


def test_the_more_changes_the_less_alike() -> None:
    text = [f"word{number}" for number in range(100)]
    page = Page(text=" ".join(text), tags={"p": 3}, size=1000)
    found = [
        likeness(
            page, Page(text=" ".join([*text[:kept], *("new" + word for word in text[kept:])]), tags={"p": 3}, size=1000)
        )
        for kept in range(100, -1, -10)
    ]
    assert all(more.terms > less.terms for more, less in pairwise(found))
    assert [item.same for item in found] == [True] * 4 + [False] * 7
    assert [item.other for item in found] == [False] * 6 + [True] * 5
    assert math.isclose(found[3].terms, 0.7)
