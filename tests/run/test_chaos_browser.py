"""What happens to a browser's processes in the middle of a page is a fault of the browser, never what the page was."""

import asyncio
import contextlib
from collections.abc import Callable

import psutil
import pytest

from bench.soak import faults
from harness.browser.chromium import Chromium
from harness.browser.find import find
from harness.browser.sight import Sight
from harness.model.words import End

pytestmark = pytest.mark.browser

HALF = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<title>Half</title><p>The first half"
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\n<p>token-0"


async def struck(wanted: Callable[[list[str]], bool]) -> tuple[list[Sight], bool]:
    """What two visits saw, the second of a page of which half had come when the process was killed; and whether the tab
    may be used again."""
    half = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            writer.write(HALF if b"/half" in head else WHOLE)
            await writer.drain()
            if b"/half" in head:
                half.set()

    browser = Chromium(find(), ())
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        await browser.start()
        tab = await browser.tab("")
        first = await tab.visit(f"http://127.0.0.1:{port}/", "token-0", 30)
        second = asyncio.create_task(tab.visit(f"http://127.0.0.1:{port}/half", "token-1", 30))
        await half.wait()
        await asyncio.sleep(0.3)
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended by itself
                if wanted(process.cmdline() or [""]):
                    process.kill()
        return [first, await second], tab.worn
    finally:
        await browser.stop()
        server.close()


@pytest.mark.parametrize(
    ("wanted", "end"), [(faults.network_service, End.FAULT), (faults.renderer, End.CRASH)], ids=["network", "renderer"]
)
def test_a_page_cut_off_by_the_death_of_its_process_is_a_fault(wanted: Callable[[list[str]], bool], end: End) -> None:
    (first, second), worn = asyncio.run(struck(wanted))
    assert (first.end, first.token_seen) == (End.PAGE, True)
    assert (second.end, second.token_seen, worn) == (end, False, True)
