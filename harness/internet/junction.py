"""Where a product's way out leads to: the replayed Internet's proxy, and by tunnels its other servers."""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable

from harness.model.errors import HarnessError

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
CONNECT = re.compile(rb"CONNECT \S+:(\d{1,5}) HTTP/1\.[01]\r\n")
HEAD_BYTES = 65536


class Junction:
    """A port on loopback, between `start` and `stop`. What comes there goes to a proxy on loopback, but tunnels asked
    for to one of `ports` to what `connect` gives for that port."""

    def __init__(self, connect: Callable[[int], Awaitable[Connection]]) -> None:
        self._connect = connect
        self.ports: set[int] = set()
        self.port, self._target = 0, 0
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def start(self, target: int) -> None:
        """Listen, on a free port, for the proxy at that one."""
        self._target = target
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Cut what is connected; harmless when it was not started."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in (running := list(self._running)):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError, HarnessError):
            data = await reader.read(HEAD_BYTES)
            while data:
                # Until it asks for a tunnel: a product may use one connection for several requests.
                asked = CONNECT.match(data)
                if asked and int(asked[1]) in self.ports:
                    await self._tunnel(data, int(asked[1]), reader, writer)
                    return
                far = await asyncio.open_connection("127.0.0.1", self._target)
                data = await self._pass(data, reader, writer, far, bool(asked))

    async def _pass(
        self,
        data: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far: Connection,
        tunnel: bool,
    ) -> bytes:
        """Carry both ways between the product and the proxy, to the end or until the product asks for a tunnel to one
        of `ports`: returns what it asked with then."""
        back = asyncio.create_task(copy(far[0], writer))
        with contextlib.closing(far[1]):
            try:
                while data:
                    asked = None if tunnel else CONNECT.match(data)
                    if asked and int(asked[1]) in self.ports:
                        return data
                    tunnel = tunnel or bool(asked)
                    far[1].write(data)
                    await far[1].drain()
                    data = await reader.read(HEAD_BYTES)
                far[1].write_eof()
                await back
            finally:
                back.cancel()
        return b""

    async def _tunnel(self, data: bytes, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while b"\r\n\r\n" not in data and len(data) < HEAD_BYTES and (more := await reader.read(HEAD_BYTES)):
            data += more
        try:
            far_reader, far_writer = await self._connect(port)
        except (OSError, HarnessError):
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        with contextlib.closing(far_writer):
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            far_writer.write(data.partition(b"\r\n\r\n")[2])
            await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer))


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """All that comes, and that no more comes."""
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()
