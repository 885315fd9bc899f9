"""Doors: listening sockets of a room, handed over a unix socket to the replayed Internet, which answers there.

A socket stays in the network namespace that it was made in, whoever holds it. So connections made in a room are
accepted outside, with the addresses they were made to, and no way leads from the one to the other.
"""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

RETRY_SECONDS = 0.1
BATCH = 200  # Linux takes 253 descriptors in one message


async def readable(item: socket.socket) -> None:
    """Return once there is something to receive, or an end."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(item, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(item)


async def take(path: Path, serve: Callable[[socket.socket], Awaitable[asyncio.Server]]) -> None:
    """Listen at `path` for rooms; serve what each hands over until it closes its connection."""
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        listener.setblocking(False)
        async with asyncio.TaskGroup() as rooms:
            while True:
                room, _ = await asyncio.get_running_loop().sock_accept(listener)
                rooms.create_task(_take_from(room, serve))


async def _take_from(room: socket.socket, serve: Callable[[socket.socket], Awaitable[asyncio.Server]]) -> None:
    servers: list[asyncio.Server] = []
    try:
        with room, contextlib.suppress(ConnectionError):
            while True:
                await readable(room)
                data, descriptors, _, _ = socket.recv_fds(room, 1, BATCH)
                if not data:
                    break
                servers += [await serve(socket.socket(fileno=item)) for item in descriptors]
    finally:
        for server in servers:
            server.close()


async def hand_over(path: Path, listeners: Sequence[socket.socket], done: Callable[[], None]) -> None:
    """Hand the listeners to whoever listens at `path`, and again when it was replaced; `done` is called each time."""
    while True:
        with socket.socket(socket.AF_UNIX) as taker, contextlib.suppress(OSError):
            taker.connect(str(path))
            numbers = [item.fileno() for item in listeners]
            for start in range(0, len(numbers), BATCH):
                socket.send_fds(taker, [b"."], numbers[start : start + BATCH])
            done()
            await readable(taker)
        await asyncio.sleep(RETRY_SECONDS)
