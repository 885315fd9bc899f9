"""What ISO/IEC 17025:2017 asks of a report is either stated or there, and a gap is named by its clause."""

import datetime
from typing import Any

import pytest

from harness.report import asked
from harness.report.asked import ITEMS
from tests.report.stated import assignment, laboratory

ENDED = "2026-01-01T23:00:00.000Z"


def test_every_item_of_the_clause_is_there() -> None:
    found = [item.clause for item in ITEMS]
    assert {clause for clause in found if clause.startswith("7.8.2.1 ")} == {f"7.8.2.1 {x}" for x in "abcdefghijklmnop"}
    assert {"7.8.6.1", "7.8.6.2 a", "7.8.6.2 b", "7.8.6.2 c"} <= {*found}
    assert found == sorted(set(found))
    assert all(item.keys or item.here for item in ITEMS)


def test_the_examples_leave_nothing_open() -> None:
    assert asked.missing(laboratory(), assignment()) == ()
    assert asked.wrong(laboratory(), assignment(), ENDED, []) == ()


@pytest.mark.parametrize("key", [key for item in ITEMS for key in item.keys])
def test_each_gap_is_named_by_clause_and_key(key: str) -> None:
    file, *path = key.split(".")
    empty: Any = None if path[-1] in ("received", "issued") else ""
    change = {path[0]: {path[1]: empty} if len(path) > 1 else empty}
    lab = laboratory(**change) if file == "laboratory" else laboratory()
    job = assignment(**change) if file == "assignment" else assignment()
    (gap,) = asked.missing(lab, job)
    assert gap.clause == next(item.clause for item in ITEMS if key in item.keys)
    assert gap.what.endswith(f"{'.'.join(path)} is missing from {file}.toml")


def test_what_may_be_asked_only_of_some_is_no_gap() -> None:
    lab, job = laboratory(accreditation="", contact=""), assignment(item={"model": ""}, amendment="")
    assert asked.missing(lab, job) == ()


@pytest.mark.parametrize(
    ("change", "finished", "issued", "clause"),
    [
        ({"authorised_by": "Nobody"}, ENDED, [], "7.8.2.1 o"),
        ({"received": datetime.date(2026, 1, 3)}, ENDED, [], "7.8.2.1 h"),
        ({"issued": datetime.date(2025, 12, 30)}, ENDED, [], "7.8.2.1 j"),
        ({"opinions": {"text": "Good", "by": ""}}, ENDED, [], "7.8.7"),
        ({"opinions": {"text": "", "by": "Ann"}}, ENDED, [], "7.8.7"),
        ({}, ENDED, ["T-1"], "7.8.8"),
        ({"amendment": "A mistake", "number": "T-1"}, ENDED, ["T-1", "T-2"], "7.8.8"),
    ],
    ids=range(7),
)
def test_what_cannot_be_is_named(change: dict[str, Any], finished: str, issued: list[str], clause: str) -> None:
    (gap,) = asked.wrong(laboratory(), assignment(**change), finished, issued)
    assert gap.clause == clause


@pytest.mark.parametrize(
    ("change", "finished"),
    [
        ({"received": datetime.date(2026, 1, 2)}, ENDED),
        ({"issued": datetime.date(2025, 12, 31)}, ENDED),
        ({"received": datetime.date(2030, 1, 1)}, ""),
        ({"received": datetime.date(2030, 1, 1)}, "no time"),
        ({"opinions": {"text": "Good", "by": "Ann"}}, ENDED),
    ],
    ids=range(5),
)
def test_what_can_be_is_not(change: dict[str, Any], finished: str) -> None:
    assert asked.wrong(laboratory(), assignment(**change), finished, []) == ()


def test_an_amended_report_has_a_reason_and_a_number_of_its_own() -> None:
    assert asked.wrong(laboratory(), assignment(amendment="A mistake", number="T-2"), ENDED, ["T-1"]) == ()
