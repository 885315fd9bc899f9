"""Strata, what each of them gets, and which cases are drawn: the same whatever the order of rows."""

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.corpus.strata import Stratum, allocate, draw, name, shares, strata
from harness.model.case import Case
from harness.model.errors import UsageError
from harness.model.words import Expectation
from tests.builders import case

KINDS = [("adult", "en", 40), ("adult", "cy", 5), ("hate", "en", 15)]
CASES = [
    case(f"{category}-{language}-{at}", category=category, language=language)
    for category, language, count in KINDS
    for at in range(count)
]


def test_by_what_a_case_says() -> None:
    found = strata(CASES, ("category", "language"))
    assert {key: len(cases) for key, cases in found.items()} == {
        ("block", "adult", "cy"): 5,
        ("block", "adult", "en"): 40,
        ("block", "hate", "en"): 15,
    }
    assert name(next(iter(found))) == "block / adult / cy"


def test_the_expectation_always_parts_cases() -> None:
    allowed = case("fine", expectation=Expectation.ALLOW)
    assert list(strata([*CASES, allowed], ())) == [("allow",), ("block",)]


@pytest.mark.parametrize(
    ("url", "depth"),
    [
        ("http://a.test", "depth 0"),
        ("http://a.test/?q=/x/y", "depth 0"),
        ("http://a.test/one", "depth 1"),
        ("http://a.test//one//two/", "depth 2"),
        ("http://a.test/one/../two/#/three/four", "depth 1"),
        ("http://a.test/1/2/3", "depth 3 or more"),
        ("http://a.test/1/2/3/4/5", "depth 3 or more"),
    ],
)
def test_depth_of_the_path(url: str, depth: str) -> None:
    assert list(strata([case(url=url)], ("depth",))) == [("block", depth)]


@pytest.mark.parametrize(
    ("rank", "band"),
    [(1, "top 1000"), (1000, "top 1000"), (1001, "top 10000"), (10**6, "top 1000000"), (0, "not stated")],
)
def test_popularity(rank: int, band: str) -> None:
    assert ("block", band) in strata([case(popularity=rank), case("other", popularity=5)], ("popularity",))


@pytest.mark.parametrize(
    ("by", "words"),
    [("popularity", "a rank"), ("language", "no case says its language"), ("size", "'size' is none of")],
)
def test_what_no_case_says_is_said(by: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        strata([case()], ("category", by))


SIZES = st.dictionaries(st.tuples(st.sampled_from("abcdef")), st.integers(1, 50), min_size=1)


@given(SIZES, st.sampled_from(["proportional", "equal"]), st.data())
def test_allocation(sizes: dict[tuple[str, ...], int], kind: str, data: st.DataObject) -> None:
    number = data.draw(st.integers(len(sizes), sum(sizes.values())))
    wanted = shares(kind, sizes, {})
    found = allocate(sizes, wanted, number)
    assert sum(found.values()) == number
    assert all(1 <= found[key] <= size for key, size in sizes.items())
    if number < sum(sizes.values()):
        more = allocate(sizes, wanted, number + 1)
        assert all(found[key] <= more[key] for key in sizes)
    if kind == "equal":
        free = [found[key] for key, size in sizes.items() if found[key] < size]
        assert max(free, default=0) - min(free, default=0) <= 1
        assert all(size <= max(free) + 1 for key, size in sizes.items() if free and found[key] == size)


def test_proportional_is_in_proportion() -> None:
    sizes: dict[Stratum, int] = {("a",): 600, ("b",): 300, ("c",): 100}
    assert allocate(sizes, shares("proportional", sizes, {}), 50) == {("a",): 30, ("b",): 15, ("c",): 5}


def test_neyman_by_hand() -> None:
    """Sizes 400 and 100 with standard deviations .3 and .4: 120 to 40, so 3 to 1."""
    sizes: dict[Stratum, int] = {("a",): 400, ("b",): 100}
    rates: dict[Stratum, float] = {("a",): 0.1, ("b",): 0.2}
    assert shares("neyman", sizes, rates) == pytest.approx({("a",): 400 * 0.3, ("b",): 100 * math.sqrt(0.16)})
    assert allocate(sizes, shares("neyman", sizes, rates), 80) == {("a",): 60, ("b",): 20}


@pytest.mark.parametrize("number", [0, 2, 61])
def test_what_cannot_be_drawn(number: int) -> None:
    sizes = {key: len(cases) for key, cases in strata(CASES, ("category", "language")).items()}
    with pytest.raises(UsageError, match=f"{number} cases cannot be drawn from 3 strata with 60 cases"):
        allocate(sizes, shares("equal", sizes, {}), number)


def drawn(cases: list[Case], number: int, seed: int = 1) -> dict[str, float]:
    found = strata(cases, ("category",))
    sizes = {key: len(members) for key, members in found.items()}
    return draw(found, allocate(sizes, shares("proportional", sizes, {}), number), seed)


def test_the_seed_and_the_ids_alone_decide() -> None:
    mixed = list(CASES)
    random.Random(4).shuffle(mixed)
    assert drawn(mixed, 20) == drawn(CASES, 20)
    assert set(drawn(CASES, 20, seed=2)) != set(drawn(CASES, 20))
    assert set(drawn(CASES, 20)) < set(drawn(CASES, 21))


def test_weights_add_up_to_what_was_drawn_from() -> None:
    weights = drawn(CASES, 20)
    assert sum(weights.values()) == pytest.approx(60)
    heavy = [case(f"x{at}", weight=3.0) for at in range(10)]
    assert set(drawn(heavy, 4).values()) == {3.0 * 10 / 4}


def test_every_case_is_as_likely_to_be_drawn() -> None:
    """Over 400 seeds each of 60 cases is drawn 100 times, give or take five standard deviations."""
    times = Counter(key for seed in range(400) for key in draw({("block",): CASES}, {("block",): 15}, seed))
    assert len(times) == 60
    assert all(abs(count - 100) < 5 * math.sqrt(400 * 0.25 * 0.75) for count in times.values())
