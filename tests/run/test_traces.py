"""Processes, ports, bytes and files of what was started are seen, also of what has got away from its parent."""

import asyncio
import contextlib
import getpass
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from harness.run import traces as module
from harness.run.traces import Traces

LISTEN = (
    "import socket, sys, time; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True);"
    " sys.stdout.write('x' * 100_000); sys.stdout.flush(); time.sleep(60)"
)
LEAVE = "import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True)"


def test_ports_and_bytes_of_what_runs_in_the_folder(tmp_path: Path) -> None:
    traces = Traces(tmp_path)
    with subprocess.Popen([sys.executable, "-c", LISTEN], cwd=tmp_path, stdout=subprocess.PIPE) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        assert len(process.stdout.read(100_000)) == 100_000
        traces.look()
        assert traces.ports == {port}
        assert [item.pid for item in traces.processes()] == [process.pid]
        assert traces.written >= 100_000
        process.kill()


def test_what_runs_elsewhere_is_not_the_products(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"], cwd=tmp_path) as process:
        assert Traces(tmp_path / "work").processes() == []
        process.kill()


def ends(pid: int) -> bool:
    """Whether it is gone, or only waits for somebody to ask after it, within a few seconds."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.05)
                continue
        return True
    return False


def test_what_has_got_away_is_found_and_killed_and_nothing_else(tmp_path: Path) -> None:
    traces = Traces(tmp_path)
    with traces.marking():
        subprocess.run([sys.executable, "-c", LEAVE], check=True)
    with subprocess.Popen(["sleep", "59"]) as other:
        (words,) = asyncio.run(traces.left())
        assert other.poll() is None
        other.kill()
    match = re.fullmatch(r"process (\d+) `sleep 60`", words)
    assert match
    assert ends(int(match[1]))
    assert module.MARK not in os.environ


def test_what_ends_in_time_is_not_left(tmp_path: Path) -> None:
    traces = Traces(tmp_path)
    with traces.marking():
        process = subprocess.Popen(["sleep", "0.3"], start_new_session=True)
    assert asyncio.run(traces.left()) == []
    assert process.wait() == 0


def test_marks_are_of_one_check(tmp_path: Path) -> None:
    with Traces(tmp_path).marking(), subprocess.Popen(["sleep", "60"]) as process:
        assert asyncio.run(Traces(tmp_path / "other").left()) == []
        assert process.poll() is None
        process.kill()


def test_new_files_with_a_mark_or_an_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "old-4711").touch()
    traces = Traces(tmp_path / "work")
    for name in ("new-4711.lock", "new-47110.lock", "pas-harness-run-4711-x"):
        (tmp_path / name).touch()
    (tmp_path / "of-another").touch()
    with (tmp_path / "used-4711").open("w"):
        assert traces.left_files({"4711"}, set()) == [str(tmp_path / "new-4711.lock")]
    # What belongs to ourselves cannot be told from what others of us make.
    assert traces.left_files(set(), {getpass.getuser()}) == []
