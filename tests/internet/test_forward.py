"""A port that leads to another, for as long as it is wanted."""

import asyncio
import contextlib

import pytest

from harness.internet.forward import Forward
from harness.internet.ports import free_ports

MUCH = b"x" * 1_000_000


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with all that came, once no more comes."""
    writer.write(await reader.read())
    await writer.drain()
    writer.close()


def test_what_is_sent_arrives_and_so_does_the_answer() -> None:
    async def check() -> None:
        (port,) = free_ports(1)
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        forward = Forward(port, server.sockets[0].getsockname()[1])
        await forward.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(MUCH)
        writer.write_eof()
        assert await reader.read() == MUCH
        writer.close()
        await forward.stop()
        server.close()

    asyncio.run(check())


def test_without_anything_behind_it_connections_end() -> None:
    async def check() -> None:
        port, nobody = free_ports(2)
        forward = Forward(port, nobody)
        await forward.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()
        await forward.stop()

    asyncio.run(check())


def test_stopped_it_cuts_what_is_connected_and_can_start_again() -> None:
    async def check() -> None:
        (port,) = free_ports(1)
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        forward = Forward(port, server.sockets[0].getsockname()[1])
        await forward.stop()
        for _ in range(2):
            await forward.start()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"x")
            await writer.drain()
            await forward.stop()
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""
            writer.close()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)
        server.close()

    asyncio.run(check())


def test_a_port_that_is_taken_is_an_error() -> None:
    async def check() -> None:
        taken = await asyncio.start_server(echo, "127.0.0.1", 0)
        with pytest.raises(OSError, match="in use"):
            await Forward(taken.sockets[0].getsockname()[1], 9).start()
        taken.close()

    asyncio.run(check())
