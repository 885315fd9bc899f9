"""Listening sockets go from one process to the other, again when that was replaced, and end with who made them."""

import asyncio
import socket
from pathlib import Path

import pytest

from harness.internet.doors import hand_over, take


async def echo(listener: socket.socket) -> asyncio.Server:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    return await asyncio.start_server(serve, sock=listener)


async def says(port: int, words: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(words)
    heard = await reader.read()
    writer.close()
    return heard


async def refused(port: int) -> bool:
    """Whether a connection is refused before long."""
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            return True
        except ConnectionResetError:  # it was closed meanwhile
            continue
        writer.close()
        await asyncio.sleep(0.01)
    return False


def test_they_are_served_where_they_are_taken_until_their_maker_ends(tmp_path: Path) -> None:
    async def life() -> None:
        listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(300)]
        ports = [item.getsockname()[1] for item in listeners]
        taking = asyncio.create_task(take(tmp_path / "doors", echo))
        done = asyncio.Event()
        handing = asyncio.create_task(hand_over(tmp_path / "doors", listeners, done.set))
        await done.wait()
        assert [await says(port, b"one\n") for port in ports] == [b"one\n"] * len(ports)

        taking.cancel()
        await asyncio.wait([taking])
        done.clear()
        taking = asyncio.create_task(take(tmp_path / "doors", echo))
        async with asyncio.timeout(5):
            await done.wait()
        assert await says(ports[-1], b"two\n") == b"two\n"

        handing.cancel()
        await asyncio.wait([handing])
        for item in listeners:
            item.close()
        assert await refused(ports[0])
        assert await refused(ports[-1])
        taking.cancel()

    asyncio.run(life())


@pytest.mark.parametrize("words", [b"", b"no socket"])
def test_who_brings_no_socket_does_no_harm(tmp_path: Path, words: bytes) -> None:
    async def life() -> None:
        taking = asyncio.create_task(take(tmp_path / "doors", echo))
        await asyncio.sleep(0)
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(str(tmp_path / "doors"))
            stranger.sendall(words)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            done = asyncio.Event()
            handing = asyncio.create_task(hand_over(tmp_path / "doors", [listener], done.set))
            assert await says(listener.getsockname()[1], b"words\n") == b"words\n"
            handing.cancel()
        taking.cancel()

    asyncio.run(life())
