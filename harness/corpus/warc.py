"""WARC files (ISO 28500:2017), read within bounds, as they come from anywhere, and written.

By hand, as warcio reads lines of any length, ends a damaged record without an error and writes headers otherwise than
they came.
"""

import gzip
import io
import re
import uuid
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from harness.model import canonical

MAX_RECORDS = 20_000
MAX_RECORD = 64 * 1024 * 1024  # bytes, of its block
MAX_TOTAL = 512 * 1024 * 1024  # bytes of all records, unpacked
MAX_HEAD = 64 * 1024
CHUNK = 64 * 1024
GZIP = b"\x1f\x8b"
VERSION = re.compile(rb"WARC/\d\.\d+\s*")


@dataclass(frozen=True, slots=True)
class Record:
    """`headers` have lower-case names, and of those given twice the last value; `offset` is where it begins in the
    file, compressed or not."""

    offset: int
    headers: Mapping[str, str]
    block: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("warc-type", "")


def records(file: BinaryIO) -> Iterator[Record]:
    """All records in order, one in memory at a time. Raises ValueError, naming record and byte, for what is none, is
    damaged or too much."""
    number, offset, total = 0, 0, 0
    while True:
        number += 1
        try:
            found = record(file, offset)
            if found is None:
                break
            offset, total = file.tell(), total + len(found.block)
            if number > MAX_RECORDS:
                raise ValueError(f"more than {MAX_RECORDS} records")
            if total > MAX_TOTAL:
                raise ValueError(f"more than {MAX_TOTAL} bytes, unpacked")
        except ValueError as error:
            raise ValueError(f"WARC record {number} at byte {offset}: {error}") from None
        yield found
    if number == 1:
        raise ValueError("holds no WARC record")


def record(file: BinaryIO, offset: int) -> Record | None:
    """The record that begins there, None at the end of the file, which is left where the next one begins. Raises
    ValueError."""
    file.seek(offset)
    start = file.read(2)
    if not start:
        return None
    file.seek(offset)
    if start != GZIP:
        return _read(file, offset)
    member = _Member(file)
    with io.BufferedReader(member, CHUNK) as stream:
        try:
            found = _read(stream, offset)
            if stream.read(1):
                raise ValueError("compressed in one piece with others; `warcio recompress` puts that right")
        except zlib.error as error:
            raise ValueError(f"damaged: {error}") from None
    file.seek(file.tell() - member.unused)
    return found


class _Member(io.RawIOBase):
    """One member of a gzip file, unpacked as it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._machine = file, zlib.decompressobj(zlib.MAX_WBITS + 16)

    @property
    def unused(self) -> int:
        """How many bytes were read from the file that come after the member."""
        return len(self._machine.unused_data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._machine.eof:
            packed = self._machine.unconsumed_tail or self._file.read(CHUNK)
            if data := self._machine.decompress(packed, len(buffer)):
                buffer[: len(data)] = data
                return len(data)
            if not packed and not self._machine.eof:
                raise ValueError("the file ends within it")
        return 0


def _read(stream: BinaryIO | io.BufferedReader, offset: int) -> Record:
    head, left = [], MAX_HEAD
    while (line := stream.readline(left)).strip():
        left -= len(line)
        if not left:
            raise ValueError(f"its headers have more than {MAX_HEAD} bytes")
        head.append(line)
    if not head or not VERSION.fullmatch(head[0]):
        raise ValueError(f"begins with {b''.join(head[:1])[:40]!r}, not WARC/1.1")
    headers = _headers(head[1:])
    length = headers.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,18}", length):
        raise ValueError(f"its Content-Length is {length[:40]!r}")
    if int(length) > MAX_RECORD:
        raise ValueError(f"{length} bytes; the most a record may have is {MAX_RECORD}")
    block = stream.read(int(length))
    if len(block) < int(length):
        raise ValueError("the file ends within it")
    if stream.read(4) != b"\r\n\r\n":
        raise ValueError("does not end where its Content-Length says")
    return Record(offset, headers, block)


def _headers(lines: list[bytes]) -> dict[str, str]:
    text = b"".join(lines).decode("utf-8", "replace")
    found = {}
    for line in re.sub(r"\r?\n[ \t]+", " ", text).split("\n"):
        name, _, value = line.partition(":")
        found[name.strip().lower()] = value.strip()
    return found


def write(file: BinaryIO, kind: str, headers: Mapping[str, str], block: bytes) -> str:
    """Append a record, compressed; returns its id, which follows from all that is in it."""
    said = {
        "WARC-Type": kind,
        **headers,
        "WARC-Block-Digest": f"sha256:{canonical.digest(block)}",
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items()).encode()
    identity = f"<{uuid.UUID(canonical.digest(lines)[:32], version=4).urn}>"
    head = b"WARC/1.1\r\n" + lines + f"WARC-Record-ID: {identity}\r\n\r\n".encode()
    file.write(gzip.compress(head + block + b"\r\n\r\n", mtime=0))
    return identity
