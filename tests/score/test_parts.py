"""Open and sealed part of a corpus: published intervals, and what must hold."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.case import SEALED
from harness.model.words import Design, Expectation, Interval, Metric, Verdict
from harness.profile.criteria import Shown
from harness.score.outcome import Scored
from harness.score.parts import Parts, parts
from tests.builders import scored

WILSON = Shown(method=Interval.WILSON, design=Design.INDEPENDENT)
# Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10: a/m less b/n, 95 %.
PUBLISHED = [
    ((56, 70), (48, 80), (0.0524, 0.3339)),
    ((9, 10), (3, 10), (0.1705, 0.8090)),
    ((6, 7), (2, 7), (0.0582, 0.8062)),
    ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ((0, 10), (0, 20), (-0.1611, 0.2775)),
    ((0, 10), (0, 10), (-0.2775, 0.2775)),
    ((10, 10), (0, 20), (0.6791, 1.0000)),
    ((10, 10), (0, 10), (0.6075, 1.0000)),
]


def part(wrong: int, of: int, sealed: bool) -> list[Scored]:
    """Cases to block, of which so many got through."""
    found = []
    for number in range(of):
        verdict = Verdict.ALLOWED if number < wrong else Verdict.BLOCKED
        item = scored(Expectation.BLOCK, verdict, f"{'s' if sealed else 'o'}{number}")
        if sealed:
            item = replace(item, case=replace(item.case, url=f"http://{number}.{SEALED}/"))
        found.append(item)
    return found


def compared(sealed: tuple[int, int], open_: tuple[int, int], shown: Shown = WILSON) -> Parts:
    found = parts([*part(*open_, False), *part(*sealed, True)], shown)
    return next(item for item in found if item.metric is Metric.BAD_SITES_UNDER_BLOCK)


@pytest.mark.parametrize(("sealed", "open_", "bounds"), PUBLISHED)
def test_published(sealed: tuple[int, int], open_: tuple[int, int], bounds: tuple[float, float]) -> None:
    found = compared(sealed, open_)
    assert (round(found.lower, 4), round(found.upper, 4)) == pytest.approx(bounds, abs=1e-4)
    assert found.difference == pytest.approx(sealed[0] / sealed[1] - open_[0] / open_[1])
    assert found.worse is (bounds[0] > 0)


def test_without_both_parts_there_is_nothing_to_compare() -> None:
    assert parts(part(1, 5, False), WILSON) == []
    assert parts(part(1, 5, True), WILSON) == []
    found = next(iter(parts([*part(1, 5, False), *part(1, 5, True)], WILSON)))
    assert (found.metric, found.difference, found.worse) == (Metric.BAD_SITES_UNDER_BLOCK, 0.0, False)


COUNTS = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, COUNTS)
def test_the_interval_holds_the_difference_and_turns_with_the_parts(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    shown = Shown(design=Design.INDEPENDENT)
    there, back = compared(one, other, shown), compared(other, one, shown)
    assert there.difference is not None
    assert there.lower <= there.difference <= there.upper
    assert (there.lower, there.upper) == pytest.approx((-back.upper, -back.lower))
