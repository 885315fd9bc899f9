"""The rig: replayed Internet, product and browser of one setting, kept in working order."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.browser.attached import Attached
from harness.browser.chromium import Chromium
from harness.browser.find import full
from harness.browser.prober import Prober
from harness.browser.tab import Tab
from harness.browser.ways import ByNames, ByProxy, Trust
from harness.evidence.journal import Place
from harness.internet.client import Internet
from harness.internet.nothing import Nothing
from harness.internet.room import Room
from harness.model.errors import BrowserGone, HarnessError, ProductFault
from harness.model.spec import Limits
from harness.model.words import Arm
from harness.products.base import Product, Route

Report = Callable[[str, dict[str, Any]], Place | None]  # where it lies, if that is a journal here
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
        await self._browse(await self._filter(setting))

    async def introduce(self, setting: str) -> dict[str, str]:
        """Start as `start` does; who the product says it is, asked while the browser starts."""
        route = await self._filter(setting)
        if route.browser:  # which is part of who it is
            await self._browse(route)
            return await self.product.identity()
        try:
            async with asyncio.TaskGroup() as group:
                asked = group.create_task(self.product.identity())
                group.create_task(self._browse(route))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return asked.result()

    async def _filter(self, setting: str) -> Route:
        self._setting = setting
        if not self.internet.alive:
            await self.internet.start()
        await self.product.stop()
        self.route = await self.product.start(setting)
        return self.route

    async def _browse(self, route: Route) -> None:
        if self.control is None or route.apart or self.control.spkis != self._spkis(route):
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
        headed, still = self.watch is not None, route.live is None
        keys = self._spkis(route)
        self.control = self.browser = Chromium(program, keys, trust=trust, headed=headed, still=still)
        await self.control.start()
        if route.browser:
            self.browser, route.browser.control = route.browser, self.control.version
            await self.browser.start()
        elif route.apart:
            by_proxy = (f"--proxy-server={route.proxy}", "--proxy-bypass-list=<-loopback>") if route.proxy else ()
            arguments = (*(by_proxy if route.lasting else ()), *route.arguments)
            self.browser = Chromium(program, keys, arguments, route.place, route.lasting, trust, headed, still)
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

    async def prober(self, arm: Arm) -> Prober:
        """A prober on that arm, in place of a tab. Raises BrowserGone, and GaveUp where the route has no way for it."""
        if self.route is None:
            raise BrowserGone("the rig has not been started")
        route, trust, agent = self.route, Trust(self._spkis(self.route)), await self.agent()
        if arm is Arm.CONTROL:
            return Prober(ByProxy(self.internet.control_port, (), trust, agent, kept=True), agent)
        if isinstance(route.place, Room) and not route.full and not route.arguments:
            try:
                return Prober(await ByNames.open(route.place, trust), agent)
            except HarnessError as error:
                raise BrowserGone(str(error)) from None
        if route.apart or route.live or not route.proxy:
            raise GaveUp(f"the fast tier has no way through this product ({route.how})")
        return Prober(ByProxy(urlsplit(route.proxy).port or 80, route.bypass, trust, agent), agent)

    async def agent(self) -> str:
        """What the browser says it is. Raises BrowserGone."""
        if self.control is None or self.control.devtools is None:
            raise BrowserGone("the rig has not been started")
        return str((await self.control.devtools.send("Browser.getVersion"))["userAgent"])

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
