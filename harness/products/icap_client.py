"""An ICAP client (RFC 3507): one transaction a connection, every answer read within bounds of size and time."""

import asyncio
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.model.errors import ProductFault

PORT = 1344
HEAD_BYTES = 64 * 1024
BODY_BYTES = 64 * 1024 * 1024
CONNECTIONS = 100
LINE = re.compile(rb"ICAP/1\.\d (\d{3})(?: .*)?")
FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r\n]*?)[ \t]*")
PART = re.compile(r"(req-hdr|res-hdr|req-body|res-body|null-body)=(\d{1,6})")
SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service says. With `part` "" leave the message as it is; else `head` and `body` take its place, a
    request ("req") or a response ("res"). Names of `headers`, ICAP's own, are in lower case."""

    status: int
    headers: dict[str, str]
    part: str = ""
    head: tuple[bytes, ...] = ()  # lines
    body: bytes = b""

    def listed(self, name: str) -> list[str]:
        """The values of a header that holds a comma-separated list, in lower case."""
        return [item.strip().lower() for item in self.headers.get(name, "").split(",") if item.strip()]


class IcapClient:
    """The client of the service at `address`, `icap://HOST[:PORT]/NAME`; nothing takes longer than `seconds`.

    Raises ValueError for another address. Whatever the service does wrong raises ProductFault, and so does its error.
    """

    def __init__(self, address: str, seconds: float) -> None:
        parts = urlsplit(address)
        if parts.scheme != "icap" or not parts.hostname or not re.fullmatch(r"[!-~]+", address):
            raise ValueError(f"{address!r} is no address of an ICAP service: icap://HOST[:PORT]/NAME")
        self.address, self._seconds = address, seconds
        self._host, self._port, self._authority = parts.hostname, parts.port or PORT, parts.netloc
        self._options = Answer(0, {})
        self._room = asyncio.Semaphore(CONNECTIONS)

    async def ask(self) -> Answer:
        """OPTIONS, which later messages heed."""
        answer = await self._bounded(self._head("OPTIONS", ["Encapsulated: null-body=0"]))
        if answer.status != 200:
            raise ProductFault(f"{self.address} answered OPTIONS with ICAP status {answer.status}")
        self._options = answer
        most = _number(answer.headers.get("max-connections", ""))
        self._room = asyncio.Semaphore(min(most or CONNECTIONS, CONNECTIONS))
        return answer

    async def adapt(
        self, method: str, heads: Sequence[tuple[str, bytes]], body: bytes, path: str, shared: Sequence[str] = ()
    ) -> Answer:
        """REQMOD or RESPMOD of a message: its heads as ("req-hdr" or "res-hdr", bytes), its body, its path; `shared`
        are further header lines of ICAP's."""
        transfer = self._transfer(path)
        if transfer == "ignore":
            return Answer(204, {})
        offsets, offset = [], 0
        for name, head in heads:
            offsets.append(f"{name}={offset}")
            offset += len(head)
        offsets.append(f"{heads[-1][0][:3]}-body={offset}" if body else f"null-body={offset}")
        lines = [*shared, "Allow: 204", "Encapsulated: " + ", ".join(offsets)]
        first = _number(self._options.headers.get("preview", "")) if body and transfer == "preview" else None
        if first is not None:
            lines.append(f"Preview: {first}")
        answer = await self._bounded(self._head(method, lines) + b"".join(head for _, head in heads), body, first)
        if answer.status != 204 and not (answer.part == "res" or (answer.part == "req" and method == "REQMOD")):
            raise ProductFault(
                f"{self.address} answered {method} with ICAP status {answer.status} {answer.part}".strip()
            )
        return answer

    def _transfer(self, path: str) -> str:
        """How the service wants messages with this path (RFC 3507, 4.10.2): ignore, preview or complete."""
        suffix = re.search(r"\.([^./]+)$", path.partition("?")[0])
        for name in (*([suffix[1].lower()] if suffix else []), "*"):
            for how in ("ignore", "preview", "complete"):
                if name in self._options.listed(f"transfer-{how}"):
                    return how
        return "complete"

    def _head(self, method: str, lines: Sequence[str]) -> bytes:
        head = [f"{method} {self.address} ICAP/1.0", f"Host: {self._authority}", "Connection: close", *lines]
        return "\r\n".join((*head, "", "")).encode("ascii")

    async def _bounded(self, head: bytes, body: bytes | None = None, preview: int | None = None) -> Answer:
        try:
            async with asyncio.timeout(self._seconds), self._room:
                reader, writer = await asyncio.open_connection(self._host, self._port, limit=HEAD_BYTES)
                try:
                    return await _transact(reader, writer, head, body, preview)
                finally:
                    writer.transport.abort()
        except TimeoutError:
            raise ProductFault(f"{self.address} did not answer within {self._seconds:g} s") from None
        except EOFError:
            raise ProductFault(f"{self.address} ended in the middle of an answer") from None
        except asyncio.LimitOverrunError:
            raise ProductFault(f"{self.address} answers with a head or line over {HEAD_BYTES} bytes") from None
        except OSError as error:
            raise ProductFault(f"no connection to {self.address}: {error.strerror or error}") from None
        except ValueError as error:
            raise ProductFault(f"{self.address} does not speak ICAP: {error}") from None


