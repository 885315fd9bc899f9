"""Tabs that draw on demand show and see what others do, one frame at a time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from harness.browser import frames, tab
from harness.browser.chromium import Chromium
from harness.browser.devtools import DevTools, ProtocolError
from harness.browser.find import find, is_shell
from harness.browser.frames import Frames
from harness.model.errors import BrowserGone
from harness.model.words import End

SLOW_SECONDS = 1.2  # in which at least two frames are drawn
PAGES = {
    b"/frames": b"""<title>Waits</title><script>
let drawn = 0;
const tick = () => { if (++drawn < 2) requestAnimationFrame(tick); else document.title = "drawn"; };
requestAnimationFrame(tick);
fetch("/slow");
</script>""",
    b"/view": b"""<title>Waits</title><p style="height: 40px">A line</p><script>
const seen = new IntersectionObserver(([item]) => { if (item.isIntersecting) document.title = "in view"; });
seen.observe(document.querySelector("p"));
fetch("/slow");
</script>""",
    b"/hang": b"<p>token</p><script>onload = () => setTimeout(() => { for (;;); }, 0); fetch('/slow')</script>",
    b"/hang-drawn": b"<p>token</p><script>requestAnimationFrame(() => { for (;;); }); fetch('/slow')</script>",
    b"/blue": b"<body style='background: #0a5'><h1>Green</h1><p>token</p></body>",
}


@contextlib.asynccontextmanager
async def standing(still: bool = True) -> AsyncIterator[tuple[Chromium, str]]:
    """A browser, and where the pages are."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split()[1].partition(b"?")[0]
                if path == b"/slow":
                    await asyncio.sleep(SLOW_SECONDS)
                body = PAGES.get(path, b"")
                kind = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
                writer.write(kind % len(body) + body)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    browser = Chromium(find(), (), still=still)
    try:
        await browser.start()
        yield browser, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        await browser.stop()
        server.close()


async def graphics(browser: Chromium) -> list[int]:
    """The numbers of its graphics processes."""
    assert browser.devtools
    found = (await browser.devtools.send("SystemInfo.getProcessInfo"))["processInfo"]
    return [item["id"] for item in found if item["type"] == "GPU"]


@pytest.mark.browser
@pytest.mark.parametrize(("path", "title"), [("/frames", "drawn"), ("/view", "in view")])
def test_pages_that_wait_for_frames_get_some(path: str, title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def titles() -> tuple[str, str]:
        async with standing() as (browser, at):
            drawn = await (await browser.tab("")).visit(at + path, "token", 30)
            monkeypatch.setattr(tab, "FRAME_SECONDS", 60.0)
            return drawn.title, (await (await browser.tab("")).visit(at + path, "token", 30)).title

    # Where the program cannot do otherwise, it draws by itself.
    assert asyncio.run(titles()) == (title, "Waits" if is_shell(find()) else title)


@pytest.mark.browser
def test_pictures_are_those_of_tabs_that_draw_by_themselves() -> None:
    async def pictures(still: bool) -> list[bytes]:
        async with standing(still) as (browser, at):
            tabs = [await browser.tab("") for _ in range(3)]
            await tabs[0].screenshot()
            before = await graphics(browser)

            async def some(number: int) -> list[bytes]:
                taken = []
                for visit in range(4):
                    sight = await tabs[number].visit(f"{at}/blue?{number}-{visit}", "token", 30)
                    assert (sight.end, sight.token_seen) == (End.PAGE, True)
                    taken.append(await tabs[number].screenshot())
                return taken

            found = await asyncio.gather(*map(some, range(3)))
            assert await graphics(browser) == before  # two frames at once would have ended it
            return [picture for taken in found for picture in taken]

    drawn, itself = asyncio.run(pictures(True)), asyncio.run(pictures(False))
    assert {picture[:3] for picture in drawn} == {b"\xff\xd8\xff"}
    assert set(drawn) == set(itself)


@pytest.mark.browser
def test_a_page_that_hangs_keeps_no_other_from_being_drawn() -> None:
    async def life() -> None:
        async with standing() as (browser, at):
            hanging, beside = await browser.tab(""), await browser.tab("")
            visit = asyncio.create_task(hanging.visit(f"{at}/hang", "token", 8))
            sight = await beside.visit(f"{at}/blue", "token", 30)
            assert sight.token_seen
            await asyncio.sleep(1)
            assert await beside.screenshot(5)
            assert not visit.done()
            assert (await visit).end is End.TIMEOUT
            assert await hanging.screenshot(1.5) == b""
            await hanging.close()
            assert await beside.screenshot(5)

    asyncio.run(life())


@pytest.mark.browser
def test_a_page_that_hangs_as_it_is_drawn_is_over_with_its_tab() -> None:
    async def life() -> None:
        async with standing() as (browser, at):
            hanging, beside = await browser.tab(""), await browser.tab("")
            before = await graphics(browser)
            assert (await hanging.visit(f"{at}/hang-drawn", "token", 3)).end is End.TIMEOUT
            assert hanging.worn
            assert (await beside.visit(f"{at}/blue", "token", 30)).token_seen
            await hanging.close()
            for number in range(3):
                assert (await beside.visit(f"{at}/blue?{number}", "token", 30)).token_seen
                assert await beside.screenshot()
            assert await graphics(browser) == before

    asyncio.run(life())


@pytest.mark.browser
def test_a_program_that_does_not_draw_on_demand_draws_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tab, "ON_DEMAND", {"enableBeginFrameControl": False})

    async def life() -> None:
        async with standing() as (browser, at):
            plain = await browser.tab("")
            assert (await plain.visit(f"{at}/frames", "token", 30)).title == "drawn"
            assert (await plain.screenshot()).startswith(b"\xff\xd8\xff")

    asyncio.run(life())


