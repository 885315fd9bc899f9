"""Progress as people and programs meet it."""

import io
import json

import pytest
from rich.console import Console

from harness.cli import progress
from harness.cli.progress import Bar, Events, Lines, Quiet, shown
from harness.cli.tally import Tally
from harness.model.words import Verdict

FAULT = "adult-3/least/test/1: timeout\x1b[2J\n"


class Clock:
    """Goes on by so many seconds with every case."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def run(told: Quiet, clock: Clock, cases: int = 6, seconds: float = 5.0) -> None:
    """A setting resumed after two cases, of which one more fails at first."""
    told.setting("least", cases + 2, 2, {Verdict.BLOCKED: 2})
    told.fault(FAULT)
    told.note("the browser died; restart 1")
    for number in range(cases):
        clock.now += seconds
        told.case(Verdict.ALLOWED if number else None)


def test_lines_come_now_and_then_and_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    run(Lines(clock), clock)
    faults = "1 failed attempt, the last adult-3/least/test/1: timeout‹U+001B›[2J"
    assert capsys.readouterr().err.splitlines() == [
        "setting least: 2 of 8 cases, starting; 2 blocked",
        "the browser died; restart 1",
        f"setting least: 4 of 8 cases, 0.2 cases/s, 0:00:20 left; 2 blocked, 1 allowed, {faults}",
        f"setting least: 6 of 8 cases, 0.2 cases/s, 0:00:10 left; 2 blocked, 3 allowed, {faults}",
        f"setting least: 8 of 8 cases, 0.2 cases/s, 0:00:00 left; 2 blocked, 5 allowed, {faults}",
    ]


def test_events_are_objects_by_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    told = Events(clock)
    run(told, clock, seconds=0.4)
    told.interrupted("harness resume DIR")
    start, setting, fault, note, *cases, end = map(json.loads, capsys.readouterr().err.splitlines())
    assert start == {"event": "start", "schema": progress.SCHEMA}
    none = dict.fromkeys(Verdict, 0)
    assert setting == {
        "event": "setting",
        "setting": "least",
        "done": 2,
        "total": 8,
        "rate": 0.0,
        "left": None,
        "verdicts": none | {"blocked": 2},
        "faults": 0,
    }
    assert fault == {"event": "fault", "setting": "least", "text": FAULT}
    assert note == {"event": "note", "text": "the browser died; restart 1"}
    assert [item["done"] for item in cases] == [5, 8]  # at most one a second, and the last
    assert cases[0] == setting | {"event": "cases", "done": 5, "rate": 2.5, "left": 1.2, "faults": 1} | {
        "verdicts": none | {"blocked": 2, "allowed": 2}
    }
    assert end == {"event": "interrupted", "command": "harness resume DIR"}


def test_a_bar_has_verdicts_and_faults_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(progress, "Console", lambda stderr: Console(file=out, force_terminal=True, width=100))
    with shown("bar") as told:
        assert isinstance(told, Bar)
        run(told, Clock())
    faults = "1 failed attempt, the last adult-3/least/test/1: timeout‹U+001B›[2J"
    assert "setting least" in out.getvalue()
    assert "8/8" in out.getvalue()
    assert f"2 blocked, 5 allowed, {faults}" in out.getvalue()
    assert "the browser died; restart 1" in out.getvalue()


def test_by_itself_it_is_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with shown("auto") as told:
        assert isinstance(told, Lines)
    with shown("none") as told:
        run(told, Clock())
    assert capsys.readouterr().err == ""


def test_the_rate_is_that_of_late() -> None:
    tally = Tally("least", 1000, 0, {})
    assert (tally.rate, tally.left) == (0.0, None)
    for at in range(300):
        tally.case(None, at if at < 150 else 150 + (at - 150) / 10)
    assert tally.rate == pytest.approx(10)
    assert tally.left == pytest.approx(70)
    assert tally.speed == "10.0 cases/s, 0:01:10 left"
