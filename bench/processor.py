"""Processor time by process, for trees whose processes come and go."""

import asyncio
from collections import defaultdict

import psutil

NAMES = (
    ("headless", "browser"),
    ("chrom", "browser"),
    ("node", "playwright"),
    ("squid", "squid"),
    ("security_file", "squid"),
    ("e2guardian", "e2guardian"),
)


class Processor:
    """Samples this process and its descendants; `seconds` by name when the block ends. A process gone between samples
    loses its last part."""

    def __init__(self, every: float = 0.1) -> None:
        self._every = every
        self._seen: dict[tuple[int, float], tuple[str, float]] = {}
        self._first: dict[tuple[int, float], float] = {}
        self.seconds: dict[str, float] = {}

    async def __aenter__(self) -> "Processor":
        self._sample()
        self._first = {key: seconds for key, (_, seconds) in self._seen.items()}
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        self._sample()
        total: dict[str, float] = defaultdict(float)
        for key, (name, seconds) in self._seen.items():
            total[name] += seconds - self._first.get(key, 0.0)
        self.seconds = dict(sorted(total.items(), key=lambda item: -item[1]))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            self._sample()

    def _sample(self) -> None:
        here = psutil.Process()
        for process in (here, *here.children(recursive=True)):
            try:
                times, key = process.cpu_times(), (process.pid, process.create_time())
                # One that is ending has lost its command line, but not the name it had.
                name = self._seen[key][0] if key in self._seen and not process.cmdline() else _name(process, here.pid)
                self._seen[key] = (name, times.user + times.system)
            except psutil.Error:
                continue


def _name(process: psutil.Process, own: int) -> str:
    if process.pid == own:
        return "harness or script"
    line = " ".join(process.cmdline())
    if "harness.internet.server" in line or "mitmdump" in line:
        return "mitmproxy"
    if "harness.products.reference" in line:
        return "reference"
    return next((name for mark, name in NAMES if mark in process.name().lower()), process.name())
