"""A round: one run carried out under faults, in as many sessions as it takes."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.sessions import until_alone
from bench.soak import faults
from bench.soak.disk import Disk
from bench.soak.faults import Release, Scene
from bench.soak.watch import Watch
from harness.evidence.folder import RunFolder
from harness.evidence.journal import segments

# The program that is preloaded breaks time.sleep, and is for the harness alone.
START = """
import os, select, time
os.environ.pop("LD_PRELOAD", None)
time.sleep = lambda seconds: select.select((), (), (), seconds)
from harness.cli.main import main
main()
"""
DECIDED = (0, 1, 2, 3)
BAD = "disk gone bad, read-only"
MOST = 10  # further attempts that must have been measured until a run counts as going on
GLANCE = 0.1
HOLDS = (1.0, 4.0, 12.0, 45.0)  # seconds until what can be undone is
STUCK = 300.0  # seconds without a measured attempt, with nothing in its way


@dataclass(slots=True)
class Struck:
    """A fault, and how the run took it: seconds until it went on, 0 while it has not, and exit codes of the sessions
    that ended before it did."""

    kind: str
    seconds: float = 0.0
    ended: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Round:
    """What came of a run; `stuck` are sessions that had to be ended from outside."""

    folder: RunFolder
    struck: list[Struck] = field(default_factory=list)
    sessions: int = 0
    stuck: int = 0
    code: int = -1
    leaving: float = 0.0


class Deck:
    """Kinds of faults, each as often as another, in an order of chance."""

    def __init__(self, kinds: Sequence[str], rng: random.Random) -> None:
        self._kinds, self._rng, self._left = kinds, rng, list[str]()

    def draw(self) -> str:
        if not self._left:
            self._left = self._rng.sample(self._kinds, len(self._kinds))
        return self._left.pop()

    def put_back(self, kind: str) -> None:
        """One that found nothing to strike at."""
        self._left.insert(0, kind)


class Chaos:
    """Carries runs out, with a fault about every `gap` seconds."""

    def __init__(self, place: Path, disk: Disk, deck: Deck, rng: random.Random, gap: float) -> None:
        self._place, self._disk, self._deck, self._rng, self._gap = place, disk, deck, rng, gap
        self._clock = place / "clock"
        faults.set_clock(self._clock, 0)
        (disk.place / "tmp").mkdir(exist_ok=True)
        self._bad = False
        self._open: tuple[Struck, float, int] | None = None  # a fault not got over yet, since when, and what was there

    def carry(self, folder: RunFolder, more: Sequence[str] = ()) -> Round:
        """See a run to its end; `more` are further options of `harness run`. Raises Stuck when something is left
        running."""
        played, watch = Round(folder), Watch(folder)
        while played.code not in DECIDED:
            process = self._start(folder, more)
            played.sessions += 1
            release = self._disturb(process, watch, played)
            played.code = process.wait()
            release()
            if self._open:
                self._open[0].ended.append(played.code)
            played.leaving = max(played.leaving, until_alone())
            if self._bad:
                self._disk.mend()
                self._bad = False
        self._open = None
        return played

    def _start(self, folder: RunFolder, more: Sequence[str]) -> psutil.Popen:
        command = "resume" if segments(folder.journal) else "run"
        with (self._place / "harness.log").open("a") as log:
            return psutil.Popen(
                [sys.executable, "-c", START, command, str(folder.path), "--progress", "lines", *more],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._place,
                env={**os.environ, **faults.clocked(self._clock), "TMPDIR": str(self._disk.place / "tmp")},
            )

    def _disturb(self, process: psutil.Popen, watch: Watch, played: Round) -> Release:
        """Strike until the session ends; how to undo what still lasts."""
        due, alive = 0.0, time.monotonic()
        release: Release = faults.nothing
        next_at = time.monotonic() + self._rng.uniform(0, 2 * self._gap)
        while process.poll() is None:
            time.sleep(GLANCE)
            now, before = time.monotonic(), watch.measured
            watch.look()
            if watch.measured > before or (due and now < due):
                alive = now
            if now - alive > STUCK:
                played.stuck += 1
                process.kill()
            if due and now >= due:
                release()
                release, due = faults.nothing, 0.0
                next_at = max(next_at, now + self._rng.uniform(0, 2 * self._gap))
            if self._open and watch.measured >= self._open[2] + MOST:
                self._open[0].seconds, self._open = now - self._open[1], None
                next_at = now + self._rng.uniform(0, 2 * self._gap)
            elif not self._open and not due and now >= next_at and (found := self._strike(process)):
                struck, release = found
                played.struck.append(struck)
                self._open = (struck, now, watch.measured)
                due = 0.0 if release is faults.nothing else now + self._rng.choice(HOLDS)
        return release

    def _strike(self, process: psutil.Popen) -> tuple[Struck, Release] | None:
        kind = self._deck.draw()
        scene = Scene(process, self._disk, self._clock)
        try:
            release = faults.KINDS[kind](scene, self._rng)
        except psutil.NoSuchProcess:
            release = None
        if release is None:
            self._deck.put_back(kind)
            return None
        self._bad = self._bad or kind == BAD
        return Struck(kind), release
