"""The speaking Internet around one ground: its servers, started as they are asked for, and what they heard."""

import asyncio
import itertools
import sys
from collections.abc import Callable
from email.message import Message
from typing import Any, cast

from aiosmtpd.handlers import Message as MailHandler
from aiosmtpd.smtp import SMTP
from tornado.netutil import bind_sockets

from harness.checks.comms import clients, web
from harness.checks.comms.daemons import DAEMONS
from harness.checks.comms.heard import Heard, Record
from harness.checks.comms.news import News
from harness.checks.ground import Ground
from harness.checks.shown import Untried

READY_SECONDS = 10.0
NAMES = ("friend", "stranger")
PORTS = {"mail": 25, "newsgroups": 119, "games": 27015}
TORRENTS = 6881  # the first of the ports that peers have
BOTS = {"instant-messaging": "xmpp", "irc": "irc"}


class _Mail(MailHandler):
    """Tells of every mail that arrives."""

    def __init__(self, hear: Callable[[Heard], None]) -> None:
        super().__init__()
        self._hear = hear

    def handle_message(self, message: Message) -> None:
        text = message.get_payload(decode=True)
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else ""
        self._hear(Heard("mail", str(message["To"]).partition("@")[0], said))


class _Game(asyncio.DatagramProtocol):
    """Tells of every datagram, and sends it back."""

    def __init__(self, hear: Callable[[Heard], None]) -> None:
        self._hear = hear

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._hear(Heard("games", "player", data.decode("utf-8", "replace")))
        self._transport.sendto(data, addr)


class World:
    """Made by `open`, once a ground. `offers` are the files of its site, by path."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.record = ground, Record()
        self.offers: dict[str, web.Offer] = {}
        self._sites = web.sites(self.record.entries.append, self.offers)
        self._servers: dict[str, asyncio.Server | asyncio.DatagramTransport] = {}
        self._torrents = itertools.count(TORRENTS)

    @classmethod
    async def open(cls, ground: Ground) -> "World":
        world = cls(ground)
        sockets = bind_sockets(0, "127.0.0.1")
        world._sites.add_sockets(sockets)
        for host in web.HOSTS.values():
            await ground.internet.lend(host, sockets[0].getsockname()[1])
        return world

    async def close(self) -> None:
        self._sites.stop()
        for server in self._servers.values():
            server.close()

    async def serve(self, service: str) -> int:
        """Have a service's server there; its port. Raises Untried, HarnessError."""
        if service in DAEMONS:
            return await self._daemon(service)
        port = PORTS[service]
        if service not in self._servers:
            self._servers[service] = await self._own(service, port)
            self.ground.junction.ports.add(port)
        return port

    def torrent_port(self) -> int:
        """A port for one more peer."""
        return next(self._torrents)

    async def _own(self, service: str, port: int) -> asyncio.Server | asyncio.DatagramTransport:
        loop = asyncio.get_running_loop()
        kind = "udp" if service == "games" else "tcp"
        sock = await self.ground.room.listen(port, address="0.0.0.0", kind=kind, outside=True)
        hear = self.record.entries.append
        if service == "games":
            return (await loop.create_datagram_endpoint(lambda: _Game(hear), sock=sock))[0]
        if service == "mail":
            return await loop.create_server(lambda: SMTP(_Mail(hear), hostname="mail.example"), sock=sock)
        return await News(hear).serve(sock)

    async def _daemon(self, service: str) -> int:
        daemon = DAEMONS[service]
        folder = self.ground.work / service
        command = daemon.command(folder) if not folder.exists() else ()
        if command:
            await self.ground.service(service, command, daemon.port)
        if service in BOTS and service not in self.record.processes:
            program = [sys.executable, "-m", f"{clients.__name__}.bots", BOTS[service], str(daemon.port), *NAMES]
            process = await self.ground.service(f"{service} people", program, 0)
            deadline = asyncio.get_running_loop().time() + READY_SECONDS
            while '"ready"' not in process.words:
                if not process.alive or asyncio.get_running_loop().time() > deadline:
                    raise Untried(f"nobody is there to talk to by {service}: {process.words[-500:].strip()}")
                await asyncio.sleep(0.05)
            self.record.processes[service] = process
        return daemon.port
