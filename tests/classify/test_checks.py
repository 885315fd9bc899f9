"""One try alone never breaks a check, and whatever is tried as often as asked for is settled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.checks.bench import wanted
from harness.classify.checks import assess, open_yet
from harness.model.check import Check, Group, Standing, Tried
from harness.model.words import Arm

# Held where what is blocked comes through once the product is removed.
CHECK = Check("life-cycle.x", Group.LIFE_CYCLE, "A check", "why", 2, "removed", "removed-reachable", control=False)


def tried(number: int, reached: bool | None) -> Tried:
    if reached is None:
        return Tried(CHECK.id, Arm.TEST, "s", number, fault="no browser")
    return Tried(CHECK.id, Arm.TEST, "s", number, facts={"reached": {"browsers": reached}})


@pytest.mark.parametrize(
    ("reached", "standing"),
    [
        ([True], Standing.HELD),
        ([False], Standing.NOT_ASSESSED),
        ([False, False], Standing.BROKEN),
        ([False, True], Standing.NOT_ASSESSED),
        ([False, True, True], Standing.HELD),
        ([False, True, False], Standing.BROKEN),
        ([None, False, None], Standing.NOT_ASSESSED),
    ],
)
def test_two_tries_of_three_decide(reached: list[bool | None], standing: Standing) -> None:
    assert assess(CHECK, "s", [tried(*item) for item in enumerate(reached, 1)]).standing is standing


@given(st.lists(st.sampled_from([True, False, None]), min_size=9, max_size=9))
def test_what_is_tried_as_often_as_wanted_is_settled_or_was_kept_from_it(become: list[bool | None]) -> None:
    tries: list[Tried] = []
    while wanted(CHECK, "proxy", "s", tries):
        tries.append(tried(len(tries) + 1, become[len(tries)]))
    faults = sum(bool(item.fault) for item in tries)
    assert open_yet(CHECK, "s", tries) <= (faults == 3)
    assert (assess(CHECK, "s", tries).standing is not Standing.NOT_ASSESSED) or faults == 3
