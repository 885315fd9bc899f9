"""One visit, one sight: whatever a page does, through the real browser and the replayed Internet."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from harness.browser.chromium import Chromium
from harness.browser.find import find
from harness.browser.sight import Sight
from harness.browser.tab import Tab
from harness.internet.client import Internet
from harness.model.words import Arm, End

pytestmark = pytest.mark.browser

SECONDS = 30.0
REMEMBERS = """<!doctype html><title>Memory</title><body><p id="seen"></p><script>
const seen = [document.cookie, localStorage.x, sessionStorage.x, window.name].map((item) => item || "nothing");
document.getElementById("seen").textContent = seen.join(" ");
document.cookie = "x=1"; localStorage.x = 1; sessionStorage.x = 1; window.name = "x";
</script></body>"""


class Stand:
    """The replayed Internet, a browser and one tab; `see` visits a page made of the given bytes."""

    def __init__(self, work: Path, internet: Internet, browser: Chromium) -> None:
        self.work, self.internet, self.browser = work, internet, browser
        self.count = 0
        self.tab: Tab | None = None

    async def see(
        self, body: str | bytes, url: str = "http://page.test/", suffix: str = ".html", seconds: float = SECONDS
    ) -> Sight:
        self.count += 1
        fixture = self.work / f"fixture{self.count}{suffix}"
        fixture.write_bytes(body.encode() if isinstance(body, str) else body)
        token = await self.internet.open(str(self.count), Arm.CONTROL, url, fixture)
        if self.tab is None or self.tab.worn:
            self.tab = await self.browser.tab(f"http://127.0.0.1:{self.internet.control_port}")
        sight = await self.tab.visit(url, token, seconds)
        await self.tab.clear(sight)
        await self.internet.close(str(self.count))
        return sight


def stand(work: Path, script: Callable[[Stand], Awaitable[None]]) -> None:
    """Run the script with a stand, and take the stand down."""

    async def life() -> None:
        internet = Internet(work, {}, {}, "nonce")
        await internet.start()
        browser = Chromium(find(), [internet.ca_spki()], still=True)
        try:
            await browser.start()
            await script(Stand(work, internet, browser))
        finally:
            await browser.stop()
            await internet.stop()

    asyncio.run(life())


def test_pages_of_every_kind(tmp_path: Path) -> None:
    async def script(at: Stand) -> None:
        plain = await at.see("<title>Plain</title><p>Hello  there</p>")
        assert (plain.end, plain.token_seen, plain.status, plain.title, plain.visible_text) == (
            End.PAGE,
            True,
            200,
            "Plain",
            "Hello there",
        )
        assert at.tab
        assert (await at.tab.screenshot()).startswith(b"\xff\xd8\xff")
        secure = await at.see("<p>Hello", "https://secure.test/")
        assert secure.token_seen
        text = await at.see("just text", suffix=".txt")
        assert text.end is End.PAGE
        assert not text.token_seen
        assert text.body_digest
        missing = await at.see("HTTP/1.1 404 Not Found\nContent-Type: text/html\n\n<p>No such page</p>", suffix=".http")
        assert (missing.end, missing.status, missing.token_seen) == (End.PAGE, 404, True)
        empty = await at.see("HTTP/1.1 204 No Content\n\n", suffix=".http")
        assert (empty.end, empty.error, empty.status) == (End.NETWORK_ERROR, "net::ERR_ABORTED", 204)
        away = await at.see("HTTP/1.1 302 Found\nLocation: other-program:stop\n\n", suffix=".http")
        assert (away.end, away.error, away.chain[-1]) == (End.NETWORK_ERROR, "net::ERR_ABORTED", "other-program:stop")
        download = await at.see(b"\0\1\2", suffix=".bin")
        assert download.end is End.DOWNLOAD
        assert download.body_digest == "ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc"
        assert at.browser._home
        assert not list(at.browser._home.glob("*-*-*-*-*"))  # the file is gone

    stand(tmp_path, script)


def test_pages_that_get_in_the_way(tmp_path: Path) -> None:
    async def script(at: Stand) -> None:
        asks = await at.see("<p>One</p><script>alert(1); confirm('?'); window.open('http://pop.test/')</script>")
        assert (asks.end, asks.token_seen, asks.dialogs, asks.popups) == (End.PAGE, True, 2, 1)
        clings = await at.see("<p>Stay</p><script>onbeforeunload = () => 'stay'</script>")
        assert clings.token_seen
        leaves = await at.see("<p>Off</p><script>location = 'http://elsewhere.test/'</script>")
        # The page either loaded before it left, or was never there to be seen; both are what happened.
        assert leaves.end is End.PAGE
        assert leaves.token_seen is (leaves.final_url == "http://page.test/")
        assert leaves.chain[0] == "http://page.test/"
        refreshes = await at.see('<meta http-equiv="refresh" content="0; url=http://elsewhere.test/"><p>Off</p>')
        assert refreshes.end is End.PAGE
        turns = await at.see("HTTP/1.1 302 Found\nLocation: /next\n\n", suffix=".http")
        assert turns.chain == ["http://page.test/", "http://page.test/next"]
        lies = await at.see("<p>Lies</p><script>String.prototype.includes = () => true; document.title = 'x'</script>")
        assert lies.token_seen

    stand(tmp_path, script)


PUTS_ITSELF_TOGETHER = """<!doctype html><p id="a"></p><p id="b"></p><p id="c"></p><script>
const say = (id) => (text) => document.getElementById(id).textContent = text;
onload = () => {
  fetch("/a").then((answer) => answer.text()).then(() => fetch("/b")).then((answer) => say("a")(answer.status));
  const asked = new XMLHttpRequest();
  asked.onload = () => say("b")(asked.status); asked.open("GET", "/c"); asked.send();
  const script = document.createElement("script"); script.onerror = () => say("c")("lost"); script.src = "/d";
  const frame = document.createElement("iframe"); frame.onload = () => document.body.append(script);
  frame.src = "http://frame.test/"; document.body.append(frame);
};
</script>"""


def test_pages_that_ask_for_more_once_they_have_loaded(tmp_path: Path) -> None:
    async def script(at: Stand) -> None:
        for _ in range(3):
            assert (await at.see(PUTS_ITSELF_TOGETHER)).visible_text == "404 404 lost"
        waits = await at.see("<p>Waits</p><script>onload = () => setInterval(() => fetch('/x'), 20)</script>")
        assert (waits.end, waits.token_seen) == (End.PAGE, True)

    stand(tmp_path, script)


def test_pages_that_hang_and_crash_end_in_time(tmp_path: Path) -> None:
    async def script(at: Stand) -> None:
        hangs = await at.see("<p>Loop</p><script>while (true) {}</script>", seconds=2)
        assert (hangs.end, hangs.token_seen) == (End.TIMEOUT, False)
        assert at.tab is not None
        assert at.tab.worn
        after = await at.see("<p>Well again</p>")
        assert after.token_seen
        crash = asyncio.create_task(
            at.see("<p>Slow</p><script>const end = Date.now() + 60000; while (Date.now() < end) {}</script>")
        )
        await asyncio.sleep(1)
        assert at.tab is not None
        asyncio.create_task(at.tab._devtools.send("Page.crash", session=at.tab.session)).add_done_callback(
            lambda task: task.exception()
        )
        assert (await crash).end is End.CRASH
        assert (await at.see("<p>Well again</p>")).token_seen

    stand(tmp_path, script)


class Silent:
    """A proxy that says nothing for two seconds, and then that it refuses."""

    async def __aenter__(self) -> str:
        self.server = await asyncio.start_server(self.hear, "127.0.0.1", 0)
        self.asked = asyncio.Event()
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        if b"page.test" in asked:
            self.asked.set()
            await asyncio.sleep(2)
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<p>Refused</p>")
        writer.close()

    async def __aexit__(self, *_: object) -> None:
        self.server.close()


def test_a_visit_that_the_browser_gives_up_is_no_answer(tmp_path: Path) -> None:
    """The page's process dies before anything is answered: Chromium calls that what it calls a 204."""

    async def script(at: Stand) -> None:
        silent = Silent()
        async with silent as proxy:
            for number in range(3):
                tab = await at.browser.tab(proxy)
                if number:  # its process is then not the one of the page before
                    await tab.visit("http://before.test/", "0" * 32, SECONDS)
                visit = asyncio.create_task(tab.visit("http://page.test/", "0" * 32, SECONDS))
                await silent.asked.wait()
                silent.asked.clear()
                for process in psutil.Process().children(recursive=True):
                    if "--type=renderer" in process.cmdline():
                        process.kill()
                sight = await visit
                assert (sight.end, sight.error) == (End.CRASH, "")
                assert tab.worn
                await tab.close()

    stand(tmp_path, script)


