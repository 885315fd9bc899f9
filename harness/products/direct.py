"""No product at all, for measuring the test bench itself: the browser goes straight to the replayed Internet."""

from harness.products.base import CANARY_BLOCK, Context, Product, Route


class DirectProduct(Product):
    """kind = "direct". Everything is allowed but the canary to block, whose name does not resolve."""

    def __init__(self, context: Context) -> None:
        self._route = Route(f"http://127.0.0.1:{context.upstream_port}", (CANARY_BLOCK,))
        self._started = False

    async def start(self, setting: str) -> Route:
        self._started = True
        return self._route

    async def stop(self) -> None:
        self._started = False

    async def identity(self) -> dict[str, str]:
        return {"version": "none"}

    @property
    def alive(self) -> bool:
        return self._started