class Told:
    """A DevTools connection whose answers come when they are told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, asyncio.Future[dict[str, Any]]]] = []

    async def send(self, method: str, params: dict[str, Any] | None = None, session: str = "") -> dict[str, Any]:
        if method == "Runtime.evaluate":
            return {}
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.asked.append((session, future))
        return await future


def test_one_frame_is_under_way_at_a_time_also_when_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def life() -> None:
        told = Told()
        on_demand = Frames(told)  # type: ignore[arg-type]
        first, second = asyncio.create_task(on_demand.draw("a")), asyncio.create_task(on_demand.draw("b"))
        await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.sleep(0.01)
        assert [session for session, _ in told.asked] == ["a"]  # which the browser still draws
        told.asked[0][1].set_result({})
        await asyncio.sleep(0.01)
        assert [session for session, _ in told.asked] == ["a", "b"]
        told.asked[1][1].set_exception(BrowserGone("gone"))
        with pytest.raises(BrowserGone):
            await second
        third = asyncio.create_task(on_demand.draw("c", picture=True))
        await asyncio.sleep(0.01)
        told.asked[2][1].set_result({"screenshotData": "aGk="})
        assert await third == b"hi"
        monkeypatch.setattr(frames, "LOST_SECONDS", 0.02)
        with pytest.raises(ProtocolError, match="no frame within"):
            await on_demand.draw("d")

    asyncio.run(life())


class Silent:
    """A wire on which nothing comes."""

    async def send(self, text: str, /) -> None: ...
    def __aiter__(self) -> AsyncIterator[str | bytes]:
        async def nothing() -> AsyncIterator[str | bytes]:
            await asyncio.Event().wait()
            yield ""

        return nothing()

    async def close(self) -> None: ...


def test_what_a_session_that_has_ended_was_asked_is_refused() -> None:
    async def life() -> None:
        devtools = DevTools(Silent())
        asked = asyncio.create_task(devtools.send("Page.enable", session="a"))
        other = asyncio.create_task(devtools.send("Page.enable", session="b"))
        await asyncio.sleep(0.01)
        devtools.forget("a")
        with pytest.raises(ProtocolError, match="has ended"):
            await asked
        assert not other.done()
        other.cancel()
        devtools._reading.cancel()

    asyncio.run(life())
