"""A clock that jumps changes no verdict, no order and no duration."""

import itertools
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from harness.evidence.folder import RunFolder
from harness.evidence.journal import Journal
from harness.report import check, outputs
from harness.report.derive import derive
from tests.report import runs

TIMES = {
    "back": ("2026-11-22T10:00:00.000Z", "2026-11-22T09:00:00.000Z"),
    "forward": ("2026-11-22T10:00:00.000Z", "2026-11-23T10:00:00.000Z"),
    "to and fro": ("2026-11-22T10:00:00.000Z", "1970-01-01T00:00:00.000Z", "2038-01-19T03:14:08.000Z"),
}


def carried_out(path: Path, monkeypatch: pytest.MonkeyPatch, times: tuple[str, ...] = ()) -> RunFolder:
    """A run whose clock goes through these times, once for each record, over and over."""
    made = Journal.__init__

    def clocked(self: Journal, folder: Path, tail: Any, clock: Any) -> None:
        jumps = itertools.cycle(times)
        made(self, folder, tail, (lambda: next(jumps)) if times else clock)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "__init__", clocked)
        folder = runs.run(path, runs.cases(3, 3), {"adult-01": "reset", "news-02": "faulty"})
    outputs.write(folder, derive(folder))
    return folder


@pytest.mark.parametrize("jump", TIMES)
def test_a_clock_that_jumps_changes_no_verdict_and_the_run_verifies(
    jump: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jumping = carried_out(tmp_path / "run", monkeypatch, TIMES[jump])
    steady = carried_out(tmp_path / "like", monkeypatch)
    for name in ("verdicts.parquet", "decisions.json"):
        assert (jumping.derived / name).read_bytes() == (steady.derived / name).read_bytes()
    assert [record.kind for record in jumping.reader()] == [record.kind for record in steady.reader()]
    assert check.problems(jumping) == []


@pytest.mark.parametrize("jump", TIMES)
def test_no_duration_is_negative(jump: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = carried_out(tmp_path / "run", monkeypatch, TIMES[jump])
    times = [float(item.get("time", 0)) for item in ElementTree.parse(folder.path / "junit.xml").iter()]
    assert min(times) >= 0
    assert all(record.data["duration_ms"] >= 0 for record in folder.reader() if record.kind == "attempt")
