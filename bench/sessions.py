"""Sessions of a run as processes of their own, watched from outside by what they write, and killed. Linux only."""

import contextlib
import ctypes
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psutil

from harness.evidence.folder import RunFolder
from harness.evidence.journal import segments

MAIN = (sys.executable, "-c", "from harness.cli.main import main; main()")
PATIENCE = 600.0  # seconds within which a thing has happened, on a machine however busy
GLANCE = 0.005  # seconds between two looks at a run folder
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of linux/prctl.h
STRANGERS: set[psutil.Process] = set()


class Phase(StrEnum):
    """What a session is doing, as far as the files of its run show it."""

    STARTING = "starting the harness"
    RIG = "starting product and browser"
    BEFORE = "canaries before"
    CASES = "cases"
    AFTER = "canaries after"
    SEALING = "stopping and sealing"
    SCORING = "scoring and reporting"


@dataclass(frozen=True, slots=True)
class Moment:
    """The `nth` time of a phase, after a share of its usual length, and perhaps with the next write to the journal."""

    phase: Phase
    nth: int
    share: float
    at_write: bool


class Stuck(Exception):
    """A session, or a process that one has left, that does not come to an end."""


def phase(folder: RunFolder, segment: Path | None) -> Phase:
    """What the session that writes the segment, None when there is none yet, is doing."""
    if folder.seal_file.exists():
        return Phase.SCORING
    lines = segment.read_bytes().splitlines(keepends=True) if segment else []
    whole = [line for line in lines if line.endswith(b"\n")]
    if not whole:
        return Phase.STARTING
    last = json.loads(whole[-1])
    by_kind = {"start": Phase.RIG, "stop": Phase.SEALING}
    by_phase = {"before": Phase.BEFORE, "after": Phase.AFTER}
    return by_kind.get(last["kind"]) or by_phase.get(last["data"].get("phase"), Phase.CASES)


class Session:
    """`harness run` or `resume`; what it prints goes to `harness.log` and its temporary files to `tmp`, both in
    `work`."""

    def __init__(self, folder: RunFolder, work: Path) -> None:
        self._folder, self._old, self._sealed = folder, len(segments(folder.journal)), folder.seal_file.exists()
        self._until = time.monotonic() + PATIENCE
        with (work / "harness.log").open("a") as log:
            self._process = subprocess.Popen(
                [*MAIN, "resume" if self._old else "run", str(folder.path)],
                stdout=log,
                stderr=log,
                cwd=work,
                env={**os.environ, "TMPDIR": str(work / "tmp")},
            )

    @property
    def segment(self) -> Path | None:
        """What this session has written of the journal, once there is any."""
        return next(iter(segments(self._folder.journal)[self._old :]), None)

    @property
    def phase(self) -> Phase:
        return phase(self._folder, self.segment)

    def entered(self) -> Iterator[tuple[Phase, float]]:
        """Each phase and the time when it was seen to begin, until the process has ended."""
        last = None
        while self._running():
            if (now := self.phase) is not last:
                last = now
                yield now, time.monotonic()

    def reaches(self, moment: Moment, usual: dict[Phase, float]) -> bool:
        """Wait for the moment; whether it came before the process ended. `usual` are the lengths of phases, seconds."""
        times = (began for entered, began in self.entered() if entered is moment.phase)
        began = next(itertools.islice(times, moment.nth - 1, None), None)
        if began is None:
            return False
        # A session on a run that is sealed shows no other phase from its start.
        length = usual[moment.phase] + (usual[Phase.STARTING] if self._sealed else 0.0)
        while time.monotonic() < began + moment.share * length and self._running():
            pass
        if moment.at_write and (path := self.segment):
            size = path.stat().st_size
            while path.stat().st_size == size and self._process.poll() is None:
                pass
        return self._process.poll() is None

    def ends(self) -> int:
        """The exit code, when it has ended by itself. Raises Stuck."""
        while self._running():
            pass
        return self._process.wait()

    def kill(self) -> None:
        """SIGKILL to the harness alone: what it has started must see to itself."""
        self._process.kill()
        self._process.wait()

    def _running(self) -> bool:
        time.sleep(GLANCE)
        if time.monotonic() > self._until:
            raise Stuck(f"a session was still running after {PATIENCE:.0f} s, {self.phase}")
        return self._process.poll() is None


@contextlib.contextmanager
def adopting() -> Iterator[None]:
    """While in it, a process whose parent dies becomes a child of this one, so that none gets out of sight; those that
    are left in the end are killed. What ran before is not looked at."""
    STRANGERS.update(psutil.Process().children(recursive=True))
    prctl = ctypes.CDLL(None).prctl
    prctl(SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        for process in _descendants():
            with contextlib.suppress(psutil.Error):
                process.kill()
        until_alone()
        prctl(SUBREAPER, 0, 0, 0, 0)
        STRANGERS.clear()


def _descendants() -> list[psutil.Process]:
    return [item for item in psutil.Process().children(recursive=True) if item not in STRANGERS]


def until_alone() -> float:
    """Wait until this process has no descendants but those it had before; the seconds it took. Raises Stuck."""
    began = time.monotonic()
    while left := _descendants():
        psutil.wait_procs(left, timeout=0.02)
        if time.monotonic() > began + PATIENCE:
            raise Stuck(f"still running {PATIENCE:.0f} s after the harness was killed: {left}")
    return time.monotonic() - began
