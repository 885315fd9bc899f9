"""Products that share a room with the browser."""

import asyncio

from harness.internet.room import Room
from harness.model import url as urls
from harness.model.errors import HarnessError, ProductFault
from harness.products.base import Context
from harness.products.managed import Managed


class Roomed(Managed):
    """Managed, in the room that its kind enters at every start; where it has entered none, out here."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._doors = sorted({80, 443, *context.ports, *(urls.parse(case.url).port for case in context.cases)})
        self._room: Room | None = None
        self._rooms = 0

    async def enter(self) -> Room:
        """A room of its own, with doors for the ports of all cases. Raises ProductFault when there can be none."""
        self._rooms += 1
        try:
            self._room = await Room.open(self.context.work / f"room-{self._rooms}", self._doors, self.context.doors)
        except HarnessError as error:
            raise ProductFault(str(error)) from None
        return self._room

    async def stop(self) -> None:
        await super().stop()
        if self._room is not None:
            await self._room.close()
            self._room = None

    @property
    def alive(self) -> bool:
        return super().alive and (self._room is None or self._room.alive)

    def around(self, command: list[str]) -> list[str]:
        command = super().around(command)
        return self._room.command(command, privileged=True) if self._room else command

    async def connect(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await (self._room.connect(port) if self._room else super().connect(port))
