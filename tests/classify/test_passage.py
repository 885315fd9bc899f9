"""The rule "passage": nothing that came through is held, and nothing is held on less than it takes."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.classify import passage
from harness.classify.finding import AGREE
from harness.model.check import Check, Group, Standing, Tried
from harness.model.words import Arm

CHECK = Check("battery.x", Group.BATTERY, "A way", "why", 3, "visit", "passage")


def tried(came_through: bool, arm: Arm = Arm.TEST, **facts: Any) -> Tried:
    return Tried(CHECK.id, arm, "moderate", 1, came_through, facts)


THROUGH = tried(True, Arm.CONTROL, ms=1000)
TRIES = st.lists(
    st.builds(
        lambda came, ordinary, allowed, ms: tried(came, ordinary_way=ordinary, allowed_way=allowed, allowed_ms=ms),
        st.booleans(),
        st.sampled_from(["", "blocked", "open"]),
        st.sampled_from(["", "stopped", "open", "late"]),
        st.integers(0, 10_000),
    ),
    max_size=4,
)


def test_what_does_not_come_through_twice_is_held() -> None:
    found = passage.judge(CHECK, [THROUGH], [tried(False, how="status 403"), tried(False, how="status 403")])
    assert (found.standing, found.rule) == (Standing.HELD, "stopped")
    assert found.words == "it did not come through: status 403"


def test_a_way_that_is_shut_to_all_is_said_to_be() -> None:
    found = passage.judge(CHECK, [THROUGH], [tried(False, allowed_way="open"), tried(False, allowed_way="stopped")])
    assert (found.standing, found.rule) == (Standing.HELD, "all-stopped")
    assert "as is what is allowed" in found.words


def test_what_is_waited_for_in_vain_is_held_only_where_it_usually_comes_much_sooner() -> None:
    long, short = (tried(False, allowed_way="late", allowed_ms=ms, how="TimeoutError") for ms in (4000, 3999))
    found = passage.judge(CHECK, [THROUGH], [long, long])
    assert (found.standing, found.rule) == (Standing.HELD, "all-stopped")
    for tries in ([long, short], [short, long]):
        found = passage.judge(CHECK, [THROUGH], tries)
        assert (found.standing, found.rule) == (Standing.NOT_ASSESSED, "late")
        assert found.words == "not even what is allowed came within 4.0 s; without the product it took 1.0 s"
    slow = tried(True, Arm.CONTROL, ms=1001)
    assert passage.judge(CHECK, [THROUGH, slow], [long, long]).rule == "late"
    assert passage.judge(CHECK, [THROUGH], [long, tried(False, allowed_way="open")]).standing is Standing.HELD


def test_once_through_is_broken() -> None:
    assert passage.judge(CHECK, [THROUGH], [tried(False), tried(True)]).standing is Standing.BROKEN


def test_a_product_that_does_not_filter_at_all_is_not_blamed_for_the_way() -> None:
    found = passage.judge(CHECK, [THROUGH], [tried(True, ordinary_way="open")])
    assert (found.standing, found.rule) == (Standing.NOT_ASSESSED, "not-filtering")


@given(TRIES, st.lists(st.booleans(), max_size=2))
def test_held_takes_a_control_and_two_tries_that_agree(tries: list[Tried], control: list[bool]) -> None:
    found = passage.judge(CHECK, [tried(came, Arm.CONTROL, ms=1000) for came in control], tries)
    if found.standing is Standing.HELD:
        assert any(control)
        assert len(tries) >= AGREE
        assert not any(item.came_through for item in tries)
    if any(control) and any(item.came_through for item in tries):
        assert found.standing in (Standing.BROKEN, Standing.NOT_ASSESSED)
    if not any(control):
        assert found.standing is Standing.NOT_ASSESSED
