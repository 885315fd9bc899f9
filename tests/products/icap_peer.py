"""An ICAP service by hand: it reads a message as RFC 3507 has it, and answers with whatever bytes a test wants."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

OFFERS = b'Methods: REQMOD, RESPMOD\r\nISTag: "t-1"\r\nService: a peer\r\nEncapsulated: null-body=0\r\n\r\n'


@dataclass
class Message:
    """What arrived: the ICAP head, the encapsulated heads by name, and the body."""

    head: str
    heads: dict[str, bytes] = field(default_factory=dict)
    body: bytes = b""
    whole: bool = True  # the body was there before it was asked for

    @property
    def method(self) -> str:
        return self.head.partition(" ")[0]


Reply = Callable[[Message], bytes]


@dataclass
class Peer:
    """Where it listens, and what arrived."""

    port: int = 0
    seen: list[Message] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"icap://127.0.0.1:{self.port}/filter"


async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Message:
    """One message; the rest of a body is asked for after its preview."""
    message = Message((await reader.readuntil(b"\r\n\r\n")).decode("ascii"))
    parts = re.findall(r"([a-z-]+)=(\d+)", re.findall(r"Encapsulated: (.*)", message.head)[0])
    for (name, start), (_, end) in itertools.pairwise(parts):
        message.heads[name] = await reader.readexactly(int(end) - int(start))
    if parts[-1][0] == "null-body":
        return message
    message.body, ieof = await chunks(reader)
    if "Preview:" in message.head and not ieof:
        message.whole = False
        writer.write(b"ICAP/1.0 100 Continue\r\n\r\n")
        message.body += (await chunks(reader))[0]
    return message


async def chunks(reader: asyncio.StreamReader) -> tuple[bytes, bool]:
    """A chunked body, and whether it ended with ieof."""
    body = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        body += (await reader.readexactly(size + 2))[:-2]
        if size == 0:
            return body, b"ieof" in line


@asynccontextmanager
async def listening(
    reply: Reply | None = None, options: bytes = b"ICAP/1.0 200 OK\r\n" + OFFERS
) -> AsyncIterator[Peer]:
    """A peer that gives `options` to OPTIONS and `reply` to the rest, then hangs up; without `reply` it is silent."""
    peer = Peer()
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        message = await read(reader, writer)
        peer.seen.append(message)
        if message.method == "OPTIONS":
            writer.write(options)
        elif reply:
            writer.write(reply(message))
        else:
            await gone.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        gone.set()
        server.close()
        await asyncio.sleep(0)


def adapted(*parts: tuple[str, bytes], body: bytes = b"", headers: bytes = b"") -> bytes:
    """An answer 200 with these heads, and the body in chunks of 7 bytes."""
    layout, offset = [], 0
    for name, head in parts:
        layout.append(f"{name}={offset}")
        offset += len(head)
    layout.append(f"{parts[-1][0][:3]}-body={offset}" if body else f"null-body={offset}")
    pieces = [body[start : start + 7] for start in range(0, len(body), 7)]
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n" if body else b""
    head = b"ICAP/1.0 200 OK\r\n" + headers + f"Encapsulated: {', '.join(layout)}\r\n\r\n".encode()
    return head + b"".join(head for _, head in parts) + chunked


NONE = b"ICAP/1.0 204 No Content\r\n\r\n"
BLOCK = adapted(
    ("res-hdr", b"HTTP/1.0 403 Forbidden\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"),
    body=b"<h1>Access denied</h1>",
    headers=b"X-Attribute: gambling\r\nX-Response-Info: BLOCKED\r\n",
)
