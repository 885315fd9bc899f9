"""Logs of a product watched as they are written: files, databases, and what is sent to a port of ours."""

import asyncio
import contextlib
import socket
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from harness.checks import log_entry
from harness.checks.ground import Ground
from harness.checks.log_entry import Entry
from harness.checks.shown import Untried
from harness.checks.templates import text, variables
from harness.model.errors import HarnessError
from harness.products.roomed import Roomed
from harness.profile.logs import Log

GLANCE = 0.02  # seconds between two looks
BIGGEST = 1 << 20  # bytes taken at one look, and of one message


class Source:
    """A log from when it was watched on: its `entries`, and `raw`, all that was written to it."""

    def __init__(self, log: Log, path: Path) -> None:
        self.log, self.path = log, path
        self.entries: list[Entry] = []
        self.raw = ""

    def take(self, message: str) -> None:
        """A line or a message that came just now."""
        self.raw += f"{message}\n"
        if entry := log_entry.read(self.log, time.time(), message):
            self.entries.append(entry)


@contextlib.asynccontextmanager
async def watched(ground: Ground, log: Log) -> AsyncIterator[Source]:
    """The log of the product on the ground, watched meanwhile. Raises HarnessError when it cannot be."""
    source = Source(log, Path(text(ground, log.path)))
    if log.kind in ("file", "database"):
        watching = _file(source) if log.kind == "file" else _database(source)
        await anext(watching)  # what was written before is not of interest

        async def watch() -> None:
            async for _ in watching:
                await asyncio.sleep(GLANCE)

        task = asyncio.create_task(watch())
        try:
            yield source
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        return
    async with _listening(ground, source):
        yield source


async def _file(source: Source) -> AsyncIterator[None]:
    """One look at the file at every step, the first at nothing but its size."""
    place, rest, number = (source.path.stat().st_size if source.path.exists() else 0), b"", _number(source.path)
    while True:
        yield
        if _number(source.path) != number or (source.path.exists() and source.path.stat().st_size < place):
            place, rest, number = 0, b"", _number(source.path)
        try:
            with source.path.open("rb") as file:
                file.seek(place)
                data = file.read(BIGGEST)
        except OSError:
            continue
        place += len(data)
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            source.take(line.decode("utf-8", "replace"))


def _number(path: Path) -> int:
    return path.stat().st_ino if path.exists() else 0


async def _database(source: Source) -> AsyncIterator[None]:
    known = len(_rows(source))
    while True:
        yield
        for row in _rows(source)[known:]:
            known += 1
            source.raw += " ".join(str(value) for value in row.values()) + "\n"
            source.entries.append(log_entry.made(source.log, time.time(), row))


def _rows(source: Source) -> list[dict[str, Any]]:
    """Raises Untried when the query cannot be answered; without a database there are none."""
    if not source.path.exists():
        return []
    try:
        with contextlib.closing(sqlite3.connect(f"file:{source.path}?mode=ro", uri=True, timeout=1)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(source.log.query)]
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "no such table" in str(error):
            return []
        raise Untried(f"the log {source.log.name!r} cannot be read: {error}") from None


@contextlib.asynccontextmanager
async def _listening(ground: Ground, source: Source) -> AsyncIterator[None]:
    """A server that takes what the product sends, where the product runs."""
    port = variables(ground)["ports"][source.log.port]
    inside = isinstance(ground.product, Roomed)
    kind = "udp" if source.log.kind == "syslog" else "tcp"
    try:
        made = await ground.room.listen(port, kind=kind) if inside else _socket(kind, port)
    except (OSError, HarnessError) as error:
        raise Untried(f"the log {source.log.name!r} cannot be taken: {error}") from None
    made.setblocking(False)
    loop = asyncio.get_running_loop()
    if kind == "udp":
        transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(source), sock=made)
        try:
            yield
        finally:
            transport.close()
            await asyncio.sleep(0.01)  # until the port is free again
    elif source.log.kind == "mail":
        server = await loop.create_server(lambda: SMTP(_Mails(source), enable_SMTPUTF8=True), sock=made)
        try:
            yield
        finally:
            server.close()
    else:
        application = Application([(".*", _Posts, {"source": source})], log_function=lambda _: None)
        posts = HTTPServer(application, max_body_size=BIGGEST)
        posts.add_socket(made)
        try:
            yield
        finally:
            posts.stop()


def _socket(kind: str, port: int) -> socket.socket:
    if kind == "tcp":
        return socket.create_server(("127.0.0.1", port))
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", port))
    return made


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, source: Source) -> None:
        self._source = source

    def datagram_received(self, data: bytes, _: object) -> None:
        self._source.take(data.decode("utf-8", "replace").rstrip("\n"))


class _Mails:
    def __init__(self, source: Source) -> None:
        self._source = source

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:
        content = envelope.content or b""
        self._source.take(content.decode("utf-8", "replace") if isinstance(content, bytes) else content)
        return "250 OK"


class _Posts(RequestHandler):
    def initialize(self, source: Source) -> None:
        self._source = source

    def post(self) -> None:
        self._source.take(self.request.body.decode("utf-8", "replace"))