def test_a_visit_that_is_led_elsewhere_ends_there(tmp_path: Path) -> None:
    """As extensions do that send the tab to a page of theirs."""

    async def script(at: Stand) -> None:
        silent = Silent()
        async with silent as proxy:
            tab = await at.browser.tab(proxy)
            visit = asyncio.create_task(tab.visit("http://page.test/", "0" * 32, SECONDS))
            await silent.asked.wait()
            await tab.send("Page.navigate", {"url": "http://elsewhere.test/"})
            sight = await visit
            assert (sight.end, sight.status, sight.final_url) == (End.PAGE, 403, "http://elsewhere.test/")
            visit = asyncio.create_task(tab.visit("http://page.test/", "0" * 32, SECONDS))
            silent.asked.clear()
            await silent.asked.wait()
            await tab.send("Page.stopLoading")
            sight = await visit
            assert (sight.end, sight.error, sight.fault) == (End.FAULT, "", "the browser gave the visit up")
            assert tab.worn

    stand(tmp_path, script)


def test_nothing_is_left_for_the_next_visit(tmp_path: Path) -> None:
    async def script(at: Stand) -> None:
        first = await at.see(REMEMBERS)
        second = await at.see(REMEMBERS)
        cookie = await at.see(
            "HTTP/1.1 200 OK\nContent-Type: text/html\nSet-Cookie: y=2\n\n" + REMEMBERS, suffix=".http"
        )
        assert first.visible_text == second.visible_text == "nothing nothing nothing nothing"
        assert cookie.visible_text == "y=2 nothing nothing nothing"
        assert (await at.see(REMEMBERS)).visible_text == "nothing nothing nothing nothing"

    stand(tmp_path, script)


