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
from harness.browser.sight import Sight
from harness.browser.traffic import Traffic
from harness.model.errors import BrowserGone
from harness.model.words import End

LOOK = resources.files("harness.browser").joinpath("look.js").read_text("utf-8")
HOPS = 5  # client-side redirects followed
REFRESH_SECONDS = 2.0  # a longer meta refresh is part of the page, not of the way to it
VISITS = 200  # after so many a tab gets a new profile


class Tab:
    """Made by `open`; `worn` says that the next visit needs a new one."""

    def __init__(
        self, devtools: DevTools, profile: dict[str, str], target: str, session: str, downloads: Path | None
    ) -> None:
        self._devtools = devtools
        self._profile = profile
        self.target = target
        self._session = session
        self._downloads = downloads
        self._popups: set[str] = set()
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
    ) -> "Tab":
        """A new profile (browser context) and a tab in it; `lasting`, a tab in the browser's own profile. Files go
        to `downloads`; without it, none is taken, as with a browser whose files are not ours to read."""
        profile: dict[str, str] = {}
        if not lasting:
            rules = {"proxyServer": proxy, "proxyBypassList": ",".join(("<-loopback>", *bypass))} if proxy else {}
            made = await devtools.send("Target.createBrowserContext", {**rules, "disposeOnDetach": True})
            profile = {"browserContextId": made["browserContextId"]}
        target = (await devtools.send("Target.createTarget", {"url": "about:blank", **profile}))["targetId"]
        session = (await devtools.send("Target.attachToTarget", {"targetId": target, "flatten": True}))["sessionId"]
        taken = {"behavior": "allowAndName", "downloadPath": str(downloads)} if downloads else {"behavior": "deny"}
        await asyncio.gather(
            devtools.send("Page.enable", session=session),
            devtools.send("Page.setLifecycleEventsEnabled", {"enabled": True}, session),
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
        return cls(devtools, profile, target, session, downloads)

    async def visit(self, url: str, token: str, seconds: float) -> Sight:
        """Open the URL and look for the token. Always returns a sight; raises BrowserGone only."""
        sight = Sight(requested_url=url)
        traffic = Traffic(self._devtools, self._session, self.target, self._downloads or Path(), sight)
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                await self._go(url, token, sight, traffic)
        except TimeoutError:
            sight.end, self.worn = (End.CRASH if traffic.crashed else End.TIMEOUT), True
        except ProtocolError as error:
            sight.end, sight.fault, self.worn = (End.CRASH if traffic.crashed else End.FAULT), str(error), True
        sight.duration_ms = round(1000 * (time.monotonic() - started))
        sight.chain, sight.assets = traffic.chain, traffic.finished_assets()
        sight.popups, sight.dialogs = len(traffic.popups), traffic.dialogs
        self._popups |= traffic.popups
        self._visits += 1
        self.worn = (
            self.worn or traffic.crashed or bool(sight.popups) or traffic.strict_transport or self._visits >= VISITS
        )
        return sight

    async def _go(self, url: str, token: str, sight: Sight, traffic: Traffic) -> None:
        answer = await traffic.unless_crashed(self._devtools.send("Page.navigate", {"url": url}, self._session))
        loader, error = answer.get("loaderId", ""), answer.get("errorText", "")
        if answer.get("isDownload") or (error == "net::ERR_ABORTED" and traffic.download_begun):
            sight.end, sight.body_digest = End.DOWNLOAD, await traffic.unless_crashed(traffic.downloaded())
            self.worn = True
            return
        if error == "net::ERR_ABORTED":  # an answer without content: the tab stays where it was
            sight.end, sight.error, sight.status = End.NETWORK_ERROR, error, traffic.status
            return
        if error:
            sight.error = traffic.main_error or error
            await traffic.unless_crashed(traffic.loaded(loader))
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
            await traffic.unless_crashed(traffic.loaded(loader))
            try:
                look = await self._look_at_rest(url, token, loader, traffic)
            except ProtocolError:
                if traffic.crashed or traffic.loader_after(loader) is None:
                    raise
                look = {"seen": False, "delay": -1.0}  # the document left while it was looked at
            later = traffic.loader_after(loader)
            if look["seen"] or (later is None and not 0 <= look["delay"] <= REFRESH_SECONDS):
                return look
            loader = await traffic.unless_crashed(traffic.next_loader(loader))
        await traffic.unless_crashed(traffic.loaded(loader))
        return await self._look_at_rest(url, token, loader, traffic)

    async def _look_at_rest(self, url: str, token: str, loader: str, traffic: Traffic) -> dict[str, Any]:
        """What is seen once the page has what it asked for as it loaded."""
        while True:
            await traffic.unless_crashed(traffic.at_rest(loader))
            look = await traffic.unless_crashed(self._look(url, token, traffic.main_frame))
            if not traffic.busy(loader):
                return look

    async def _look(self, url: str, token: str, frame: str) -> dict[str, Any]:
        world = await self._devtools.send(
            "Page.createIsolatedWorld", {"frameId": frame, "worldName": "harness"}, self._session
        )
        call = f"({LOOK})({json.dumps(url)}, {json.dumps(token)})"
        answer = await self._devtools.send(
            "Runtime.evaluate",
            {"expression": call, "returnByValue": True, "contextId": world["executionContextId"]},
            self._session,
        )
        if "exceptionDetails" in answer:
            raise ProtocolError(f"looking at the page failed: {answer['exceptionDetails'].get('text', '')}")
        return dict(answer["result"]["value"])

    async def screenshot(self, seconds: float = 5.0) -> bytes:
        """The tab as a JPEG of what is in view, b"" when it cannot be had in time."""
        how = {"format": "jpeg", "quality": 60, "optimizeForSpeed": True}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                for _ in range(5):
                    try:
                        answer = await self._devtools.send("Page.captureScreenshot", how, self._session)
                        return base64.b64decode(answer["data"])
                    except ProtocolError:  # a busy browser refuses until it has drawn
                        await asyncio.sleep(0.2)
        return b""

    async def clear(self, sight: Sight) -> None:
        """Remove what the visit left in the profile: cookies, and the storage of every origin it touched."""
        origins = {
            f"{part.scheme}://{part.netloc}"
            for part in map(urlsplit, [*sight.chain, *(asset.url for asset in sight.assets)])
        }
        try:
            async with asyncio.timeout(5):
                await asyncio.gather(
                    self._devtools.send("Storage.clearCookies", self._profile),
                    *(
                        self._devtools.send(
                            "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"}, self._session
                        )
                        for origin in origins
                        if origin.startswith("http")
                    ),
                )
        except (TimeoutError, ProtocolError):
            self.worn = True

    async def close(self) -> None:
        """Dispose of the profile with all its tabs; in the browser's own profile, of the tab and its popups."""
        self._devtools.forget(self._session)
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
