"""A page that arrives in pieces: chunked, and as slowly as is asked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from harness.checks.ground import Ground

PIECES = 8
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"


@asynccontextmanager
async def in_pieces(ground: Ground, url: str, page: bytes, pause: float) -> AsyncIterator[None]:
    """Meanwhile the host of the URL answers everything with the page in pieces, `pause` seconds before each. Raises
    HarnessError."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(HEAD)
                for start in range(0, len(page), size := -(-len(page) // PIECES)):
                    await asyncio.sleep(pause)
                    piece = page[start : start + size]
                    writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                    await writer.drain()
                writer.write(b"0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        await ground.internet.lend(urlsplit(url).hostname or "", server.sockets[0].getsockname()[1])
        yield
    finally:
        server.close()
