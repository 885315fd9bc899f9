"""Products that filter by answering names: the browser asks them in a room of its own, as on any machine."""

import asyncio
import struct

import dns.exception
import dns.message
import dns.rcode

from harness.internet.room import Room
from harness.model import url as urls
from harness.model.errors import HarnessError, ProductFault
from harness.products.base import CANARY_ALLOW, Context, Route
from harness.products.managed import Managed

ADDRESS, PORT = "127.0.0.1", 53
ASK_SECONDS = 2.0


class DnsProduct(Managed):
    """kind = "dns". It runs in the room too, and answers there at 127.0.0.1:53; `names` is the address of the
    Internet's name server behind it, at port 53, and whatever else it needs, such as a block page, may listen at any
    other address of the room's loopback."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._doors = sorted({80, 443, *(urls.parse(case.url).port for case in context.cases)})
        self._room: Room | None = None
        self._rooms = 0
        self.variables.update(names=Room.names[0], port=PORT)

    async def start(self, setting: str) -> Route:
        self._rooms += 1
        try:
            self._room = await Room.open(self.context.work / f"room-{self._rooms}", self._doors, self.context.doors)
        except HarnessError as error:
            raise ProductFault(str(error)) from None
        self._room.resolv(ADDRESS)
        await self.launch(setting)
        return Route(place=self._room, how="network namespace: the browser's own resolver asks the product")

    async def stop(self) -> None:
        await super().stop()
        if self._room is not None:
            await self._room.close()
            self._room = None

    @property
    def alive(self) -> bool:
        return super().alive and self._room is not None and self._room.alive

    def around(self, command: list[str]) -> list[str]:
        return self._room.command(command, privileged=True) if self._room else command

    async def accepts(self, port: str) -> bool:
        """Whether it answers for the name of the canary to allow."""
        assert self._room
        query = dns.message.make_query(CANARY_ALLOW, "A")
        try:
            async with asyncio.timeout(ASK_SECONDS):
                reader, writer = await self._room.connect(int(port))
                wire = query.to_wire()
                writer.write(struct.pack("!H", len(wire)) + wire)
                (size,) = struct.unpack("!H", await reader.readexactly(2))
                reply = dns.message.from_wire(await reader.readexactly(size))
                writer.close()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, dns.exception.DNSException, HarnessError):
            return False
        return reply.rcode() == dns.rcode.NOERROR and bool(reply.answer)
