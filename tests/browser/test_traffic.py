"""A page is looked at once it has what it asked for as it loaded: told from the events of a browser that is none."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from harness.browser import traffic as traffics
from harness.browser.devtools import DevTools
from harness.browser.sight import Sight
from harness.browser.traffic import Traffic

PAGE, NEXT = "page", "next"
MAIN, FRAME = "main frame", "another frame"


class Wire:
    """Says what it is told to say."""

    def __init__(self) -> None:
        self._said: asyncio.Queue[str] = asyncio.Queue()

    def say(self, method: str, **event: Any) -> None:
        self._said.put_nowait(json.dumps({"sessionId": "tab", "method": method, "params": event}))

    def sent(self, request: str, kind: str = "XHR", loader: str = PAGE, frame: str = MAIN) -> None:
        url = {"url": f"http://page.test/{request}"}
        self.say("Network.requestWillBeSent", requestId=request, loaderId=loader, frameId=frame, type=kind, request=url)

    def received(self, request: str, kind: str = "XHR") -> None:
        answer = {"status": 200, "headers": {}}
        self.say("Network.responseReceived", requestId=request, frameId=MAIN, type=kind, response=answer)

    def finished(self, request: str) -> None:
        self.say("Network.loadingFinished", requestId=request)

    async def send(self, text: str, /) -> None:
        raise AssertionError(text)

    async def __aiter__(self) -> AsyncIterator[str]:
        while True:
            yield await self._said.get()

    async def close(self) -> None:
        return


Script = Callable[[Wire, Traffic], Coroutine[Any, Any, None]]


async def soon() -> None:
    """Until what was said has been heard."""
    for _ in range(50):
        await asyncio.sleep(0)


def rested(script: Script, then: Script | None = None) -> float:
    """Seconds that a page waits once it has loaded and the script has run; `then` runs meanwhile."""

    async def life() -> float:
        wire = Wire()
        devtools = DevTools(wire)
        traffic = Traffic(devtools, "tab", MAIN, Path(), Sight("http://page.test/"))
        wire.sent(PAGE, "Document")
        wire.received(PAGE, "Document")
        wire.finished(PAGE)
        await script(wire, traffic)
        await soon()
        meanwhile = asyncio.create_task(then(wire, traffic)) if then else None
        loop = asyncio.get_running_loop()
        started, seconds = loop.time(), 0.0
        while traffic.busy(PAGE):
            await traffic.at_rest(PAGE)
            seconds = loop.time() - started
        if meanwhile:
            await meanwhile
        devtools._reading.cancel()
        return seconds

    return asyncio.run(life())


@pytest.fixture(autouse=True)
def sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffics, "QUIET_SECONDS", 0.2)
    monkeypatch.setattr(traffics, "REST_SECONDS", 60)


async def nothing(wire: Wire, traffic: Traffic) -> None:
    return


async def ended(wire: Wire, traffic: Traffic) -> None:
    for number, kind in enumerate(("Image", "Script", "Stylesheet", "XHR", "Document")):
        wire.sent(str(number), kind, frame=FRAME)
        wire.received(str(number), kind)
        wire.finished(str(number))
    wire.sent("lost", "Image")
    wire.say("Network.loadingFailed", requestId="lost", errorText="net::ERR_FAILED")


async def endless(wire: Wire, traffic: Traffic) -> None:
    for kind in ("EventSource", "Media", "Ping"):
        wire.sent(kind, kind)
    wire.sent("worker.js", "Script", loader="")
    wire.say("Network.webSocketCreated", requestId="socket", url="ws://page.test/")


async def left_behind(wire: Wire, traffic: Traffic) -> None:
    """What the document before asked for says no more."""
    wire.sent("poll")
    wire.sent(NEXT, "Document", loader=NEXT)
    wire.received(NEXT, "Document")


@pytest.mark.parametrize("script", [nothing, ended, endless, left_behind])
def test_a_page_with_nothing_under_way_is_looked_at_at_once(script: Script) -> None:
    assert rested(script) == 0


@pytest.mark.parametrize("kind", ["XHR", "Script", "Image", "Document"])
def test_what_is_under_way_is_waited_for_and_what_it_asks_for_too(kind: str) -> None:
    async def asks(wire: Wire, traffic: Traffic) -> None:
        wire.sent("one", kind, frame=FRAME)

    async def goes_on(wire: Wire, traffic: Traffic) -> None:
        await asyncio.sleep(0.05)
        wire.finished("one")
        wire.sent("two", kind, frame=FRAME)
        await asyncio.sleep(0.15)
        assert traffic.busy(PAGE)
        wire.finished("two")

    assert 0.35 <= rested(asks, goes_on) < 30


def test_a_fetch_may_be_left_unread() -> None:
    async def unread(wire: Wire, traffic: Traffic) -> None:
        wire.sent("one", "Fetch")
        wire.received("one", "Fetch")

    assert 0.15 <= rested(unread) < 30


def test_waiting_is_bounded_over_the_whole_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffics, "REST_SECONDS", 0.3)

    async def polls(wire: Wire, traffic: Traffic) -> None:
        wire.sent("poll")

    async def has_waited(wire: Wire, traffic: Traffic) -> None:
        wire.sent("poll")
        await soon()
        await traffic.at_rest(PAGE)
        assert not traffic.busy(PAGE)
        wire.sent("again")

    assert 0.25 <= rested(polls) < 30
    assert rested(has_waited) == 0


def test_a_page_that_leaves_is_not_waited_for() -> None:
    async def polls(wire: Wire, traffic: Traffic) -> None:
        wire.sent("poll")

    async def leaves(wire: Wire, traffic: Traffic) -> None:
        await asyncio.sleep(0.05)
        wire.sent(NEXT, "Document", loader=NEXT)

    assert 0.05 <= rested(polls, leaves) < 30


def test_where_a_page_leads_and_the_browser_does_not_go_stands_the_browser_s_own_page() -> None:
    async def refused(wire: Wire, traffic: Traffic) -> None:
        wire.say(
            "Network.loadingFailed", requestId=NEXT, type="Document", errorText="net::ERR_BLOCKED_BY_ADMINISTRATOR"
        )
        page = {"id": MAIN, "loaderId": NEXT, "url": "chrome-error://chromewebdata/"}
        wire.say("Page.frameNavigated", frame={**page, "unreachableUrl": "http://refused.test/"})
        await asyncio.wait_for(traffic.next_loader(PAGE), 5)
        assert traffic.main_error == "net::ERR_BLOCKED_BY_ADMINISTRATOR"
        wire.say("Page.loadEventFired")
        await asyncio.wait_for(traffic.loaded(NEXT), 5)

    assert rested(refused) == 0


def test_a_frame_that_the_browser_refuses_is_no_document_of_the_page_s() -> None:
    async def refused(wire: Wire, traffic: Traffic) -> None:
        page = {"id": FRAME, "loaderId": NEXT, "url": "chrome-error://chromewebdata/"}
        wire.say("Page.frameNavigated", frame={**page, "unreachableUrl": "http://refused.test/"})
        await soon()
        assert traffic.loader_after(PAGE) is None

    assert rested(refused) == 0
