"""Processor time by process, for trees whose processes come and go."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass

import psutil

NAMES = (
    ("node", "playwright"),
    ("squid", "squid"),
    ("security_file", "squid"),
    ("e2guardian", "e2guardian"),
)
PARTS = {
    "renderer": "renderers",
    "zygote": "renderers",  # from which they are forked, and which waits for them
    "gpu-process": "compositor",
    "utility": "network",
}
Key = tuple[int, float]  # number and time of birth


@dataclass(frozen=True, slots=True)
class _Seen:
    name: str
    parent: int
    seconds: float
    forks: bool  # a zygote, of which `seconds` are its own and of the children that it has waited for


class Processor:
    """Samples this process and its descendants; `seconds` by name from `begin` to `end`.

    Renderers, which hardly live from one sample to the next, count in full, by way of the zygote that has waited for
    them; any other process that has ended counts as it was seen last.
    """

    def __init__(self, every: float = 1.0) -> None:
        self._every = every
        self._seen: dict[Key, _Seen] = {}
        self._before: dict[Key, float] = {}
        self.seconds: dict[str, float] = {}

    def begin(self) -> None:
        """Count from now on, on the running event loop."""
        self._sample()
        self._before = {key: seen.seconds for key, seen in self._seen.items()}
        self._task = asyncio.create_task(self._run())

    def end(self) -> None:
        """Count no further."""
        self._task.cancel()
        self._sample()
        total: dict[str, float] = defaultdict(float)
        for key, seen in self._seen.items():
            total[seen.name] += seen.seconds - self._before.get(key, 0.0)
        self.seconds = dict(sorted(total.items(), key=lambda item: -item[1]))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            self._sample()

    def _sample(self) -> None:
        here, alive = psutil.Process(), dict[Key, _Seen]()
        for process in (here, *here.children(recursive=True)):
            try:
                alive[process.pid, process.create_time()] = self._look(process, here.pid)
            except psutil.Error:
                continue
        zygotes = {number for (number, _), seen in alive.items() if seen.forks}
        ended = {key: seen for key, seen in self._seen.items() if key not in alive and seen.parent not in zygotes}
        self._seen = ended | alive

    def _look(self, process: psutil.Process, own: int) -> _Seen:
        times, known = process.cpu_times(), self._seen.get((process.pid, process.create_time()))
        line = [] if known else process.cmdline()
        forks = known.forks if known else "--type=zygote" in line
        seconds = times.user + times.system + (times.children_user + times.children_system if forks else 0.0)
        return _Seen(known.name if known else _name(process, line, own), process.ppid(), seconds, forks)


def _name(process: psutil.Process, line: list[str], own: int) -> str:
    if process.pid == own:
        return "harness or script"
    if any(part in ("harness.internet.server", "harness.products.reference.proxy") for part in line):
        return "mitmproxy" if "harness.internet.server" in line else "reference"
    if any(part.endswith("mitmdump") for part in line):
        return "mitmproxy"
    short = process.name().lower()
    kind = next((part.partition("=")[2] for part in line if part.startswith("--type=")), "")
    if kind or "headless" in short or "chrom" in short:
        return PARTS.get(kind, "browser")
    return next((name for mark, name in NAMES if mark in short), process.name())
