"""A Chromium that runs somewhere else already: attached to, and let go with nothing of it changed."""

import asyncio
import contextlib
import re
from collections.abc import Sequence

from harness.browser.chromium import OPEN_SECONDS
from harness.browser.devtools import DevTools, ProtocolError, browser_address
from harness.browser.served import Served
from harness.browser.tab import Tab
from harness.model.errors import BrowserGone, ProductFault

REACH_SECONDS = 15.0  # within which it is there, or there again
OLDEST = 91  # whose downloads can be listened to: https://github.com/chromium/chromium/commit/f30fb0f
DEVTOOLS = re.compile(r"wss?://[^/]+/devtools/browser\b")


class Attached:
    """One browser behind `endpoint`: DevTools (`http://HOST:PORT`, or `ws://…/devtools/browser/ID`) or, by any other
    `ws://` address, a Playwright server.

    With `lasting` tabs live in the browser's own profile; with `ignore_certificates` they take any. `control` is the
    version of the control arm's browser, to be set by whoever starts both.
    """

    def __init__(self, endpoint: str, lasting: bool, ignore_certificates: bool) -> None:
        self._endpoint, self._lasting, self._ignore_certificates = endpoint, lasting, ignore_certificates
        self.version = self.control = ""
        self.devtools: DevTools | None = None
        self._opened: set[str] = set()

    async def start(self) -> None:
        """Attach, and try a tab. Raises ProductFault, in plain words, when nothing is reached in time, it is no
        Chromium or it is too old."""
        self.devtools = await self._reach()
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await self._check(self.devtools)
                await self._close_tabs(self.devtools)  # those that were open when the connection was lost
                await (await self.tab("")).close()
        except (BrowserGone, ProtocolError, KeyError, TimeoutError) as error:
            await self.stop()
            why = str(error) or f"it does not answer within {OPEN_SECONDS:.0f} s"
            raise ProductFault(f"the browser at {self._endpoint} cannot be used: {why}") from None

    @property
    def alive(self) -> bool:
        return self.devtools is not None and not self.devtools.gone.is_set()

    async def tab(self, proxy: str, bypass: Sequence[str] = ()) -> Tab:
        """A tab in a profile of its own, behind `proxy` as seen from there, "" for what the browser is set to; in its
        own profile always behind that. Raises BrowserGone."""
        if self.devtools is None:
            raise BrowserGone("the browser is not attached to")
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                tab = await Tab.open(
                    self.devtools,
                    "" if self._lasting else proxy,
                    bypass,
                    lasting=self._lasting,
                    ignore_certificates=self._ignore_certificates,
                )
        except TimeoutError:
            raise BrowserGone(f"the browser did not open a tab within {OPEN_SECONDS:.0f} s") from None
        self._opened.add(tab.target)
        return tab

    async def stop(self) -> None:
        """Close what was opened and let go; harmless when it is not attached."""
        if self.devtools is None:
            return
        with contextlib.suppress(BrowserGone, ProtocolError, TimeoutError):
            async with asyncio.timeout(OPEN_SECONDS):
                await self._close_tabs(self.devtools)
        await self.devtools.close()
        self.devtools = None

    async def _reach(self) -> DevTools:
        """A connection, tried for until the time is up."""
        deadline = asyncio.get_running_loop().time() + REACH_SECONDS
        while True:
            try:
                if self._endpoint.startswith("http"):
                    return await DevTools.open(await asyncio.to_thread(browser_address, self._endpoint))
                if DEVTOOLS.match(self._endpoint):
                    return await DevTools.open(self._endpoint)
                return DevTools(await Served.connect(self._endpoint))
            except ValueError as error:
                raise ProductFault(f"what answers at {self._endpoint} is not DevTools: {error}") from None
            except (BrowserGone, OSError) as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise ProductFault(
                        f"the browser at {self._endpoint} cannot be reached: {error}; does it run there with"
                        " DevTools switched on, and does the tunnel stand?"
                    ) from None
            await asyncio.sleep(0.5)

    async def _check(self, devtools: DevTools) -> None:
        """Who it is. Raises BrowserGone unless it is a Chromium that can be driven."""
        about = await devtools.send("Browser.getVersion")
        self.version = str(about["product"])
        number = re.search(r"Chrome/(\d+)", str(about["userAgent"]))
        if number is None:
            raise BrowserGone(f"it is {self.version}, and no Chromium")
        if int(number[1]) < OLDEST:
            raise BrowserGone(f"{self.version} is too old: Chromium {OLDEST} is the oldest that can be driven")

    async def _close_tabs(self, devtools: DevTools) -> None:
        """Close the tabs that were opened by us, or by pages in them, and are there still."""
        for item in (await devtools.send("Target.getTargets"))["targetInfos"]:
            if self._opened & {item["targetId"], item.get("openerId")}:
                with contextlib.suppress(ProtocolError):  # it closed with another
                    await devtools.send("Target.closeTarget", {"targetId": item["targetId"]})
        self._opened.clear()
