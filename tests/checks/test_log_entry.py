"""Entries are read as profiles say: times of all kinds, users, and what became of it."""

import datetime

import pytest

from harness.checks import log_entry
from harness.profile.logs import Log

NOON = datetime.datetime(2026, 1, 1, 0, 0, 5, tzinfo=datetime.UTC).timestamp()


def log(**changes: object) -> Log:
    plain = {
        "name": "a",
        "kind": "file",
        "path": "x",
        "pattern": r"^(?P<time>\[[^]]*\]|\S+) (?P<action>\S*) (?P<url>\S+)",
    }
    return Log.model_validate({**plain, "blocked": "DENIED", "allowed": "^-$", **changes})


@pytest.mark.parametrize(
    ("how", "zone", "text", "zoned"),
    [
        ("epoch", "local", f"{NOON}", True),
        ("iso", "local", "2026-01-01T00:00:05+00:00", True),
        ("iso", "UTC", "2026-01-01T00:00:05", False),
        ("[%d/%b/%Y:%H:%M:%S %z]", "local", "[01/Jan/2026:01:00:05 +0100]", True),
        ("[%b %d %H:%M:%S]", "UTC", "[Jan  1 00:00:05]", False),
        ("[%b %d %H:%M:%S]", "UTC", "[Dec 31 23:59:59]", False),
    ],
)
def test_times_are_read(how: str, zone: str, text: str, zoned: bool) -> None:
    entry = log_entry.read(log(time=how, zone=zone), NOON, f"{text} - http://a.example/")
    assert entry is not None
    assert entry.time == pytest.approx(NOON, abs=6)  # the year is the nearest one
    assert entry.zoned is zoned


@pytest.mark.parametrize(("action", "says"), [("*DENIED*", "blocked"), ("-", "allowed"), ("*SCANNED*", "")])
def test_actions_are_read(action: str, says: str) -> None:
    entry = log_entry.read(log(), NOON, f"never {action} http://a.example/")
    assert entry is not None
    assert (entry.says, entry.time, entry.url) == (says, None, "http://a.example/")


def test_other_lines_are_no_entries() -> None:
    assert log_entry.read(log(), NOON, "starting") is None
