"""The events of one visit: the main frame's way, its answer, its sub-resources, and whatever got in between."""

import asyncio
import base64
import contextlib
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from harness.browser.devtools import DevTools, ProtocolError
from harness.browser.sight import CHALLENGE, Sight
from harness.model import canonical
from harness.model.errors import BrowserGone
from harness.model.observation import Asset

ASSETS_KEPT = 200
HEADERS_KEPT = 40
HEADER_LENGTH = 500
QUIET_SECONDS = 0.1  # nothing under way for so long, and what came is in the page
REST_SECONDS = 1.5  # a visit waits for that no longer than this in all
ENDLESS = frozenset(("EventSource", "Media", "Ping"))
REPLACED_SECONDS = 1.0  # in which a document that was given up has its successor
WITHOUT_CONTENT = (204, 205)
WORKERS = frozenset(("service_worker", "shared_worker"))  # which may outlive their page
Result = TypeVar("Result")


class Traffic:
    """Listens to a session for the length of one visit; the next visit's listeners replace it."""

    def __init__(
        self, devtools: DevTools, session: str, target: str, downloads: Path, sight: Sight, profile: str = ""
    ) -> None:
        self._devtools, self._session, self.main_frame = devtools, session, target
        self._downloads, self._profile = downloads, profile
        self.chain: list[str] = []
        self.status, self.mime, self.issuer, self.main_error = 0, "", "", ""
        self.headers: list[tuple[str, str]] = []
        self.popups: set[str] = set()
        self.hosts: set[str] = set()  # of all that was asked for, also by frames
        self.dialogs = 0
        self.crashed = self.download_begun = self.strict_transport = False
        self.workers = False  # some were started in the profile
        self._assets: dict[str, Asset] = {}
        self._under_way: set[str] = set()  # requests but for the main frame's documents
        self._ended = 0.0  # when the last of them did
        self._patience = REST_SECONDS
        self._loaders: list[str] = []  # of the main frame, in order
        self._shown = ""  # the document that is there
        self._loads: set[str] = set()
        self._refused: dict[str, str] = {}  # documents that were never asked for, and why
        self._begun: set[str] = set()  # documents whose answer has begun to arrive
        self._changed = asyncio.Event()
        self._crash = asyncio.Event()
        self._download: dict[str, str] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        for method, handler in (
            ("Network.requestWillBeSent", self._sent),
            ("Network.responseReceived", self._received),
            ("Network.loadingFinished", self._finished),
            ("Network.loadingFailed", self._failed),
            ("Page.frameNavigated", self._navigated),
            ("Page.loadEventFired", self._load),
            ("Page.javascriptDialogOpening", self._dialog),
            ("Inspector.targetCrashed", self._crashes),
        ):
            devtools.on(session, method, handler)
        for method, handler in (
            ("Target.targetCreated", self._created),
            ("Browser.downloadWillBegin", self._download_begins),
            ("Browser.downloadProgress", self._download_goes_on),
        ):
            devtools.on_browser(session, method, handler)

    def _wake(self) -> None:
        self._changed.set()

    def _sent(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        self.hosts.add(host(url))
        if event["requestId"] == event["loaderId"] and event.get("frameId") == self.main_frame:
            if event["loaderId"] not in self._loaders:
                self._loaders.append(event["loaderId"])
                self.main_error = ""
            self.chain.append(url)
            self._wake()
            return
        kind = event.get("type")
        if kind not in ENDLESS and event["loaderId"]:  # a worker's script ends in the worker, unheard
            self._under_way.add(event["requestId"])
        if kind != "Document" and not url.startswith(("data:", "blob:")) and len(self._assets) < ASSETS_KEPT:
            self._assets[event["requestId"]] = Asset(url, "pending")

    def _received(self, event: dict[str, Any]) -> None:
        answer = event["response"]
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        self.strict_transport = self.strict_transport or "strict-transport-security" in headers
        if event["requestId"] in self._loaders and event.get("frameId") == self.main_frame:
            self._begun.add(event["requestId"])
            self._under_way.clear()  # what the document before had asked for
            self.status, self.mime = int(answer["status"]), answer.get("mimeType", "")
            self.issuer = answer.get("securityDetails", {}).get("issuer", "")
            kept = sorted(headers.items())[:HEADERS_KEPT]
            self.headers = [(name[:HEADER_LENGTH], str(value)[:HEADER_LENGTH]) for name, value in kept]
        elif asset := self._assets.get(event["requestId"]):
            self._assets[event["requestId"]] = Asset(asset.url, str(int(answer["status"])))
        if event["type"] == "Fetch":  # it ends when the page has read it, which it need not do
            asyncio.get_running_loop().call_later(QUIET_SECONDS, self._finished, event)

    def _finished(self, event: dict[str, Any]) -> None:
        self._under_way.discard(event["requestId"])
        self._ended = time.monotonic()
        self._wake()

    def _failed(self, event: dict[str, Any]) -> None:
        self._finished(event)
        if event["requestId"] in self._loaders:
            self.main_error = event.get("errorText", "")
            if event["requestId"] in self._begun:  # broken off: what has come is shown, and nothing more comes
                self._loads.add(event["requestId"])
        elif asset := self._assets.get(event["requestId"]):
            self._assets[event["requestId"]] = Asset(asset.url, event.get("errorText", "failed"))
        else:
            self._refused[event["requestId"]] = event.get("errorText", "")

    def _navigated(self, event: dict[str, Any]) -> None:
        frame = event["frame"]
        if frame["id"] != self.main_frame:
            return
        self._shown = frame["loaderId"]
        if "unreachableUrl" in frame and self._shown not in self._loaders:
            # The page led to where the browser does not go, by a policy for example: its own page stands there.
            self._loaders.append(self._shown)
            self.main_error = self._refused.get(self._shown, "")
            self._wake()

    def _load(self, _: dict[str, Any]) -> None:
        self._loads.add(self._shown)
        self._wake()

    def _dialog(self, _: dict[str, Any]) -> None:
        self.dialogs += 1
        self._later(self._devtools.send("Page.handleJavaScriptDialog", {"accept": False}, self._session))

    def _crashes(self, _: dict[str, Any]) -> None:
        self.crashed = True
        self._crash.set()

    def _created(self, event: dict[str, Any]) -> None:
        target = event["targetInfo"]
        self.workers = self.workers or (target["type"] in WORKERS and target.get("browserContextId") == self._profile)
        if target.get("openerId") != self.main_frame:
            return
        # It goes with the profile after the visit; closing it now can hang the process it shares with its opener.
        self.popups.add(target["targetId"])

    def _download_begins(self, event: dict[str, Any]) -> None:
        if event.get("frameId") == self.main_frame:
            self.download_begun = True
            self._download = {"guid": event["guid"], "state": "inProgress"}

    def _download_goes_on(self, event: dict[str, Any]) -> None:
        if event["guid"] == self._download.get("guid"):
            self._download["state"] = event["state"]
            self._wake()

    def _later(self, work: Coroutine[Any, Any, Any]) -> None:
        async def quietly() -> None:
            try:
                await work
            except ProtocolError:
                return

        task = asyncio.create_task(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def unless_crashed(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of `work`. Raises ProtocolError as soon as the tab's process crashes, BrowserGone as the browser
        does."""
        task = asyncio.create_task(work)
        ends = [asyncio.create_task(event.wait()) for event in (self._crash, self._devtools.gone)]
        try:
            await asyncio.wait({task, *ends}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            if self._devtools.gone.is_set():
                raise BrowserGone("the browser is gone")
            raise ProtocolError("the tab's process crashed")
        finally:
            for item in (task, *ends):
                item.cancel()

    async def loaded(self, loader: str) -> None:
        """Wait until that document of the main frame, or one after it, has loaded."""
        await self._until(lambda: loader in self._loads or self.loader_after(loader) is not None)

    async def at_rest(self, loader: str) -> None:
        """Wait until nothing that the document asked for has been under way for a moment, or it is no longer there;
        at once when nothing is, and over a visit no longer than REST_SECONDS."""
        if not self.busy(loader):
            return
        started = time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                while (left := self._ended + QUIET_SECONDS - time.monotonic()) > 0 or self.busy(loader):
                    await self._until(lambda: not self.busy(loader))
                    await asyncio.sleep(left)
        self._patience -= time.monotonic() - started

    def busy(self, loader: str) -> bool:
        """Whether there is something to wait for before that document is looked at."""
        return bool(self._under_way) and self._patience > 0 and self.loader_after(loader) is None

    def loader_after(self, loader: str) -> str | None:
        """The newest document of the main frame if it came after `loader`."""
        if self._loaders and self._loaders[-1] != loader and loader in self._loaders:
            return self._loaders[-1]
        return None

    async def next_loader(self, loader: str) -> str:
        """Wait for a document of the main frame after `loader`."""
        await self._until(lambda: self.loader_after(loader) is not None)
        return self._loaders[-1]

    def leads_nowhere(self) -> bool:
        """Whether what was answered leaves the tab where it was: no content, or the address of another program."""
        return self.status in WITHOUT_CONTENT or (bool(self.chain) and not self.chain[-1].startswith("http"))

    async def replaced(self, loader: str) -> None:
        """Wait for what comes in the place of a document that the browser gave up without an answer that says why.
        Raises ProtocolError when nothing does."""
        try:
            async with asyncio.timeout(REPLACED_SECONDS):
                await self.next_loader(loader)
        except TimeoutError:
            raise ProtocolError("the browser gave the visit up") from None

    async def downloaded(self) -> str:
        """SHA-256 of the file downloaded, "" when the download failed; the file is removed."""
        await self._until(lambda: self._download.get("state") in ("completed", "canceled"))
        path = self._downloads / self._download["guid"]
        try:
            return canonical.digest(path.read_bytes()) if self._download["state"] == "completed" else ""
        finally:
            path.unlink(missing_ok=True)

    async def body_digest(self) -> str:
        """SHA-256 of the main document's body, "" when the browser has not kept it."""
        try:
            answer = await self._devtools.send(
                "Network.getResponseBody", {"requestId": self._loaders[-1]}, self._session
            )
        except (ProtocolError, IndexError):
            return ""
        body = answer["body"]
        return canonical.digest(base64.b64decode(body) if answer["base64Encoded"] else body)

    def challenged(self, sight: Sight) -> bool:
        """Whether a page without the token asks to prove that one is human."""
        return not sight.token_seen and CHALLENGE.search(f"{sight.title} {sight.text[:2000]}") is not None

    def finished_assets(self) -> list[Asset]:
        """The sub-resources in order of their addresses."""
        return sorted(self._assets.values(), key=lambda asset: (asset.url, asset.result))

    async def _until(self, met: Callable[[], bool]) -> None:
        while not met():
            self._changed.clear()
            await self._changed.wait()


def host(address: str) -> str:
    """Of an address as the browser writes it; "" where there is none."""
    with contextlib.suppress(ValueError):
        return urlsplit(address).hostname or "" if address.startswith("http") else ""
    return ""
