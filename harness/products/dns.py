"""Products that filter by answering names: the browser asks them in a room of its own, as on any machine."""

import asyncio
import ipaddress
import json
import struct
from pathlib import Path

import dns.exception
import dns.message
import dns.rcode

from harness.internet.ports import free_ports
from harness.internet.room import Room
from harness.model import url as urls
from harness.model.errors import HarnessError, ProductFault, UsageError
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK, Context, Route
from harness.products.emulated import Emulation
from harness.products.policy import FOLDERS, NAME
from harness.products.roomed import Roomed

ADDRESS, PORT, PAGE_PORT = "127.0.0.1", 53, 80
ASK_SECONDS = 2.0


class DnsProduct(Roomed):
    """kind = "dns". In a room it answers at 127.0.0.1:`port`; the Internet's name server behind it is at `names`, port
    `names_port`; a block page of its own may listen at any other address of the loopback, port `page_port`.

    The parameter `route`, where the profile has it, is "room", "emulated" or "auto", a room where the machine permits
    one. The parameter `transport` is "dns", or "doh" for a product that answers at
    https://127.0.0.1:`doh_port`/dns-query too.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._how = context.params.get("route", "room")
        self._https = context.params.get("transport") == "doh"
        hosts = {urls.parse(case.url).hostname for case in context.cases}
        self._hosts = sorted({CANARY_ALLOW, CANARY_BLOCK, *(host for host in hosts if not _literal(host))})
        self._emulation: Emulation | None = None
        self._page_port, self._doh_port = free_ports(2)
        self.variables["doh_port"] = self._doh_port

    async def start(self, setting: str) -> Route:
        if self._how == "auto":
            self._how = "emulated" if await asyncio.to_thread(Room.possible) else "room"
        return await (self._emulate(setting) if self._how == "emulated" else self._in_room(setting))

    async def _in_room(self, setting: str) -> Route:
        names, names_port = Room.names
        self.variables.update(port=PORT, names=names, names_port=names_port, page_port=PAGE_PORT)
        room = await self.enter()
        if self._https:
            await self._only_https(room)
        await self.launch(setting)
        if self._https:
            how = "network namespace: the browser asks the product by DNS over HTTPS"
            return Route(place=room, full=True, spkis=(self.spki,), how=how)
        room.resolv(ADDRESS)
        return Route(place=room, how="network namespace: the browser's own resolver asks the product")

    async def _only_https(self, room: Room) -> None:
        """Have browsers in the room ask nothing but the product, by policy, as an administrator would."""
        # The room's own resolver asks the Internet's names, unfiltered, as that of a machine set up so may.
        template = f"https://{ADDRESS}:{self._doh_port}/dns-query"
        policy = self.context.work / NAME
        policy.write_text(json.dumps({"DnsOverHttpsMode": "secure", "DnsOverHttpsTemplates": template}), "utf-8")
        try:
            for folder in FOLDERS:
                await room.bind(policy, Path("/etc") / folder / "policies" / "managed" / NAME)
        except HarnessError as error:
            raise ProductFault(str(error)) from None

    async def _emulate(self, setting: str) -> Route:
        if self._https:
            raise UsageError("DNS over HTTPS can be tested in a room only", key="--param transport")
        self._emulation = await Emulation.start(Room.names[0])
        self.variables.update(names=ADDRESS, names_port=self._emulation.names_port, page_port=self._page_port)
        await self.launch(setting)
        answers = await self._emulation.ask(self._hosts, self.port)
        return self._emulation.route(answers, self.context.upstream_port, self._page_port)

    async def stop(self) -> None:
        await super().stop()
        if self._emulation is not None:
            self._emulation.close()
            self._emulation = None

    async def answers(self) -> bool:
        return self.alive and await self.accepts(self.variables["port"])

    async def accepts(self, port: str) -> bool:
        """Whether it answers for the name of the canary to allow."""
        query = dns.message.make_query(CANARY_ALLOW, "A")
        try:
            async with asyncio.timeout(ASK_SECONDS):
                reader, writer = await self.connect(int(port))
                wire = query.to_wire()
                writer.write(struct.pack("!H", len(wire)) + wire)
                (size,) = struct.unpack("!H", await reader.readexactly(2))
                reply = dns.message.from_wire(await reader.readexactly(size))
                writer.close()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, dns.exception.DNSException, HarnessError):
            return False
        return reply.rcode() == dns.rcode.NOERROR and bool(reply.answer)


def _literal(host: str) -> bool:
    """Whether it is an address, which nobody asks a name server for."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
