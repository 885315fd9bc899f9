"""Products in the path of connections that know nothing of them."""

from harness.internet.room import Room
from harness.products.base import Context, Route
from harness.products.roomed import Roomed


class TransparentProduct(Roomed):
    """kind = "transparent". Browser and product share a room; the profile's commands lead connections through the
    product there (nftables), but for the product's own. `names` is the address of the Internet's name server, port
    53."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.variables.update(names=Room.names[0])

    async def start(self, setting: str) -> Route:
        room = await self.enter()
        await self.launch(setting)
        return Route(
            spkis=(self.spki,),
            place=room,
            how="network namespace: the browser connects as on any network, and its connections are led through the"
            " product",
        )
