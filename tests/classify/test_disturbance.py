"""The rule "disturbance": fail-open is never held, nor is what was not seen."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.classify import disturbance
from harness.classify.finding import Found
from harness.model.check import Check, Group, Standing, Tried
from harness.model.words import Arm

CHECK = Check("battery.x", Group.BATTERY, "", "", 3, "disturbed", "disturbance", {"what": "with it paused"})
Counts = dict[str, int]


def counts(asked: int, blocked: int, allowed: int) -> Counts:
    return {"asked": asked, "blocked_through": blocked, "allowed_through": allowed}


OPEN, FILTERING, CLOSED = counts(1, 1, 1), counts(1, 0, 1), counts(1, 0, 0)


def judged(
    before: Counts = FILTERING,
    during: Counts = FILTERING,
    after: Counts = FILTERING,
    without: Counts = OPEN,
    **more: Any,
) -> Found:
    facts = {"before": before, "during": during, "after": after, "disturbance": more}
    control = Tried(CHECK.id, Arm.CONTROL, "", 1, facts={"before": without})
    return disturbance.judge(CHECK, [control], [Tried(CHECK.id, Arm.TEST, "x", 1, facts=facts)])


def test_what_comes_through_a_disturbed_product_decides() -> None:
    assert judged(during=counts(4, 1, 4)).rule == "fails-open"
    assert judged(loading=counts(6, 2, 0), during=CLOSED).rule == "fails-open"
    assert judged(after=OPEN).rule == "stays-open"
    assert judged(during=CLOSED, after=CLOSED).rule == "fails-closed"
    assert judged(during=counts(4, 0, 4)).rule == "went-on"
    assert judged(during={"asked": 0}).rule == "filters-again"


def test_a_product_that_did_not_filter_before_says_nothing() -> None:
    assert judged(before=OPEN, during=OPEN).rule == "not-filtering"
    assert judged(before=CLOSED, during=CLOSED).rule == "not-passing"
    assert judged(without=CLOSED).rule == "no-control"
    assert judged(during={"asked": 0}, after=CLOSED).standing is Standing.NOT_ASSESSED


def test_words_say_whether_it_came_back() -> None:
    assert judged(during=CLOSED, after=CLOSED).words == (
        "fails closed: nothing came through, with it paused; it did not come back by itself"
    )
    assert (
        judged(during=counts(4, 0, 1)).words == "1 of 4 pages to allow came through, and none to block, with it paused"
    )


@given(*[st.builds(counts, st.integers(1, 4), st.integers(0, 4), st.integers(0, 4))] * 4)
def test_nothing_is_held_while_a_blocked_page_comes_through(
    before: Counts, during: Counts, after: Counts, loading: Counts
) -> None:
    found = judged(before, during, after, loading=loading)
    if found.standing is Standing.HELD:
        assert not any(item["blocked_through"] for item in (before, during, after, loading))
    through = [item for item in (during, after, loading) if item["blocked_through"]]
    assert (found.standing is Standing.BROKEN) == bool(
        through and not before["blocked_through"] and before["allowed_through"]
    )
