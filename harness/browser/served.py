"""The DevTools protocol of a Chromium behind a Playwright server, carried by Playwright's own connection.

Playwright drops what comes for flattened sessions that it did not make itself, and passes on what comes for the
browser's own. So each session of ours is a nested one: its messages travel as text within those of the browser's.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from playwright.async_api import Browser, CDPSession, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from harness.model.errors import BrowserGone

CONNECT_SECONDS = 10.0
# Of the browser itself; those that a tab listens to.
EVENTS = ("Target.targetCreated", "Browser.downloadWillBegin", "Browser.downloadProgress")


class Served:
    """Made by `connect`; takes and gives messages as a DevTools WebSocket does."""

    def __init__(self, playwright: Playwright, browser: Browser, session: CDPSession) -> None:
        self._playwright, self._browser, self._session = playwright, browser, session
        self._texts: asyncio.Queue[str] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        session.on("Target.receivedMessageFromTarget", self._nested)
        for method in EVENTS:
            session.on(method, partial(self._event, method))
        browser.on("disconnected", lambda _: self._texts.put_nowait(""))

    @classmethod
    async def connect(cls, url: str) -> "Served":
        """Connect to a Playwright server's address. Raises BrowserGone with Playwright's words."""
        playwright = await async_playwright().start()
        try:
            browser = await playwright.chromium.connect(url, timeout=1000 * CONNECT_SECONDS)
            return cls(playwright, browser, await browser.new_browser_cdp_session())
        except PlaywrightError as error:
            await playwright.stop()
            said = re.sub(r"[\s═║╔╗╚╝]+", " ", error.message.partition("Call log:")[0])
            raise BrowserGone(f"no Playwright server that can be used: {said[:1000].strip()}") from None

    async def send(self, text: str) -> None:
        """Send one command; its answer comes as a message."""
        task = asyncio.create_task(self._carry(json.loads(text)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def __aiter__(self) -> AsyncIterator[str]:
        """Every message, until the connection is closed."""
        while text := await self._texts.get():
            yield text

    async def close(self) -> None:
        """Disconnect; whatever the connection made in the browser goes, the browser stays as its server will."""
        await self._browser.close()
        await self._playwright.stop()

    async def _carry(self, message: dict[str, Any]) -> None:
        session = message.pop("sessionId", "")
        method, params = message["method"], message["params"]
        if session:
            method, params = "Target.sendMessageToTarget", {"sessionId": session, "message": json.dumps(message)}
        elif method == "Target.attachToTarget":
            params = {**params, "flatten": False}
        try:
            result = await self._session.send(method, params)
        except PlaywrightError as error:
            self._say({"id": message["id"], "error": {"message": error.message}})
            return
        if not session:
            self._say({"id": message["id"], "result": result})

    def _nested(self, event: dict[str, Any]) -> None:
        self._say({**json.loads(event["message"]), "sessionId": event["sessionId"]})

    def _event(self, method: str, params: dict[str, Any]) -> None:
        self._say({"method": method, "params": params})

    def _say(self, message: dict[str, Any]) -> None:
        self._texts.put_nowait(json.dumps(message))
