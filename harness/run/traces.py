"""What a product does to this machine besides filtering: where it listens, how much it writes, what it leaves."""

import asyncio
import contextlib
import os
import re
import shlex
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil

from harness.evidence import scratch

PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/run")
MARK = "HARNESS_CHECK"  # in the environment of all that is started, whoever its parent becomes
GLANCE = 0.2  # seconds between two looks at the processes
LOOKS = 20  # in which what was told to end may come to its end
Value = TypeVar("Value")


class Traces:
    """Of all that is started within `marking`. Processes are the product's when `work`, its folder, is where
    they run or named in their command."""

    def __init__(self, work: Path) -> None:
        self._work = str(work)
        self._files = set(_files())
        self._written: dict[int, int] = {}
        self.ports: set[int] = set()

    @contextlib.contextmanager
    def marking(self) -> Iterator[None]:
        """While in it, whatever is started can be told to have been."""
        os.environ[MARK] = self._work
        try:
            yield
        finally:
            del os.environ[MARK]

    @contextlib.asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Mark what is started, and look at the product's processes again and again."""

        async def watch() -> None:
            while True:
                self.look()
                await asyncio.sleep(GLANCE)

        with self.marking():
            task = asyncio.create_task(watch())
            try:
                yield
            finally:
                task.cancel()

    @property
    def written(self) -> int:
        """Bytes that the product's processes have written so far, to files, pipes and connections."""
        return sum(self._written.values())

    def look(self) -> None:
        """Note where the product's processes listen and how much they have written."""
        for process in self.processes():
            self.ports |= _of(process, _listening, set())
            written = _of(process, lambda item: int(item.io_counters().write_chars), 0)
            self._written[process.pid] = max(written, self._written.get(process.pid, 0))

    def processes(self) -> list[psutil.Process]:
        """The product's processes that run now, as far as they have not got away from their parents."""
        below = psutil.Process().children(recursive=True)
        return [item for item in below if self._work in _command(item) or self._work in _of(item, _cwd, "")]

    async def left(self) -> list[str]:
        """The processes that are left of all that was started, once there was time to end; they are killed."""
        left = self._marked()
        for _ in range(LOOKS):
            if not left:
                break
            await asyncio.sleep(GLANCE)
            left = self._marked()
        words = [f"process {item.pid} `{_command(item)[:200]}`" for item in left]
        for item in left:
            with contextlib.suppress(psutil.Error):
                item.kill()
        return words

    def left_files(self, marks: set[str], users: set[str]) -> list[str]:
        """New files where programs leave some, that have a mark in their name or belong to one of the users. What a
        process still uses is not left, and scratch folders of the harness may be another's."""
        marked = re.compile("|".join(rf"(?<![^\W_]){re.escape(mark)}(?![^\W_])" for mark in marks) or "(?!)")
        new = [path for path in _files() if path not in self._files and not path.name.startswith(scratch.PREFIX)]
        ours = [str(path) for path in new if marked.search(path.name) or _owner(path) in users]
        used = _used() if ours else set()
        return [path for path in ours if path not in used and os.path.lexists(path)]

    def _marked(self) -> list[psutil.Process]:
        own = psutil.Process()
        return [
            item
            for item in psutil.process_iter()
            if item != own and _of(item, lambda each: each.environ().get(MARK), None) == self._work
        ]


def _of(process: psutil.Process, ask: Callable[[psutil.Process], Value], otherwise: Value) -> Value:
    """What the process answers, or `otherwise` when it is gone or none of our business."""
    try:
        return ask(process)
    except (psutil.Error, OSError):
        return otherwise


def _listening(process: psutil.Process) -> set[int]:
    return {item.laddr.port for item in process.net_connections("tcp") if item.status == psutil.CONN_LISTEN}


def _cwd(process: psutil.Process) -> str:
    return process.cwd()


def _command(process: psutil.Process) -> str:
    return shlex.join(_of(process, lambda item: item.cmdline(), []))


def _using(process: psutil.Process) -> set[str]:
    return {item.path for item in process.open_files()} | {item.path for item in process.memory_maps()}


def _used() -> set[str]:
    """Files that a process on this machine has open or mapped."""
    found: set[str] = set()
    for process in psutil.process_iter():
        found |= _of(process, _using, set())
    return found


def _files() -> list[Path]:
    found: list[Path] = []
    for place in sorted({tempfile.gettempdir(), *PLACES}):
        with contextlib.suppress(OSError):
            found += sorted(Path(place).iterdir())
    return found


def _owner(path: Path) -> str:
    try:
        return "" if path.stat().st_uid == os.geteuid() else path.owner()
    except (OSError, KeyError):
        return ""
