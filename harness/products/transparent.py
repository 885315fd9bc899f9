"""Products in the path of connections that know nothing of them."""

from harness.internet.room import Room
from harness.model import url as urls
from harness.model.errors import HarnessError, ProductFault
from harness.products.base import Context, Route
from harness.products.managed import Managed


class TransparentProduct(Managed):
    """kind = "transparent". Browser and product share a room; the profile's commands lead connections through the
    product there (nftables), but for the product's own. `names` is the address of the Internet's name server, port
    53."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._doors = sorted({80, 443, *(urls.parse(case.url).port for case in context.cases)})
        self._room: Room | None = None
        self._rooms = 0
        self.variables.update(names=Room.names[0])

    async def start(self, setting: str) -> Route:
        self._rooms += 1
        try:
            self._room = await Room.open(self.context.work / f"room-{self._rooms}", self._doors, self.context.doors)
        except HarnessError as error:
            raise ProductFault(str(error)) from None
        await self.launch(setting)
        return Route(
            spkis=(self.spki,),
            place=self._room,
            how="network namespace: the browser connects as on any network, and its connections are led through the"
            " product",
        )

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
        assert self._room
        try:
            _, writer = await self._room.connect(int(port))
        except (OSError, HarnessError):
            return False
        writer.close()
        return True
