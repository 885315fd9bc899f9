"""Frames of tabs that draw none by themselves. Drawing is a fifth of what a page costs, and hardly any is looked at;
a headless shell leaves it out and draws on demand (DevTools protocol, HeadlessExperimental.beginFrame)."""

import asyncio
import base64
from typing import Any

from harness.browser.devtools import DevTools, ProtocolError

REQUIRED = "--run-all-compositor-stages-before-draw"  # a frame has all that there is, or is not drawn
ON_DEMAND = {"enableBeginFrameControl": True}  # for Target.createTarget
LOST_SECONDS = 20.0  # a page that draws for so long, or graphics that died meanwhile, hold up the others no more
JPEG = {"format": "jpeg", "quality": 60, "optimizeForSpeed": True}


class Frames:
    """Those of one browser. One is under way at a time: its graphics process dies of two."""

    def __init__(self, devtools: DevTools) -> None:
        self._devtools = devtools
        self._turn = asyncio.Lock()

    async def draw(self, session: str, picture: bool = False) -> bytes:
        """Have the tab draw one; returns it as a JPEG if it is to be a `picture`, b"" when it has not come about. A
        page that does not answer is waited for. Raises ProtocolError, BrowserGone."""
        # Drawing a page that hangs would hold up all others.
        await self._devtools.send("Runtime.evaluate", {"expression": "0"}, session)
        await self._turn.acquire()
        drawing = asyncio.create_task(self._begin(session, {"screenshot": JPEG} if picture else {}))
        drawing.add_done_callback(self._drawn)
        answer = await asyncio.shield(drawing)  # it goes on when nobody waits any more
        return base64.b64decode(answer.get("screenshotData", ""))

    async def _begin(self, session: str, params: dict[str, Any]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(LOST_SECONDS):
                return await self._devtools.send("HeadlessExperimental.beginFrame", params, session)
        except TimeoutError:
            raise ProtocolError(f"no frame within {LOST_SECONDS:.0f} s") from None

    def _drawn(self, drawing: asyncio.Task[dict[str, Any]]) -> None:
        self._turn.release()
        if not drawing.cancelled():
            drawing.exception()  # seen, also where nobody waits