def test_errors_of_the_network_have_their_own_names(tmp_path: Path) -> None:
    async def script(at: Stand) -> None:
        refused = await at.browser.tab("http://127.0.0.1:1")
        sight = await refused.visit("http://page.test/", "0" * 32, SECONDS)
        assert (sight.end, sight.error) == (End.NETWORK_ERROR, "net::ERR_PROXY_CONNECTION_FAILED")
        astray = await at.browser.tab("http://127.0.0.1:1", ["page.test"])
        sight = await astray.visit("http://page.test/", "0" * 32, SECONDS)
        assert (sight.end, sight.error) == (End.NETWORK_ERROR, "net::ERR_NAME_NOT_RESOLVED")

    stand(tmp_path, script)


CUT_SHORT = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    b"2d\r\n<title>No</title><h1>Access denied</h1><p>...\r\n"
)


def test_an_answer_that_breaks_off_is_what_had_come(tmp_path: Path) -> None:
    """As squid does with the block pages of an ICAP service: the last chunk is missing."""

    async def script(at: Stand) -> None:
        async def breaks_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(CUT_SHORT)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(breaks_off, "127.0.0.1", 0)
        tab = await at.browser.tab(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        seen = await tab.visit("http://page.test/", "token", SECONDS)
        assert (seen.end, seen.status, seen.title) == (End.PAGE, 403, "No")
        assert "Access denied" in seen.text
        server.close()

    stand(tmp_path, script)
