"""Recordings: WARC files as fixtures, from which a case's page and all that it asks for are answered."""

import contextlib
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from harness.corpus import answer, warc
from harness.corpus.answer import Answer
from harness.corpus.warc import Record
from harness.model import canonical
from harness.model import url as urls
from harness.model.url import Url

SUFFIXES = (".warc", ".warc.gz")
# What addresses have in them that no two visits share: the time in (milli)seconds since 1970, and Math.random().
PASSING = re.compile(r"(?<![0-9])(?:1[0-9]{9}(?:[0-9]{3})?|0\.[0-9]{6,})(?![0-9])")
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]*\r\n")
RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})")
PART = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})")
SAME_BODY = "/revisit/identical-payload-digest"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer of a recording: `offset` is that of its record, `body` that of the record with its body. `asked` and
    `digest` are the SHA-256 of what was sent and what came; `part` is first and last byte and size of a 206."""

    offset: int
    body: int
    scheme: str
    status: int
    digest: str
    asked: str
    part: tuple[int, int, int] | None


class Recording:
    """An index of a WARC file, which is read again for every answer. Raises ValueError when it cannot be used."""

    def __init__(self, source: Callable[[], BinaryIO]) -> None:
        self._source = source
        self._exchanges: dict[tuple[str, str], list[Exchange]] = {}  # by method and URL key, in order
        with source() as file:
            for method, url, exchange in _exchanges(file):
                self._exchanges.setdefault((method, url.key), []).append(exchange)
        self._alike: dict[tuple[str, str], list[Exchange]] = {}
        for (method, key), items in self._exchanges.items():
            self._alike.setdefault((method, lasting(key)), []).extend(items)

    @property
    def answers(self) -> Mapping[str, Sequence[tuple[str, int, str]]]:
        """By URL key, as `lasting` has it, what is answered there: method, status and digest of the body, in order."""
        found: dict[str, list[tuple[str, int, str]]] = {}
        for (method, key), items in self._alike.items():
            found.setdefault(key, []).extend((method, item.status, item.digest) for item in items)
        return found

    def way(self, url: Url) -> list[str]:
        """Keys of the page at that address and of all that its redirects lead to."""
        found, ahead = {url.href: url.key}, [url]
        while ahead:
            here = ahead.pop()
            for exchange in self.find("GET", here):
                if not 300 <= exchange.status < 400:
                    continue
                with contextlib.suppress(ValueError):  # it may lead to what is no web page
                    goal = urls.join(here.href, self.read(exchange).header("location"))
                    if goal.href not in found:
                        found[goal.href] = goal.key
                        ahead.append(goal)
        return list(found.values())

    def find(self, method: str, url: Url) -> Sequence[Exchange]:
        """What was answered at that address, in order; by the same scheme, if there is any. Times and random numbers in
        its query need not be the same."""
        found = self._exchanges.get((method, url.key)) or self._alike.get((method, lasting(url.key)), [])
        return [item for item in found if item.scheme == url.scheme] or found

    def read(self, exchange: Exchange) -> Answer:
        """The answer as it was recorded, without the headers that describe the connection."""
        with self._source() as file:
            found = _answer(_record(file, exchange.offset))
            if exchange.body != exchange.offset:
                found = replace(found, body=_answer(_record(file, exchange.body)).body)
            return found


@dataclass(slots=True)
class Playback:
    """A recording as it is played to one attempt."""

    recording: Recording
    _turns: Counter[tuple[str, ...]] = field(default_factory=Counter)  # by what is asked

    def knows(self, method: str, url: Url) -> bool:
        return bool(self.recording.find(method, url))

    def answer(self, method: str, url: Url, asked: bytes = b"", wanted: str = "") -> Answer | None:
        """The answer to a request with the body `asked` and the Range header `wanted`; None where the recording lacks
        it. What was answered more than once is answered in that order, the last for good."""
        found = self.recording.find(method, url)
        if (match := RANGE.fullmatch(wanted)) and any(item.part for item in found):
            return self._part(found, int(match[1]), match[2])
        whole = [item for item in found if not item.part]
        sent = canonical.digest(asked)
        whole = [item for item in whole if item.asked == sent] or whole
        if not whole:
            return None
        key = (method, url.scheme, lasting(url.key), sent)
        turn, self._turns[key] = self._turns[key], self._turns[key] + 1
        return self.recording.read(whole[min(turn, len(whole) - 1)])

    def _part(self, found: Sequence[Exchange], first: int, last: str) -> Answer | None:
        """The part from byte `first` on: as it was recorded, or cut from one that is the whole."""
        for item in found:
            if item.part and item.part[0] == first and last in ("", str(item.part[1])):
                return self.recording.read(item)
        for item in found:
            if item.part and item.part[0] == 0 and item.part[1] + 1 == item.part[2] and first < item.part[2]:
                end = min(int(last or item.part[1]), item.part[1])
                whole = self.recording.read(item)
                kept = [(key, value) for key, value in whole.headers if key.lower() != "content-range"]
                place = ("Content-Range", f"bytes {first}-{end}/{item.part[2]}")
                return Answer(206, (*kept, place), whole.body[first : end + 1])
        return None


def is_recording(path: Path) -> bool:
    """Whether the fixture is a recording, by its name."""
    return path.name.endswith(SUFFIXES)


def opened(path: Path, data: bytes | None = None) -> Recording:
    """The recording in a fixture. With `data` that is what it holds, and nothing is read. Raises ValueError, or OSError
    when it cannot be read."""
    return Recording(lambda: path.open("rb") if data is None else io.BytesIO(data))


def lasting(key: str) -> str:
    """The URL key with nothing in its query that no two visits share."""
    address, mark, query = key.partition("?")
    return address + mark + PASSING.sub("#", query)


def _record(file: BinaryIO, offset: int) -> Record:
    found = warc.record(file, offset)
    if found is None:
        raise ValueError("the recording has been cut short")
    return found


def _answer(found: Record) -> Answer:
    parsed = answer.parse(found.block, f"WARC record at byte {found.offset}")
    head = found.block[: len(found.block) - len(parsed.body)]
    if re.search(rb"(?im)^transfer-encoding:[^\r\n]*\bchunked\b", head):
        return replace(parsed, body=dechunked(parsed.body))
    return parsed


def dechunked(body: bytes) -> bytes:
    """The body without its chunks; as it is where it has none, as some recorders undo them and leave the header."""
    parts: list[bytes] = []
    at = 0
    while match := CHUNK.match(body, at):
        end = match.end() + int(match[1], 16)
        if end == match.end():
            return b"".join(parts)
        if body[end : end + 2] != b"\r\n":
            break
        parts.append(body[match.end() : end])
        at = end + 2
    return body


def _exchanges(file: BinaryIO) -> list[tuple[str, Url, Exchange]]:
    """Method, address and exchange of every answer that is whole, in order."""
    requests: dict[str, tuple[str, str]] = {}  # method and digest of the body, by the ids of request and answer
    bodies: dict[str, Exchange] = {}  # by the digest that the file gives
    found: list[tuple[tuple[str, str], Url, Exchange]] = []
    for item in warc.records(file):
        names = item.headers.get("warc-record-id", ""), item.headers.get("warc-concurrent-to", "")
        if item.kind == "request":
            requests |= dict.fromkeys(names, _request(item))
        elif item.kind in ("response", "revisit") and (url := _address(item)):
            exchange = _exchange(item, url.scheme, bodies)
            if exchange:
                found.append((names, url, exchange))
                if digest := item.headers.get("warc-payload-digest"):
                    bodies.setdefault(digest, exchange)
    requests.pop("", None)
    whole = []
    for names, url, exchange in found:
        method, asked = next((requests[name] for name in names if name in requests), ("GET", canonical.digest(b"")))
        whole.append((method, url, replace(exchange, asked=asked)))
    return whole


def _address(item: Record) -> Url | None:
    """None for what is no web page, a name that was looked up, say."""
    try:
        return urls.parse(item.headers.get("warc-target-uri", "").strip("<>"))
    except ValueError:
        return None


def _request(item: Record) -> tuple[str, str]:
    """Method and digest of the body."""
    head, _, body = item.block.partition(b"\r\n\r\n")
    return head[:20].split(b" ")[0].decode("latin-1"), canonical.digest(body)


def _exchange(item: Record, scheme: str, bodies: Mapping[str, Exchange]) -> Exchange | None:
    """None for an answer of which a part is missing, and for one that is none yet (1xx). Raises ValueError when it is
    malformed."""
    if {"warc-truncated", "warc-segment-number"} & set(item.headers):
        return None
    earlier = None
    if item.kind == "revisit":
        earlier = bodies.get(item.headers.get("warc-payload-digest", ""))
        if earlier is None or not item.headers.get("warc-profile", "").endswith(SAME_BODY):
            return None
        if not item.block:
            return replace(earlier, scheme=scheme)
    came = _answer(item)
    if came.status < 200:
        return None
    match = PART.fullmatch(came.header("content-range")) if came.status == 206 else None
    return Exchange(
        offset=item.offset,
        body=earlier.body if earlier else item.offset,
        scheme=scheme,
        status=came.status,
        digest=earlier.digest if earlier else canonical.digest(came.body),
        asked="",
        part=(int(match[1]), int(match[2]), int(match[3])) if match else None,
    )
