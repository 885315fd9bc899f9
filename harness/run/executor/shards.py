"""Shards of one setting, and who has which under way."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from harness.model.case import Case

MOST, LEAST = 40, 8  # cases in a shard
SLOW_SECONDS, SLOW_TIMES = 30.0, 3.0  # under way for longer, and for so many times the median, it is given twice


@dataclass(slots=True, eq=False)
class Shard:
    """`by` says since when which workers have it under way; those in `failed` could not carry it out."""

    number: int
    setting: str
    cases: tuple[Case, ...]
    by: dict[str, float] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    done: bool = False


class Shards:
    """Given out in order, once; again when lost, or twice when slow and nothing else is left."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._queue: deque[Shard] = deque()
        self._all: list[Shard] = []
        self._took: list[float] = []

    def split(self, number: int, setting: str, cases: Sequence[Case], workers: int) -> int:
        """Put up the cases of a setting, in shards numbered from after `number` on; the last number. With no case there
        is one shard all the same, for the canaries."""
        size = max(LEAST, min(MOST, -(-len(cases) // (2 * workers)))) if workers else LEAST
        self._all = []
        for start in range(0, max(1, len(cases)), size):
            number += 1
            self._all.append(Shard(number, setting, tuple(cases[start : start + size])))
        self._queue = deque(self._all)
        return number

    @property
    def open(self) -> bool:
        """Whether a shard is not done."""
        return any(not shard.done for shard in self._all)

    @property
    def under_way(self) -> bool:
        """Whether somebody has one that is not done."""
        return any(shard.by for shard in self._all if not shard.done)

    def take(self, worker: str) -> Shard | None:
        """The next shard, or one that takes another worker strangely long, for a worker that is ready."""
        shard = self._queue.popleft() if self._queue else self._slow()
        if shard:
            shard.by[worker] = self._clock()
        return shard

    def finish(self, shard: Shard, worker: str) -> None:
        """A worker has brought what counts."""
        if worker in shard.by:
            self._took.append(self._clock() - shard.by.pop(worker))
        shard.done = True
        if shard in self._queue:
            self._queue.remove(shard)

    def lose(self, shard: Shard, worker: str) -> None:
        """A worker will not bring it, or not soon; others are to have it next, unless it failed."""
        shard.by.pop(worker, None)
        if not shard.done and not shard.by and shard not in self._queue:
            self._queue.insert(len(self._queue) if shard.failed else 0, shard)

    def _slow(self) -> Shard | None:
        most = max(SLOW_SECONDS, SLOW_TIMES * median(self._took or [0.0]))
        alone = [item for item in self._all if not item.done and len(item.by) == 1 and item.setting]
        waiting = [(min(item.by.values()), item.number, item) for item in alone]
        return min(waiting)[2] if waiting and self._clock() - min(waiting)[0] > most else None
