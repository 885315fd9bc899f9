"""Pages on paper: a file of HTML printed as PDF by a browser that reaches nothing else."""

import asyncio
import base64
from pathlib import Path

from harness.browser.chromium import Chromium
from harness.browser.devtools import DevTools, ProtocolError
from harness.model.errors import BrowserGone

SECONDS = 300.0  # for one document; hundreds of pages take some seconds
HOW = {
    "preferCSSPageSize": True,
    "printBackground": True,
    "generateTaggedPDF": True,
    "generateDocumentOutline": True,
    "transferMode": "ReturnAsStream",
}


class Paper:
    """A browser to print with, for as long as the context lasts. Raises BrowserGone when it does not start."""

    def __init__(self, executable: Path) -> None:
        self._browser = Chromium(executable, ())

    async def __aenter__(self) -> "Paper":
        await self._browser.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._browser.stop()

    async def printed(self, page: Path) -> bytes:
        """The PDF of the HTML file: tagged, with an outline of its headings, on the paper its styles ask for. Raises
        BrowserGone when the browser dies or takes too long."""
        devtools = self._browser.devtools
        if devtools is None:
            raise BrowserGone("the browser is not running")
        try:
            async with asyncio.timeout(SECONDS):
                return await _printed(devtools, page)
        except (TimeoutError, ProtocolError) as error:
            raise BrowserGone(f"the browser did not print {page.name}: {error or f'not in {SECONDS:.0f} s'}") from None


async def _printed(devtools: DevTools, page: Path) -> bytes:
    target = (await devtools.send("Target.createTarget", {"url": "about:blank"}))["targetId"]
    session = (await devtools.send("Target.attachToTarget", {"targetId": target, "flatten": True}))["sessionId"]
    loaded = asyncio.Event()
    devtools.on(session, "Page.loadEventFired", lambda told: loaded.set())
    await devtools.send("Page.enable", session=session)
    await devtools.send("Page.navigate", {"url": page.resolve().as_uri()}, session)
    await loaded.wait()
    stream = (await devtools.send("Page.printToPDF", HOW, session))["stream"]
    pieces, ended = [], False
    while not ended:
        piece = await devtools.send("IO.read", {"handle": stream}, session)
        pieces.append(base64.b64decode(piece["data"]) if piece.get("base64Encoded") else piece["data"].encode())
        ended = piece["eof"]
    devtools.forget(session)
    await devtools.send("Target.closeTarget", {"targetId": target})
    return b"".join(pieces)
