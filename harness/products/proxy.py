"""Products that are proxies."""

from harness.products.base import Route
from harness.products.managed import Managed


class ProxyProduct(Managed):
    """kind = "proxy": the browser's explicit proxy. Where one of the profile's `ports` is named like the setting,
    browsers at that setting connect there: the port tells the product which of its users it is."""

    async def start(self, setting: str) -> Route:
        await self.launch(setting)
        port = self.variables["ports"].get(setting, self.port)
        return Route(f"http://127.0.0.1:{port}", spkis=(self.spki,))
