"""A tab: visits one URL at a time in a browser profile of its own, and clears what a visit left."""

import asyncio
import base64
import contextlib
import json
import time
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.browser.devtools import DevTools, ProtocolError
from harness.browser.frames import JPEG, ON_DEMAND, Frames
from harness.browser.left import left
from harness.browser.sight import Sight
from harness.browser.traffic import Traffic, host
from harness.model import url as urls
from harness.model.errors import BrowserGone
from harness.model.words import End, Validity

LOOK = resources.files("harness.browser").joinpath("look.js").read_text("utf-8")
HOPS = 5  # client-side redirects followed
REFRESH_SECONDS = 2.0  # a longer meta refresh is part of the page, not of the way to it
VISITS = 200  # after so many a tab gets a new profile
NETWORK = "network.mojom.NetworkService"
TELL_SECONDS = 20.0
FRAME_SECONDS = 0.25  # between frames of a visit that goes on, where none are drawn by themselves
PICTURE_SECONDS = 0.1  # after which a browser that has not drawn is asked again


class Tab:
    """Made by `open`; `worn` says that every next visit needs a new one, `fits` whether a certain one does not."""

    def __init__(
        self,
        devtools: DevTools,
        profile: dict[str, str],
        target: str,
        session: str,
        downloads: Path | None,
        frames: Frames | None,
    ) -> None:
        self._devtools = devtools
        self._profile = profile
        self.target = target
        self.session = session
        self._downloads = downloads
        self._frames = frames
        self._world = 0  # of ours, in the page that was looked at
        self._popups: set[str] = set()
        self._hosts: set[str] = set()  # whatever is stored, but for cookies, is stored for one of them
        self._last: Traffic | None = None
        self._network = 0  # the process by which its pages reach anything
        self._visits = 0
        self.worn = False

    @classmethod
    async def open(
        cls,
        devtools: DevTools,
        proxy: str,
        bypass: Sequence[str],
        downloads: Path | None = None,
        lasting: bool = False,
        ignore_certificates: bool = False,
        frames: Frames | None = None,
    ) -> "Tab":
        """A new profile (browser context) and a tab in it; `lasting`, a tab in the browser's own profile. Files go
        to `downloads`; without it, none is taken, as with a browser whose files are not ours to read. With `frames`,
        it draws on demand. Raises ProtocolError, BrowserGone."""
        profile: dict[str, str] = {}
        if not lasting:
            rules = {"proxyServer": proxy, "proxyBypassList": ",".join(("<-loopback>", *bypass))} if proxy else {}
            made = await devtools.send("Target.createBrowserContext", {**rules, "disposeOnDetach": True})
            profile = {"browserContextId": made["browserContextId"]}
        how = {"url": "about:blank", **profile, **(ON_DEMAND if frames else {})}
        target = (await devtools.send("Target.createTarget", how))["targetId"]
        session = (await devtools.send("Target.attachToTarget", {"targetId": target, "flatten": True}))["sessionId"]
        taken = {"behavior": "allowAndName", "downloadPath": str(downloads)} if downloads else {"behavior": "deny"}
        await asyncio.gather(
            devtools.send("Page.enable", session=session),
            devtools.send("Network.enable", session=session),
            devtools.send("Network.setCacheDisabled", {"cacheDisabled": True}, session),
            devtools.send("Browser.setDownloadBehavior", {**taken, **profile, "eventsEnabled": True}),
            devtools.send("Target.setDiscoverTargets", {"discover": True}),
            *(
                [devtools.send("Security.setIgnoreCertificateErrors", {"ignore": True}, session)]
                if ignore_certificates
                else []
            ),
        )
        return cls(devtools, profile, target, session, downloads, frames)

    async def visit(self, url: str, token: str, seconds: float) -> Sight:
        """Open the URL and look for the token. Always returns a sight; raises BrowserGone only."""
        sight = Sight(requested_url=url)
        profile = self._profile.get("browserContextId", "")
        traffic = Traffic(self._devtools, self.session, self.target, self._downloads or Path(), sight, profile)
        self._last, self._world = traffic, 0
        drawing = asyncio.create_task(self._draw_on(self._frames)) if self._frames else None
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                self._network = self._network or await self._network_process()
                await traffic.unless_crashed(self._go(url, token, sight, traffic))
        except TimeoutError:
            sight.end, self.worn = (End.CRASH if traffic.crashed else End.TIMEOUT), True
        except ProtocolError as error:
            sight.end, sight.fault, self.worn = (End.CRASH if traffic.crashed else End.FAULT), str(error), True
        finally:
            if drawing:
                drawing.cancel()
        sight.duration_ms = round(1000 * (time.monotonic() - started))
        if not sight.token_seen and sight.end in (End.PAGE, End.NETWORK_ERROR, End.DOWNLOAD):
            await self._doubt(sight)
        sight.chain, sight.assets = traffic.chain, traffic.finished_assets()
        sight.popups, sight.dialogs = len(traffic.popups), traffic.dialogs
        self._popups |= traffic.popups
        self._visits += 1
        self.worn = (
            self.worn or traffic.crashed or bool(sight.popups) or traffic.strict_transport or self._visits >= VISITS
        )
        return sight

    async def _draw_on(self, frames: Frames) -> None:
        """For pages that wait for it, as those that ask for more when they come into view."""
        with contextlib.suppress(BrowserGone):
            while True:
                await asyncio.sleep(FRAME_SECONDS)
                with contextlib.suppress(ProtocolError):  # between two documents
                    await frames.draw(self.session)

    async def _doubt(self, sight: Sight) -> None:
        """Take what was seen for nothing when the browser's network service died meanwhile: it is replaced in silence,
        pages are cut off, and the profile has lost its proxy."""
        try:
            async with asyncio.timeout(TELL_SECONDS):
                now = await self._network_process()
            if self._network in (0, now):  # it starts with the browser's first page
                return
            sight.end, sight.fault = End.FAULT, f"{Validity.BROWSER_FAULT}: its network service died"
        except TimeoutError:
            sight.end = End.TIMEOUT
        self.worn = True

    async def _network_process(self) -> int:
        """0 where there is none, or the browser does not say."""
        try:
            found = (await self._devtools.send("SystemInfo.getProcessInfo"))["processInfo"]
        except ProtocolError:
            return 0
        return next((int(item["id"]) for item in found if item["type"] == NETWORK), 0)

    async def fits(self, url: str) -> bool:
        """Whether a visit to the URL, which `model.url` can parse, finds the tab as it would find a new one. Raises
        BrowserGone."""
        if (last := self._last) is None:
            return True
        # As it is now: pages go on after the visit.
        self._hosts |= last.hosts
        if self.worn or host(urls.parse(url).href) in self._hosts:
            return False
        if last.popups or last.dialogs or last.download_begun or last.workers:
            return False
        return not await left(self._devtools, self.session, self._profile, self.target, self._world)

    async def _go(self, url: str, token: str, sight: Sight, traffic: Traffic) -> None:
        answer = await self._devtools.send("Page.navigate", {"url": url}, self.session)
        loader, error = answer.get("loaderId", ""), answer.get("errorText", "")
        if answer.get("isDownload") or (error == "net::ERR_ABORTED" and traffic.download_begun):
            sight.end, sight.body_digest = End.DOWNLOAD, await traffic.downloaded()
            self.worn = True
            return
        if error == "net::ERR_ABORTED" and traffic.leads_nowhere():  # the tab stays where it was
            sight.end, sight.error, sight.status = End.NETWORK_ERROR, error, traffic.status
            return
        if error == "net::ERR_ABORTED":  # as when an extension leads elsewhere, or the page's process dies
            await traffic.replaced(loader)
        elif error:
            sight.error = traffic.main_error or error
            await traffic.loaded(loader)
            sight.end = End.NETWORK_ERROR
            return
        look = await self._arrive(url, token, loader, traffic)
        if traffic.main_error and look["url"].startswith("chrome-error:"):
            sight.end, sight.error = End.NETWORK_ERROR, traffic.main_error
            return
        sight.status, sight.headers, sight.mime = traffic.status, traffic.headers, traffic.mime
        sight.issuer = traffic.issuer
        sight.final_url, sight.title, sight.text, sight.html = look["url"], look["title"], look["text"], look["html"]
        sight.token_seen, sight.foreign_token, sight.harness_page = look["seen"], look["foreign"], look["miss"]
        sight.returns_to_case, sight.challenge = look["returns"], look["captcha"] or traffic.challenged(sight)
        if not sight.token_seen and not sight.mime.startswith("text/html"):
            sight.body_digest = await traffic.body_digest()
        self.worn = self.worn or look["stored"]
        sight.end = End.PAGE

    async def _arrive(self, url: str, token: str, loader: str, traffic: Traffic) -> dict[str, Any]:
        """What is seen where the page's own redirects end, or where the token is."""
        for _ in range(HOPS):
            await traffic.loaded(loader)
            try:
                look = await self._look_at_rest(url, token, loader, traffic)
            except ProtocolError:
                if traffic.crashed or traffic.loader_after(loader) is None:
                    raise
                look = {"seen": False, "delay": -1.0}  # the document left while it was looked at
            later = traffic.loader_after(loader)
            if look["seen"] or (later is None and not 0 <= look["delay"] <= REFRESH_SECONDS):
                return look
            loader = await traffic.next_loader(loader)
        await traffic.loaded(loader)
        return await self._look_at_rest(url, token, loader, traffic)

    async def _look_at_rest(self, url: str, token: str, loader: str, traffic: Traffic) -> dict[str, Any]:
        """What is seen once the page has what it asked for as it loaded."""
        while True:
            await traffic.at_rest(loader)
            look = await self._look(url, token, traffic.main_frame)
            if not traffic.busy(loader):
                return look

    async def _look(self, url: str, token: str, frame: str) -> dict[str, Any]:
        world = await self._devtools.send(
            "Page.createIsolatedWorld", {"frameId": frame, "worldName": "harness"}, self.session
        )
        self._world = world["executionContextId"]
        call = f"({LOOK})({json.dumps(url)}, {json.dumps(token)})"
        answer = await self._devtools.send(
            "Runtime.evaluate",
            {"expression": call, "returnByValue": True, "contextId": self._world},
            self.session,
        )
        if "exceptionDetails" in answer:
            raise ProtocolError(f"looking at the page failed: {answer['exceptionDetails'].get('text', '')}")
        return dict(answer["result"]["value"])

    async def ask(self, expression: str) -> Any:
        """What a JavaScript expression comes to, in a world of its own of the page that is shown, whose scripts cannot
        change it. Raises ProtocolError."""
        frame = (await self.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
        world = await self.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "harness"})
        how = {"returnByValue": True, "awaitPromise": True, "contextId": world["executionContextId"]}
        answer = await self.send("Runtime.evaluate", {"expression": expression, **how})
        if "exceptionDetails" in answer:
            raise ProtocolError(f"asking the page failed: {answer['exceptionDetails'].get('text', '')}")
        return answer["result"].get("value")

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of a DevTools command to the tab. Raises ProtocolError, BrowserGone."""
        return await self._devtools.send(method, params, self.session)

    async def screenshot(self, seconds: float = 5.0) -> bytes:
        """The tab as a JPEG of what is in view, b"" when it cannot be had in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                for _ in range(10):
                    with contextlib.suppress(ProtocolError):  # a busy browser refuses until it has drawn
                        if picture := await self._picture():
                            return picture
                    await asyncio.sleep(PICTURE_SECONDS)
        return b""

    async def _picture(self) -> bytes:
        if self._frames:
            return await self._frames.draw(self.session, picture=True)
        return base64.b64decode((await self.send("Page.captureScreenshot", JPEG))["data"])

    async def clear(self, sight: Sight) -> None:
        """Remove what the visit left that others may see: cookies; in the browser's own profile, which tabs share, also
        the storage of every origin it touched, to which a tab in a profile of its own never goes again."""
        touched = map(urlsplit, [] if self._profile else [*sight.chain, *(asset.url for asset in sight.assets)])
        origins = {f"{part.scheme}://{part.netloc}" for part in touched if part.scheme in ("http", "https")}
        try:
            async with asyncio.timeout(5):
                await asyncio.gather(
                    self._devtools.send("Storage.clearCookies", self._profile),
                    *(
                        self._devtools.send(
                            "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"}, self.session
                        )
                        for origin in origins
                    ),
                )
        except (TimeoutError, ProtocolError):
            self.worn = True

    async def close(self) -> None:
        """Dispose of the profile with all its tabs; in the browser's own profile, of the tab and its popups."""
        try:
            async with asyncio.timeout(5):
                if self._profile:
                    await self._devtools.send("Target.disposeBrowserContext", self._profile)
                    return
                for target in (*self._popups, self.target):
                    with contextlib.suppress(ProtocolError):  # it has closed itself
                        await self._devtools.send("Target.closeTarget", {"targetId": target})
        except (TimeoutError, ProtocolError, BrowserGone):
            return
        finally:
            self._devtools.forget(self.session)
