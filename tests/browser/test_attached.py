"""A browser that runs already: attached to, and left as it was; what is none is told in plain words."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from harness.browser import attached
from harness.browser.attached import Attached
from harness.browser.devtools import browser_address
from harness.browser.find import find
from harness.internet.client import Internet
from harness.internet.ports import free_ports
from harness.model.errors import ProductFault
from harness.model.words import Arm, End

SECONDS = 30.0
Script = Callable[[str, Internet], Awaitable[None]]


def elsewhere(work: Path, script: Script) -> None:
    """Run the script with the DevTools of a browser that runs already, without our trust, and the replayed Internet."""

    async def life() -> None:
        (port,) = free_ports(1)
        (work / "internet").mkdir()
        internet = Internet(work / "internet", {}, {}, "nonce")
        await internet.start()
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        proxy = (f"--proxy-server=http://127.0.0.1:{internet.test_port}", "--proxy-bypass-list=<-loopback>")
        place = (f"--remote-debugging-port={port}", f"--user-data-dir={work / 'browser'}", "--headless")
        silent = subprocess.DEVNULL
        command = ["env", f"TMPDIR={work}", str(find()), *place, *proxy, *sandbox, "about:blank"]
        browser = await asyncio.create_subprocess_exec(*command, stdout=silent, stderr=silent, start_new_session=True)
        try:
            await script(f"http://127.0.0.1:{port}", internet)
        finally:
            os.killpg(browser.pid, signal.SIGKILL)
            await browser.wait()
            await internet.stop()

    asyncio.run(life())


async def pages(browser: Attached, count: int) -> set[str]:
    """The pages that are open there once there are so many; closing takes a moment."""
    assert browser.devtools
    for _ in range(200):
        found = (await browser.devtools.send("Target.getTargets"))["targetInfos"]
        if len(there := {item["targetId"] for item in found if item["type"] == "page"}) == count:
            return there
        await asyncio.sleep(0.05)
    raise AssertionError(found)


@pytest.mark.browser
def test_tabs_are_closed_also_those_of_a_connection_that_was_lost(tmp_path: Path) -> None:
    async def script(endpoint: str, internet: Internet) -> None:
        browser = Attached(endpoint, lasting=True, ignore_certificates=True)
        await browser.start()
        before = await pages(browser, 1)
        tab = await browser.tab("")
        (tmp_path / "page.html").write_text("<p>Opens</p><script>open('about:blank')</script>")
        token = await internet.open("1", Arm.TEST, "https://page.test/", tmp_path / "page.html")
        sight = await tab.visit("https://page.test/", token, SECONDS)
        assert (sight.token_seen, sight.popups) == (True, 1)
        assert before < await pages(browser, 3)
        assert browser.devtools
        await browser.devtools.close()
        assert not browser.alive
        await browser.start()
        assert browser.alive
        assert await pages(browser, 1) == before
        await browser.tab("")
        await browser.stop()
        watching = Attached(endpoint, lasting=False, ignore_certificates=False)
        await watching.start()
        assert await pages(watching, 1) == before
        await watching.stop()

    elsewhere(tmp_path, script)


@pytest.mark.browser
def test_certificates_are_ignored_where_that_is_said_and_no_file_is_taken(tmp_path: Path) -> None:
    async def script(endpoint: str, internet: Internet) -> None:
        (tmp_path / "page.html").write_text("<p>Hello")
        (tmp_path / "file.bin").write_bytes(b"\0\1\2")
        for number, ignored in enumerate((False, True)):
            browser = Attached(endpoint, False, ignored)
            await browser.start()
            endpoint = await asyncio.to_thread(browser_address, endpoint) if number == 0 else ""
            tab = await browser.tab(f"http://127.0.0.1:{internet.test_port}")
            token = await internet.open(f"a{number}", Arm.TEST, f"https://page{number}.test/", tmp_path / "page.html")
            sight = await tab.visit(f"https://page{number}.test/", token, SECONDS)
            assert sight.token_seen is ignored
            assert sight.error == ("" if ignored else "net::ERR_CERT_AUTHORITY_INVALID")
            token = await internet.open(f"b{number}", Arm.TEST, f"http://file{number}.test/", tmp_path / "file.bin")
            sight = await tab.visit(f"http://file{number}.test/", token, SECONDS)
            assert (sight.end, sight.body_digest) == (End.DOWNLOAD, "")
            await browser.stop()

    elsewhere(tmp_path, script)
    assert len([*tmp_path.rglob("*.bin")]) == 1


async def refused(endpoint: str) -> str:
    """Why there is no attaching to it."""
    with pytest.raises(ProductFault) as caught:
        await Attached(endpoint, lasting=True, ignore_certificates=True).start()
    return str(caught.value)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "is not DevTools: no HTTP, SSH-2.0-OpenSSH_9.2"),
        (b"HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\nno such page", "is not DevTools: status 404, 'no such"),
        (b'HTTP/1.1 200 OK\r\n\r\n{"Browser": "node.js/v18.19.0"}', "is not DevTools: no webSocketDebuggerUrl"),
        (b"HTTP/1.1 200 OK\r\n\r\n[]", "is not DevTools: no webSocketDebuggerUrl"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>", "is not DevTools: Expecting value"),
        (b"", "cannot be reached: Remote end closed connection without response; does it run there"),
    ],
)
def test_what_is_no_devtools(answer: bytes, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attached, "REACH_SECONDS", 0.0)

    async def check() -> None:
        async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(answers, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            assert said in await refused(f"http://127.0.0.1:{port}")
            unreached = await refused(f"ws://127.0.0.1:{port}/devtools/browser/x")
            assert "cannot be reached: no DevTools connection: " in unreached
            unserved = await refused(f"ws://127.0.0.1:{port}/")
            assert "cannot be reached: no Playwright server that can be used: BrowserType.connect: " in unserved
            assert "Call log" not in unserved

    asyncio.run(check())


@pytest.mark.parametrize(
    ("product", "agent", "said"),
    [
        ("Firefox/128.0", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "no Chromium"),
        ("Chrome/90.0.4430.93", "Mozilla/5.0 AppleWebKit/537.36 Chrome/90.0.4430.93 Safari/537.36", "is too old: "),
        ("Chrome/91.0.4472.77", "Mozilla/5.0 AppleWebKit/537.36 Chrome/91.0.4472.77 Safari/537.36", "Not supported"),
    ],
)
def test_what_is_no_chromium_or_does_not_do_what_is_needed(product: str, agent: str, said: str) -> None:
    """The last one takes no other commands, as an Android browser does not make profiles."""

    async def check() -> None:
        async def browser(connection: ServerConnection) -> None:
            async for text in connection:
                asked = json.loads(text)
                known = {
                    "Browser.getVersion": {"product": product, "userAgent": agent},
                    "Target.getTargets": {"targetInfos": []},
                }
                result = known.get(asked["method"])
                said = {"error": {"message": "Not supported"}} if result is None else {"result": result}
                await connection.send(json.dumps({"id": asked["id"], **said}))

        async with serve(browser, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            words = await refused(f"ws://127.0.0.1:{port}/devtools/browser/x")
            assert words.startswith(f"the browser at ws://127.0.0.1:{port}/devtools/browser/x cannot be used: ")
            assert said in words

    asyncio.run(check())


@pytest.mark.parametrize(
    ("answer", "said"), [("", "it does not answer within 0 s"), ("no JSON", "the browser is gone")]
)
def test_what_is_mute_or_talks_nonsense(answer: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attached, "OPEN_SECONDS", 0.4)

    async def check() -> None:
        async def browser(connection: ServerConnection) -> None:
            async for _ in connection:
                if answer:
                    await connection.send(answer)

        async with serve(browser, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            assert (await refused(f"ws://127.0.0.1:{port}/devtools/browser/x")).endswith(f" cannot be used: {said}")

    asyncio.run(check())
