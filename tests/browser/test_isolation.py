"""One case never changes what the next one's page sees: a page does its worst, and the page after it, in the same tab
as far as it is used again, and the page beside it find what they find without it."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.browser.chromium import Chromium
from harness.browser.devtools import ProtocolError
from harness.browser.find import find
from harness.browser.tab import Tab
from harness.internet.client import Internet
from harness.model.words import Arm, End
from tests.browser import worst
from tests.browser.worst import Worst

pytestmark = pytest.mark.browser

SECONDS = 30.0
TOLD = "document.title === 'told' && document.body.innerText"


@dataclass(frozen=True)
class Seen:
    """What a visit saw, and what the page there told in the end."""

    told: str
    end: End
    error: str
    status: int
    token_seen: bool
    chain: tuple[str, ...]
    popups: int
    dialogs: int


class Ground:
    """A browser and the replayed Internet, on an event loop of their own."""

    def __init__(self, runner: asyncio.Runner, work: Path, internet: Internet, browser: Chromium) -> None:
        self.run = runner.run
        self._work, self._internet, self._browser = work, internet, browser
        self._numbers = itertools.count()

    async def tab(self, arm: Arm) -> Tab:
        port = self._internet.control_port if arm is Arm.CONTROL else self._internet.test_port
        return await self._browser.tab(f"http://127.0.0.1:{port}")

    async def proxied(self, port: int) -> Tab:
        return await self._browser.tab(f"http://127.0.0.1:{port}")

    async def lasting(self) -> Tab:
        """A tab as it must not be: in the profile that it shares with others like it."""
        devtools, home = self._browser.devtools, self._browser._home
        assert devtools
        return await Tab.open(devtools, "", (), home, lasting=True)

    async def see(self, tab: Tab, arm: Arm, url: str, page: str, seconds: float = SECONDS, clear: bool = True) -> Seen:
        """Visit the page at the URL, as a run does."""
        number = f"{next(self._numbers)}"
        fixture = self._work / f"{number}{'.http' if page.startswith('HTTP/') else '.html'}"
        fixture.write_text(page, "utf-8")
        token = await self._internet.open(number, arm, url, fixture)
        sight = await tab.visit(url, token, seconds)
        told = await _told(tab) if sight.end is End.PAGE else ""
        if clear:
            await tab.clear(sight)
        await self._internet.close(number)
        chain = tuple(sight.chain)
        return Seen(told, sight.end, sight.error, sight.status, sight.token_seen, chain, sight.popups, sight.dialogs)


async def _told(tab: Tab) -> str:
    """What the page tells once it has done what it does; "" where it never does."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(ProtocolError):  # it leaves
                    if told := await tab.ask(TOLD):
                        return str(told)
                await asyncio.sleep(0.02)
    return ""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    work = tmp_path_factory.mktemp("isolation")
    (work / "internet").mkdir()
    (work / "worker.js").write_text(worst.WORKER, "utf-8")
    internet = Internet(work / "internet", {"page.test/worker.js": work / "worker.js"}, {}, "nonce")
    with asyncio.Runner() as runner:
        runner.run(internet.start())
        everywhere = (f"--proxy-server=http://127.0.0.1:{internet.control_port}", "--proxy-bypass-list=<-loopback>")
        browser = Chromium(find(), [internet.ca_spki()], everywhere, still=True)
        try:
            runner.run(browser.start())
            yield Ground(runner, work, internet, browser)
        finally:
            runner.run(browser.stop())
            runner.run(internet.stop())


@pytest.mark.parametrize("item", worst.ALL, ids=lambda item: item.id)
def test_a_page_that_does_its_worst_changes_nothing(item: Worst, ground: Ground) -> None:
    async def script() -> tuple[Seen, Seen, Seen, Seen]:
        used, own, beside = await ground.tab(Arm.CONTROL), await ground.tab(Arm.TEST), await ground.tab(Arm.TEST)
        without = await ground.see(own, Arm.TEST, item.next_url, item.next_page)
        done = await ground.see(used, Arm.CONTROL, item.url, item.page)
        meanwhile = await ground.see(beside, Arm.TEST, item.next_url, item.next_page)
        if not await used.fits(item.next_url):
            await used.close()
            used = await ground.tab(Arm.CONTROL)
        after = await ground.see(used, Arm.CONTROL, item.next_url, item.next_page)
        for tab in (used, own, beside):
            await tab.close()
        return done, without, meanwhile, after

    done, without, meanwhile, after = ground.run(script())
    assert done.told == "done"
    assert without.told == item.told
    assert meanwhile == without
    assert after == without


