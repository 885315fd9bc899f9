"""Products that are proxies."""

from harness.products.base import Route
from harness.products.managed import Managed


class ProxyProduct(Managed):
    """kind = "proxy": the browser's explicit proxy."""

    async def start(self, setting: str) -> Route:
        await self.launch(setting)
        return Route(f"http://127.0.0.1:{self.port}", spkis=(self.spki,))
