"""The rig: replayed Internet, product and browser of one setting, kept in working order."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from harness.browser.attached import Attached
from harness.browser.chromium import Chromium
from harness.browser.find import full
from harness.browser.tab import Tab
from harness.internet.client import Internet
from harness.internet.nothing import Nothing
from harness.model.errors import BrowserGone, HarnessError, ProductFault
from harness.model.spec import Limits
from harness.model.words import Arm
from harness.products.base import Product, Route

Report = Callable[[str, dict[str, Any]], None]
Watch = Callable[[Arm, str], Awaitable[None]]


class GaveUp(HarnessError):
    """The run cannot go on; the reason is part of the evidence and the run is void."""


class Rig:
    """Starts the three, and replaces what died a bounded number of times. `generation` moves whenever tabs are no
    longer good. With `watch` browsers show themselves, and it is awaited with arm and case while a page stands
    there."""

    def __init__(
        self,
        internet: Internet | Nothing,
        product: Product,
        browser: Path,
        limits: Limits,
        report: Report,
        watch: Watch | None = None,
    ) -> None:
        self.internet, self.product, self.watch = internet, product, watch
        self._executable, self._limits, self._report = browser, limits, report
        self.browser: Chromium | Attached | None = None  # the test arm's
        self.control: Chromium | None = None  # the same one, unless the route needs one of its own
        self.route: Route | None = None
        self.generation = 0
        self._setting = ""
        self._restarts = {"product": 0, "browser": 0, "internet": 0}
        self._mending = asyncio.Lock()

    async def start(self, setting: str) -> None:
        """Bring the product up at that setting, and what is not running yet. Raises ProductFault or HarnessError."""
        self._setting = setting
        if not self.internet.alive:
            await self.internet.start()
        await self.product.stop()
        self.route = await self.product.start(setting)
        if self.control is None or self.route.apart or self.control.spkis != self._spkis(self.route):
            await self._launch()
        self.generation += 1

    def _spkis(self, route: Route) -> tuple[str, ...]:
        return tuple(filter(None, (self.internet.ca_spki(), *route.spkis)))

    async def _launch(self) -> None:
        """A browser for both arms, or one for each where the route asks for it; the same program in any case but where
        the route has a browser that runs already. Raises BrowserGone or ProductFault."""
        await self._stop_browsers()
        assert self.route
        route, program = self.route, full(self._executable) if self.route.full else self._executable
        # Where nothing is replayed both trust what the browsers of this user do.
        trust = Path.home() / ".pki" if route.live else None
        headed = self.watch is not None
        self.control = self.browser = Chromium(program, self._spkis(route), trust=trust, headed=headed)
        await self.control.start()
        if route.browser:
            self.browser, route.browser.control = route.browser, self.control.version
            await self.browser.start()
        elif route.apart:
            by_proxy = (f"--proxy-server={route.proxy}", "--proxy-bypass-list=<-loopback>") if route.proxy else ()
            arguments = (*(by_proxy if route.lasting else ()), *route.arguments)
            self.browser = Chromium(program, self._spkis(route), arguments, route.place, route.lasting, trust, headed)
            await self.browser.start()

    async def _stop_browsers(self) -> None:
        for browser in dict.fromkeys((self.browser, self.control)):
            if browser is not None:
                await browser.stop()

    @property
    def _browsers_alive(self) -> bool:
        return all(browser is not None and browser.alive for browser in (self.browser, self.control))

    async def tab(self, arm: Arm) -> Tab:
        """A new tab on that arm. Raises BrowserGone."""
        if self.browser is None or self.control is None or self.route is None:
            raise BrowserGone("the rig has not been started")
        if arm is Arm.CONTROL:
            live = self.route.live
            return await self.control.tab(live.control if live else f"http://127.0.0.1:{self.internet.control_port}")
        return await self.browser.tab(self.route.proxy, self.route.bypass)

    async def mend(self, generation: int, hanging: str = "") -> None:
        """Replace whatever has died since `generation`; the "product" or the "browser" that hangs counts as dead.

        Raises GaveUp when one of them died too often.
        """
        async with self._mending:
            if self.generation != generation:
                return
            before = dict(self._restarts)
            if not self.internet.alive:
                await self._again(
                    "internet", self._limits.browser_restarts, "the replayed Internet died", self.internet.start
                )
            if hanging == "product" and not self._browsers_alive:
                hanging = "browser"  # a dead one does not answer, whatever the product does
            if hanging == "product" or not self.product.alive:
                why = "the product stopped answering" if self.product.alive else "the product's process died"
                await self._again("product", self._limits.product_restarts, why, self._restart_product)
            if hanging == "browser" or not self._browsers_alive:
                why = "the browser stopped answering" if self._browsers_alive else "the browser died"
                await self._again("browser", self._limits.browser_restarts, why, self._launch)
            if self._restarts != before:
                self.generation += 1

    async def _restart_product(self) -> None:
        await self.product.stop()
        self.route = await self.product.start(self._setting)
        if self.route.apart:
            await self._launch()  # it lives where the product lives

    async def _again(self, what: str, most: int, why: str, start: Callable[[], Any]) -> None:
        self._restarts[what] += 1
        self._report("fault", {"what": what, "why": why, "restart": self._restarts[what]})
        if self._restarts[what] > most:
            raise GaveUp(f"{why} {self._restarts[what]} times; at most {most} restarts are allowed")
        try:
            await start()
        except ProductFault as error:
            raise GaveUp(f"{why}, and it could not be started again: {error}") from None

    async def stop(self) -> None:
        """Stop all three, whatever state they are in."""
        await self._stop_browsers()
        await self.product.stop()
        await self.internet.stop()
