"""What the last page has left in a tab that reaches other hosts."""

import asyncio
from collections.abc import Mapping
from typing import Any

from harness.browser.devtools import DevTools, ProtocolError

LOOK_SECONDS = 1.0  # an idle page answers within milliseconds
# Of these a page hears as it is left, too late for anybody to look at what it does then.
LAST_WORDS = frozenset(("beforeunload", "pagehide", "unload", "visibilitychange"))


async def left(devtools: DevTools, session: str, profile: Mapping[str, str], frame: str, world: int) -> bool:
    """Whether the page in the tab has named its window, set a cookie since they were cleared, holds other pages, can
    act as it is left, does not answer, or is not the one that was looked at in `world` (0 if none was). The tab's
    history is emptied."""

    async def send(method: str, **params: Any) -> dict[str, Any]:
        return await devtools.send(method, params, session)

    async def listens(target: str) -> bool:
        held = (await send("Runtime.evaluate", expression=target))["result"]["objectId"]
        found = (await send("DOMDebugger.getEventListeners", objectId=held))["listeners"]
        return any(item["type"] in LAST_WORDS for item in found)

    async def last_words() -> bool:
        if not (await send("Memory.getDOMCounters"))["jsEventListeners"]:  # in the whole process
            return False
        return any(await asyncio.gather(listens("window"), listens("document")))

    async def named() -> bool:
        asked = 'window.name !== "" || window.length > 0'
        made = None if world else await send("Page.createIsolatedWorld", frameId=frame, worldName="harness")
        context = made["executionContextId"] if made else world
        return bool((await send("Runtime.evaluate", expression=asked, contextId=context))["result"]["value"])

    async def cookies() -> bool:
        return bool(profile) and bool((await devtools.send("Storage.getCookies", dict(profile)))["cookies"])

    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await send("Page.resetNavigationHistory")
            return any(await asyncio.gather(last_words(), named(), cookies()))
    except (TimeoutError, ProtocolError, KeyError):
        return True
