"""The rules of communications: what is promised and what is found, from facts alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.classify.checks import OF_SEVERAL, assess
from harness.classify.personal import DIGITS, fold
from harness.model.check import Check, Group, Standing, Tried
from harness.model.words import Arm

HELD, BROKEN = Standing.HELD, Standing.BROKEN
BESIDE, UNKNOWN = Standing.NOT_APPLICABLE, Standing.NOT_ASSESSED


def standing(judged: str, control: list[Tried], test: list[Tried]) -> Standing:
    check = Check("c", Group.COMMUNICATIONS, "t", "w", 2, "by", judged)
    found = assess(check, "s", [*control, *test, *([] if judged in OF_SEVERAL else test[-1:])])
    assert found.words
    return found.standing


def tried(arm: Arm, came_through: bool | None = None, **facts: Any) -> Tried:
    return Tried("c", arm, "" if arm is Arm.CONTROL else "s", 1, came_through, facts)


@pytest.mark.parametrize(
    ("promise", "through", "expected"),
    [
        ("blocked", [False, False], HELD),
        ("blocked", [False, True], BROKEN),
        ("blocked", [False], UNKNOWN),
        ("allowed", [True], HELD),
        ("filtered", [True], HELD),
        ("filtered", [False, False], BROKEN),
        ("allowed", [False], UNKNOWN),
        ("", [True], BESIDE),
        ("", [False, False], BESIDE),
    ],
)
def test_a_service_is_held_against_what_is_promised(promise: str, through: list[bool], expected: Standing) -> None:
    tries = [tried(Arm.TEST, item, promise=promise, by="proxy", how="") for item in through]
    assert standing("service", [tried(Arm.CONTROL, True)], tries) is expected
    assert standing("service", [tried(Arm.CONTROL, False)], tries) is UNKNOWN


def items(*through: bool) -> dict[str, Any]:
    received = [["My number is 01632 960123"] if item else ["***"] for item in through]
    kinds = ["phone", "name"]
    secrets = ["01632 960123", "my number"]
    return {
        "items": [
            {"kind": kind, "form": "plain", "secret": secret, "received": texts}
            for kind, secret, texts in zip(kinds, secrets, received, strict=False)
        ],
        "ordinary": {"arrived": 3, "sent": 3},
    }


@pytest.mark.parametrize(
    ("promise", "through", "expected"),
    [
        (["phone", "name"], (False, False), HELD),
        (["phone", "name"], (False, True), BROKEN),
        (["phone"], (False, True), HELD),
        (["phone"], (True, False), BROKEN),
    ],
)
def test_personal_information_that_is_promised_to_be_withheld(
    promise: list[str], through: tuple[bool, bool], expected: Standing
) -> None:
    control = [tried(Arm.CONTROL, **items(True, True))]
    assert standing("personal", control, [tried(Arm.TEST, promise=promise, **items(*through))]) is expected
    silent = {**items(*through), "ordinary": {"arrived": 0, "sent": 3}}
    assert standing("personal", control, [tried(Arm.TEST, promise=promise, **silent)]) is UNKNOWN
    assert standing("personal", [tried(Arm.CONTROL, **items(False, True))], []) is UNKNOWN


@given(st.text("0123456789", min_size=3, max_size=12), st.lists(st.sampled_from(" -./ "), max_size=3), st.data())
def test_folding_sees_through_spaces_signs_and_words(digits: str, between: list[str], data: st.DataObject) -> None:
    written = [
        data.draw(st.sampled_from([digit, DIGITS[int(digit)], f"{DIGITS[int(digit)].upper()} "])) for digit in digits
    ]
    assert fold("".join(between).join(written)) == digits


@given(st.text())
def test_folding_keeps_letters_and_digits_alone(text: str) -> None:
    assert set(fold(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
    assert fold(fold(text).upper()) == fold(fold(text))


@pytest.mark.parametrize(
    ("friend", "stranger", "expected"),
    [(True, False, HELD), (True, True, BROKEN), (False, False, BROKEN), (False, True, BROKEN)],
)
def test_only_contacts_on_the_list(friend: bool, stranger: bool, expected: Standing) -> None:
    control = [tried(Arm.CONTROL, people={"friend": True, "stranger": True})]
    test = tried(Arm.TEST, promise=["friend"], people={"friend": friend, "stranger": stranger}, how="")
    assert standing("contacts", control, [test]) is expected
    nobody = tried(Arm.TEST, promise=["aunt"], people={"friend": friend, "stranger": stranger}, how="")
    assert standing("contacts", control, [nobody]) is UNKNOWN
    lost = [tried(Arm.CONTROL, people={"friend": True, "stranger": False})]
    assert standing("contacts", lost, [test]) is UNKNOWN


def files(program: bool, archive: bool, plain: bool = True) -> dict[str, Any]:
    found = {"program": program, "archive": archive}
    return {
        "items": [{"kind": kind, "form": "by name", "arrived": arrived} for kind, arrived in found.items()],
        "ordinary": {"arrived": plain, "how": ""},
    }


@pytest.mark.parametrize(
    ("promise", "found", "expected"),
    [
        (["program", "archive"], files(False, False), HELD),
        (["program", "archive"], files(False, True), BROKEN),
        (["program"], files(False, True), HELD),
        (["program"], files(False, False, plain=False), BESIDE),
        (["document"], files(True, True), BESIDE),
        ([], files(True, True), BESIDE),
    ],
)
def test_files_of_kinds_that_are_refused(promise: list[str], found: dict[str, Any], expected: Standing) -> None:
    control = [tried(Arm.CONTROL, **files(True, True))]
    assert standing("refused", control, [tried(Arm.TEST, promise=promise, **found)]) is expected
    lost = [tried(Arm.CONTROL, **files(True, False))]
    assert standing("refused", lost, [tried(Arm.TEST, promise=promise, **found)]) is UNKNOWN


@pytest.mark.parametrize(
    ("ordinary", "marked", "arrived", "expected"),
    [
        (False, True, True, HELD),
        (True, True, True, BROKEN),
        (False, False, True, BROKEN),
        (False, False, False, UNKNOWN),
        (False, True, False, HELD),
    ],
)
def test_conversations_that_are_told_of(ordinary: bool, marked: bool, arrived: bool, expected: Standing) -> None:
    both = {"ordinary": True, "marked": True}
    flagged = {"ordinary": ordinary, "marked": marked}
    facts: dict[str, Any] = {
        "promise": "alerts.log",
        "flagged": flagged,
        "arrived": {"ordinary": True, "marked": arrived},
    }
    assert standing("flagged", [tried(Arm.CONTROL, arrived=both)], [tried(Arm.TEST, **facts)]) is expected
    lost = [tried(Arm.CONTROL, arrived={**both, "marked": False})]
    assert standing("flagged", lost, [tried(Arm.TEST, **facts)]) is UNKNOWN


@pytest.mark.parametrize(
    ("within", "outside", "expected"), [(True, False, HELD), (True, True, BROKEN), (False, False, BROKEN)]
)
def test_hours(within: bool, outside: bool, expected: Standing) -> None:
    facts: dict[str, Any] = {
        name: {"hours": "01:00-02:00", "arrived": arrived, "how": "refused"}
        for name, arrived in (("within", within), ("outside", outside))
    }
    assert standing("hours", [tried(Arm.CONTROL, arrived=True)], [tried(Arm.TEST, **facts)]) is expected
    assert standing("hours", [tried(Arm.CONTROL, arrived=False)], [tried(Arm.TEST, **facts)]) is UNKNOWN
