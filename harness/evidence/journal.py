"""The append-only journal: hash-chained JSON lines in segments, one segment for each process that ran.

A line is `{"at", "data", "kind", "n", "prev"}`; `prev` is the SHA-256 of the line before, for the first one that of
`spec.json`. The first line of every segment also names the `schema`.

Every line is handed to the system as it is written: a killed process loses nothing it had recorded. Blobs are on disk
before the record that refers to them is written (`Blobs.put`). The journal is forced to disk with the first record that
comes a second or more after the last time, and at the end: a power cut loses at most what was recorded within one
second, and leaves no record without its blobs.
"""

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from harness.evidence import disk
from harness.model import canonical
from harness.model.errors import EvidenceError

SCHEMA = "pas-harness/journal/1"
KEYS = {"at", "data", "kind", "n", "prev"}
SYNC_SECONDS = 1.0
Clock = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Record:
    n: int
    kind: str
    at: str
    data: dict[str, Any]


class Place(NamedTuple):
    """Where a record lies: bytes of the file `segment`."""

    segment: Path
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Tail:
    """Where a journal ends, in `segment`. `torn` is the length in bytes of unfinished lines that no record accounts for
    yet."""

    records: int
    head: str
    segment: str
    torn: int


def segments(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("[0-9]*.jsonl")) if path.is_file()]


class Reader:
    """Reads a journal in order and checks the chain on the way; `tail` is set once it is exhausted. The record yielded
    last lies in the file `segment` at the byte `start` and is `size` bytes long."""

    def __init__(self, folder: Path, first: str) -> None:
        self.folder = folder
        self.tail = Tail(0, first, "", 0)
        self.segment, self.start, self.size = folder, 0, 0

    @property
    def place(self) -> Place:
        """Where the record yielded last lies."""
        return Place(self.segment, self.start, self.size)

    def __iter__(self) -> Iterator[Record]:
        n, head, torn = 0, self.tail.head, 0
        name = ""
        for number, path in enumerate(segments(self.folder), 1):
            if path.name != segment_name(number):
                raise EvidenceError(f"{path}: segment {segment_name(number)} is missing")
            name = path.name
            self.segment, self.start, self.size = path, 0, 0
            with path.open("rb") as lines:
                for line_number, line in enumerate(lines, 1):
                    where = f"{path}:{line_number}"
                    if not line.endswith(b"\n"):
                        torn += len(line)
                        break
                    record = _parse(line, where, first=line_number == 1)
                    if line_number == 1:
                        _check_recovery(record, torn, where)
                        torn = 0
                    if record["prev"] != head or record["n"] != n + 1:
                        raise EvidenceError(
                            f"{where}: the chain breaks here (this record or the one before changed, missing or"
                            " reordered)"
                        )
                    n, head = n + 1, canonical.digest(line)
                    self.start, self.size = self.start + self.size, len(line)
                    yield Record(n, record["kind"], record["at"], record["data"])
        self.tail = Tail(n, head, name, torn)


def segment_name(number: int) -> str:
    return f"{number:06d}.jsonl"


def _parse(line: bytes, where: str, first: bool) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads(line)
        schema = record.pop("schema", None) if first else SCHEMA
        shaped = set(record) == KEYS and isinstance(record["data"], dict)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise EvidenceError(f"{where}: not a journal record") from None
    if schema != SCHEMA:
        raise EvidenceError(f"{where}: schema {schema!r} is not {SCHEMA!r}: written by another, newer version?")
    if not shaped:
        raise EvidenceError(f"{where}: not a journal record")
    return record


def _check_recovery(record: dict[str, Any], torn: int, where: str) -> None:
    if record["data"].get("torn_bytes", 0) != torn:
        raise EvidenceError(f"{where}: the segment before ends in an unfinished line that no record accounts for")


class Journal:
    """The one writer of a new segment."""

    def __init__(self, folder: Path, tail: Tail, clock: Clock) -> None:
        disk.make_folder(folder)
        self._clock = clock
        self._n, self._head = tail.records, tail.head
        self.path = folder / segment_name(len(segments(folder)) + 1)
        self._file = self.path.open("xb", buffering=0)
        disk.force(folder)
        self._size = 0
        self._failed: OSError | None = None
        self._synced = time.monotonic()

    def append(self, kind: str, data: dict[str, Any]) -> Place:
        """Record one fact. Raises OSError when it cannot be written: the run must then stop, and nothing more is
        taken, as what comes after a line that is not whole would break the chain."""
        if self._failed:
            raise self._failed
        record = {"n": self._n + 1, "prev": self._head, "kind": kind, "at": self._clock(), "data": data}
        if not self._size:
            record["schema"] = SCHEMA
        line = canonical.dumps(record).encode("utf-8", "backslashreplace") + b"\n"
        self._write(line)
        self._n, self._head = self._n + 1, canonical.digest(line)
        place = Place(self.path, self._size, len(line))
        self._size += len(line)
        if time.monotonic() - self._synced >= SYNC_SECONDS:
            self.sync()
        return place

    def sync(self) -> None:
        """Force what was recorded to disk. Raises OSError, after which nothing more is taken."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._fail(error) from None
        self._synced = time.monotonic()

    def close(self) -> None:
        """Have all on disk. Of a journal that failed, what it could write stands."""
        if not self._file.closed:
            try:
                if not self._failed:
                    self.sync()
            finally:
                self._file.close()

    def _write(self, line: bytes) -> None:
        left = memoryview(line)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            with contextlib.suppress(OSError):  # what is torn is accounted for by the next session
                self._file.truncate(self._size)
            raise self._fail(error) from None

    def _fail(self, error: OSError) -> OSError:
        self._failed = OSError(error.errno, error.strerror, str(self.path))
        return self._failed
