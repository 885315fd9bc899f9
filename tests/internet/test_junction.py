"""A junction: requests go to the proxy, tunnels to certain ports to servers in the Internet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from harness.internet.junction import Connection, Junction


async def _server(greeting: bytes) -> asyncio.Server:
    """Greets, then answers every line with itself and its greeting."""

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        while line := await reader.readline():
            writer.write(greeting + line)
        writer.close()

    return await asyncio.start_server(attend, "127.0.0.1", 0)


@asynccontextmanager
async def junction() -> AsyncIterator[Junction]:
    proxy, mail = await _server(b""), await _server(b"220 ")

    async def connect(port: int) -> Connection:
        if port != 25:
            raise ConnectionRefusedError
        return await asyncio.open_connection("127.0.0.1", mail.sockets[0].getsockname()[1])

    made = Junction(connect)
    made.ports |= {25, 26}
    await made.start(proxy.sockets[0].getsockname()[1])
    try:
        yield made
    finally:
        await made.stop()
        proxy.close()
        mail.close()


async def _said(port: int, *texts: bytes) -> bytes:
    """All that comes back for the texts, each sent once the one before has been answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = b""
    for text in texts:
        writer.write(text)
        said += await reader.read(1000)
    writer.write_eof()
    said += await reader.read()
    writer.close()
    return said


def test_what_is_no_tunnel_to_its_ports_goes_to_the_proxy() -> None:
    async def life() -> None:
        async with junction() as made:
            assert await _said(made.port, b"GET http://a.example/ HTTP/1.1\n") == b"GET http://a.example/ HTTP/1.1\n"
            head = b"CONNECT a.example:443 HTTP/1.1\r\n"
            # Within a tunnel nothing is looked at, not even what looks like a request for another one.
            inner = b"CONNECT a.example:25 HTTP/1.1\r\n"
            assert await _said(made.port, head, inner) == head + inner

    asyncio.run(life())


def test_tunnels_to_its_ports_lead_to_servers_that_may_speak_first() -> None:
    async def life() -> None:
        async with junction() as made:
            head = b"CONNECT mail.example:25 HTTP/1.1\r\nHost: mail.example:25\r\n\r\n"
            said = await _said(made.port, head + b"HELO\n")
            assert said.startswith(b"HTTP/1.1 200 ")
            assert said.endswith(b"\r\n\r\n220 220 HELO\n")
            # A product may ask for it on a connection that it has used before.
            again = await _said(made.port, b"GET http://a.example/ HTTP/1.1\n", head + b"HELO\n")
            assert again.startswith(b"GET http://a.example/ HTTP/1.1\nHTTP/1.1 200 ")
            assert again.endswith(b"220 220 HELO\n")

    asyncio.run(life())


def test_a_server_that_is_not_there_is_no_tunnel() -> None:
    async def life() -> None:
        async with junction() as made:
            assert (await _said(made.port, b"CONNECT a.example:26 HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 502 ")

    asyncio.run(life())
