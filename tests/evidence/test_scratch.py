"""Scratch folders go with their process."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from harness.evidence import scratch


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_made_and_removed(place: Path) -> None:
    folder = scratch.make("run")
    assert folder.parent == place
    assert folder.stat().st_mode & 0o777 == 0o755
    scratch.remove(folder)
    scratch.remove(folder)
    assert not folder.exists()


def test_those_of_dead_processes_are_swept(place: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    here = scratch.PROCESSES.stat().st_ino
    stale, own, other = (place / f"pas-harness-run-{here}-{pid}-abc" for pid in (gone.pid, os.getpid(), 1))
    elsewhere = place / f"pas-harness-run-{here + 1}-{gone.pid}-abc"  # where that number may be another process's
    strange = place / "pas-harness-notes"
    for folder in (stale, own, other, elsewhere, strange):
        folder.mkdir()
    (stale / "file").write_text("x")
    link = place / f"pas-harness-run-{here}-{gone.pid}-link"
    link.symlink_to(strange)
    made = scratch.make("browser")
    assert sorted(place.iterdir()) == sorted([own, other, elsewhere, strange, made, link])