@pytest.mark.parametrize("item", [item for item in worst.ALL if item.lasts], ids=lambda item: item.id)
def test_it_would_change_something_if_it_could(item: Worst, ground: Ground) -> None:
    """The same in one profile with nothing cleared: so what is asserted above can be otherwise."""

    async def script() -> set[str]:
        tabs = first, second = await ground.lasting(), await ground.lasting()
        await ground.see(first, Arm.CONTROL, item.url, item.page, clear=False)
        seen = [
            await ground.see(tab, Arm.CONTROL, item.next_url, item.next_page, clear=False) for tab in (second, first)
        ]
        for tab in tabs:
            await tab.close()
        return {each.told for each in seen}

    assert any(ground.run(script()) != {item.told} for _ in range(3))  # some take a moment that is not always there


@pytest.mark.parametrize("item", [item for item in worst.ALL if item.id in ("service worker", "shared worker")])
def test_a_page_that_leaves_a_worker_behind_is_the_last_in_its_tab(item: Worst, ground: Ground) -> None:
    async def script() -> tuple[str, bool]:
        tab = await ground.tab(Arm.CONTROL)
        done = await ground.see(tab, Arm.CONTROL, item.url, item.page)
        fits = await tab.fits(worst.OTHER)
        await tab.close()
        return done.told, fits

    assert ground.run(script()) == ("done", False)


def test_a_host_is_known_again_however_it_is_spelled(ground: Ground) -> None:
    async def script() -> list[bool]:
        tab = await ground.tab(Arm.CONTROL)
        await ground.see(tab, Arm.CONTROL, "http://bücher.test/", worst.page("say('here')"))
        urls = "http://BÜCHER.test/a", "https://xn--bcher-kva.test:8080/", "http://buecher.test/"
        fits = [await tab.fits(url) for url in urls]
        await tab.close()
        return fits

    assert ground.run(script()) == [False, False, True]


class Hanging:
    """A proxy that never answers for /hangs, and answers anything else with `page`."""

    def __init__(self, page: str) -> None:
        self._answer = page.encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if b"/hangs" in head.splitlines()[0]:
                    await reader.read()
                    return
                size = len(self._answer)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % size)
                writer.write(self._answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def hanging(page: str) -> AsyncIterator[int]:
    """Its port."""
    server = await asyncio.start_server(Hanging(page).serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def test_sockets_that_a_page_holds_are_not_missed_by_others(ground: Ground) -> None:
    async def script() -> tuple[str, str, bool]:
        async with hanging(worst.page(worst.HOLDS_SOCKETS)) as port:
            holder = await ground.proxied(port)
            await holder.visit("http://page.test/", "sockets", SECONDS)
            held = await _told(holder)
            beside = await ground.proxied(port)
            seen = await beside.visit("http://page.test/other", "sockets", SECONDS)
            fits = await holder.fits("http://other.test/")
            after = await holder.visit("http://other.test/", "sockets", SECONDS)
            await holder.close()
            await beside.close()
            return held, f"{seen.end} {after.end}", fits

    held, ends, fits = ground.run(script())
    assert held == "sockets held"
    assert ends == "page page"
    assert fits


def test_a_page_that_never_ends_its_load_ends_and_is_gone(ground: Ground) -> None:
    async def script() -> tuple[End, bool]:
        async with hanging('<p>On<img src="/hangs">') as port:
            tab = await ground.proxied(port)
            sight = await tab.visit("http://page.test/", "never", 1)
            fits = await tab.fits("http://other.test/")
            await tab.close()
            return sight.end, fits

    assert ground.run(script()) == (End.TIMEOUT, False)


def test_a_page_that_crashes_takes_no_other_with_it(ground: Ground) -> None:
    async def script() -> tuple[Seen, Seen, bool]:
        used, beside = await ground.tab(Arm.CONTROL), await ground.tab(Arm.TEST)
        busy = worst.page("while (true) {}")
        visit = asyncio.create_task(ground.see(used, Arm.CONTROL, worst.PAGE, busy))
        await asyncio.sleep(0.3)
        crash = asyncio.create_task(used.send("Page.crash"))
        seen = await ground.see(beside, Arm.TEST, worst.PAGE, worst.page("say('here')"))
        crashed = await visit
        crash.cancel()  # which nobody is left to answer
        fits = await used.fits(worst.OTHER)
        await used.close()
        await beside.close()
        return crashed, seen, fits

    crashed, seen, fits = ground.run(script())
    assert (crashed.end, fits) == (End.CRASH, False)
    assert (seen.told, seen.token_seen) == ("here", True)
