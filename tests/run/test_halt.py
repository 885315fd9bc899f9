"""Ctrl-C once lets what is under way end and be recorded, twice ends a run at once; either way it can be finished, and
comes out as if nothing had been."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psutil
import pytest

from bench import kills
from bench.sessions import MAIN
from harness.cli.actions import now
from harness.evidence.folder import RunFolder
from harness.run.halt import Halt, Interrupted
from harness.run.plan import plan
from tests import live

CASES, JOBS = 6, 3
PATIENCE = 60.0


class Session:
    """`harness run` or `resume` with JSON lines, in a process of its own; `left` is what it had started."""

    def __init__(self, command: str, folder: RunFolder) -> None:
        self._process = subprocess.Popen(
            [*MAIN, command, str(folder.path), "--progress", "json"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.events: list[dict[str, Any]] = []
        self.left: list[psutil.Process] = []

    def until(self, met: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first event that meets it."""
        assert self._process.stderr
        for line in self._process.stderr:
            self.events.append(json.loads(line))
            if met(self.events[-1]):
                return self.events[-1]
        raise AssertionError(f"ended before: {self.events}")

    def interrupt(self) -> None:
        self.left = psutil.Process(self._process.pid).children(recursive=True)
        os.killpg(self._process.pid, signal.SIGINT)  # as a terminal does it: to the whole group

    def ends(self) -> int:
        """The exit code, once all that it started is gone as well."""
        assert self._process.stderr
        self.events += map(json.loads, self._process.stderr)
        code = self._process.wait(PATIENCE)
        assert psutil.wait_procs(self.left, timeout=PATIENCE)[1] == []
        return code


@pytest.mark.browser
def test_an_interrupted_run_is_finished_as_if_nothing_had_been() -> None:
    with live.scratch() as tmp:
        asked = kills.inputs(tmp / "in", "zoo-slow", CASES)
        asked = replace(asked, jobs=JOBS, settings=asked.settings[:1])
        folder, like = plan(asked, tmp / "run", now()), plan(asked, tmp / "like", now())

        once = Session("run", folder)
        once.until(lambda event: event["event"] == "cases")
        once.interrupt()  # while cases take half a second each
        once.until(lambda event: event["event"] == "note")
        before = len(live.attempts(folder))
        assert once.ends() == 130
        assert once.events[-1] == {"event": "interrupted", "command": f"harness resume {folder.path}"}
        ended = len(live.attempts(folder)) - before
        assert 0 < ended <= 2 * JOBS

        twice = Session("resume", folder)
        seen = twice.until(lambda event: event["event"] == "setting")
        assert seen["done"] == sum(seen["verdicts"].values()) > 0
        twice.until(lambda event: event["event"] == "cases")
        twice.interrupt()
        twice.until(lambda event: event["event"] == "note")
        before = len(live.attempts(folder))
        twice.interrupt()
        assert twice.ends() == 130
        assert len(live.attempts(folder)) == before
        assert not folder.seal_file.exists()

        codes = {Session("resume", folder).ends(), Session("run", like).ends()}
        assert len(codes) == 1
        assert kills.compared(folder, like, kills.Tally()) == []


async def _halted(halt: Halt, under_way: bool, asked: int) -> str:
    """How a task ends that is asked so often, and what it got done."""
    done = "nothing"

    async def task() -> None:
        nonlocal done
        with halt.by_interrupt():
            started.set()
            if not under_way:
                await asyncio.sleep(PATIENCE)
            with halt.under_way():
                await asyncio.sleep(0.2)
                done = "all"
            await asyncio.sleep(PATIENCE)

    started = asyncio.Event()
    running = asyncio.create_task(task())
    await started.wait()
    await asyncio.sleep(0)
    for _ in range(asked):
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0.05)
    try:
        await running
    except (Interrupted, asyncio.CancelledError) as end:
        return f"{type(end).__name__}, {done} done"
    return done


@pytest.mark.parametrize(
    ("under_way", "asked", "end"),
    [
        pytest.param(True, 1, "Interrupted, all done", id="once"),
        pytest.param(True, 2, "CancelledError, nothing done", id="twice"),
        pytest.param(False, 1, "CancelledError, nothing done", id="with nothing under way"),
    ],
)
def test_asked_to_end(under_way: bool, asked: int, end: str) -> None:
    told: list[str] = []
    assert asyncio.run(_halted(Halt(told.append), under_way, asked)) == end
    assert len(told) == under_way