async def _transact(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes, body: bytes | None, preview: int | None
) -> Answer:
    """Send, and read the answer; a message is read if one was sent, so `body` is None for OPTIONS.

    Writes are not waited for, as a service may answer before it has read all.
    """
    data = body or b""
    first, rest = (data, b"") if preview is None else (data[:preview], data[preview:])
    writer.write(head + (_chunked(first, b"0; ieof" if preview is not None and not rest else b"0") if data else b""))
    status, headers = await _read_head(reader)
    if status == 100 and rest:
        writer.write(_chunked(rest, b"0"))
        status, headers = await _read_head(reader)
    if body is None or status not in (200, 201):
        return Answer(status, headers)
    return await _read_parts(reader, status, headers)


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def _chunked(data: bytes, last: bytes) -> bytes:
    return (b"%x\r\n%s\r\n" % (len(data), data) if data else b"") + last + b"\r\n\r\n"


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first, *rest = (await reader.readuntil(b"\r\n\r\n"))[:-4].split(b"\r\n")
    line = LINE.fullmatch(first)
    if line is None:
        raise ValueError(f"it begins with {first[:80]!r}")
    headers: dict[str, str] = {}
    for item in rest:
        field = FIELD.fullmatch(item)
        if field is None:
            raise ValueError(f"header {item[:80]!r}")
        name, value = field[1].decode("ascii").lower(), field[2].decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return int(line[1]), headers


async def _read_parts(reader: asyncio.StreamReader, status: int, headers: dict[str, str]) -> Answer:
    """The encapsulated message: at most one head of each kind, of which the last counts, and the body."""
    said = headers.get("encapsulated", "")
    parts = [PART.fullmatch(item.strip()) for item in said.split(",")]
    layout = [(part[1], int(part[2])) for part in parts if part]
    names, offsets = [name for name, _ in layout], [offset for _, offset in layout]
    if (
        len(layout) != len(parts)
        or names[:-1] not in (["req-hdr"], ["res-hdr"], ["req-hdr", "res-hdr"])
        or names[-1] not in ("null-body", f"{names[-2][:3]}-body")
        or offsets[0] != 0
        or offsets != sorted(set(offsets))
    ):
        raise ValueError(f"Encapsulated: {said[:80]!r}")
    if offsets[-1] > HEAD_BYTES:
        raise ValueError(f"heads over {HEAD_BYTES} bytes")
    heads = await reader.readexactly(offsets[-1])
    for start, end in itertools.pairwise(offsets):
        if heads.find(b"\r\n\r\n", start) != end - 4:
            raise ValueError(f"a head does not end where Encapsulated: {said[:80]!r} says")
    body = b"" if names[-1] == "null-body" else await _read_chunks(reader)
    return Answer(status, headers, names[-2][:3], tuple(heads[offsets[-2] : -4].split(b"\r\n")), body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        size = SIZE.fullmatch((await reader.readuntil(b"\r\n"))[:-2])
        if size is None:
            raise ValueError("a chunk without a size")
        length = int(size[1], 16)
        if len(body) + length > BODY_BYTES:
            raise ValueError(f"a body over {BODY_BYTES} bytes")
        if length == 0:
            break
        body += await reader.readexactly(length)
        if await reader.readexactly(2) != b"\r\n":
            raise ValueError("a chunk longer than it says")
    while await reader.readuntil(b"\r\n") != b"\r\n":  # trailers
        continue
    return bytes(body)
