"""What a prober makes of what a server does, named as Chromium names it."""

import asyncio
import socket
import struct
from collections.abc import Callable

import pytest

from harness.browser.prober import Prober
from harness.browser.sight import Sight
from harness.browser.ways import ByProxy, Trust
from harness.classify.rules import STANDARD
from harness.model.words import End

TOKEN = "0123456789abcdef0123456789abcdef"
MARK = f'<i hidden data-replay-token="{TOKEN}"></i>'.encode()
URL = "http://name:secret@case.test/page?x#part"
Way = Callable[[asyncio.StreamWriter], None]


def answered(data: bytes) -> Way:
    return lambda writer: writer.write(data)


def reset(writer: asyncio.StreamWriter) -> None:
    made = writer.get_extra_info("socket")
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def whole(body: bytes, kind: str = "text/html", status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def visited(way: Way, url: str = URL, seconds: float = 5.0) -> tuple[Sight, list[bytes]]:
    """What is seen of a proxy that does so with every request, and what it was asked."""
    asked = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        way(writer)
        if way is not reset:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        prober = Prober(ByProxy(port, ("gone.test",), Trust(()), "Agent/1"), "Agent/1")
        return await prober.visit(url, TOKEN, seconds), asked


@pytest.mark.parametrize(
    ("way", "error"),
    [
        (answered(b""), "ERR_EMPTY_RESPONSE"),
        (reset, "ERR_CONNECTION_RESET"),
        (answered(b"hello\r\n\r\n"), "ERR_INVALID_HTTP_RESPONSE"),
        (answered(whole(b"", status="403 Forbidden")), "ERR_HTTP_RESPONSE_CODE_FAILURE"),
        (answered(b"HTTP/1.1 204 No Content\r\n\r\n"), "ERR_ABORTED"),
        (answered(whole(b"x", more="Content-Encoding: gzip\r\n")), "ERR_CONTENT_DECODING_FAILED"),
        (answered(whole(b"", status="302 Found", more="Location: /page?x\r\n")), "ERR_TOO_MANY_REDIRECTS"),
        (answered(whole(b"", status="302 Found", more="Location: ftp://a.test/\r\n")), "ERR_UNSAFE_REDIRECT"),
    ],
)
def test_errors_have_the_browsers_names(way: Way, error: str) -> None:
    sight, _ = asyncio.run(visited(way))
    assert (sight.end, sight.error, sight.final_url) == (End.NETWORK_ERROR, f"net::{error}", "")


@pytest.mark.parametrize(
    ("way", "error"),
    [
        (answered(whole(b"no", status="403 Forbidden")), "ERR_TUNNEL_CONNECTION_FAILED"),
        (answered(whole(b"no", status="407 Who are you")), "ERR_PROXY_AUTH_UNSUPPORTED"),
    ],
)
def test_tunnels(way: Way, error: str) -> None:
    sight, asked = asyncio.run(visited(way, "https://case.test/"))
    assert (sight.end, sight.error) == (End.NETWORK_ERROR, f"net::{error}")
    assert asked[0].startswith(b"CONNECT case.test:443 HTTP/1.1\r\n")


@pytest.mark.parametrize("after", [b"", b"not TLS at all"])
def test_tunnels_that_are_cut(after: bytes) -> None:
    sight, _ = asyncio.run(visited(answered(b"HTTP/1.1 200 OK\r\n\r\n" + after), "https://case.test/"))
    assert STANDARD.errors[sight.error.removeprefix("net::")] == "reset"  # by which name depends on what came first


def test_names_that_nobody_knows() -> None:
    sight, asked = asyncio.run(visited(answered(b""), "http://gone.test/"))
    assert (sight.error, asked) == ("net::ERR_NAME_NOT_RESOLVED", [])


def test_a_proxy_that_is_not_there_blocks_nothing() -> None:
    way = ByProxy(1, (), Trust(()), "Agent/1")
    assert asyncio.run(Prober(way, "Agent/1").visit(URL, TOKEN, 5)).error == "net::ERR_PROXY_CONNECTION_FAILED"


def test_waiting_is_no_answer() -> None:
    async def silent() -> Sight:
        server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        async with server:
            way = ByProxy(server.sockets[0].getsockname()[1], (), Trust(()), "Agent/1")
            return await Prober(way, "Agent/1").visit(URL, TOKEN, 0.1)

    assert asyncio.run(silent()).end is End.TIMEOUT


def test_a_page_is_asked_for_as_a_browser_does() -> None:
    sight, (asked,) = asyncio.run(visited(answered(whole(b"<p>Hello</p>" + MARK))))
    assert asked.startswith(b"GET http://case.test/page?x HTTP/1.1\r\n")  # no name, no password
    assert b"User-Agent: Agent/1\r\n" in asked
    assert (sight.end, sight.status, sight.token_seen, sight.foreign_token) == (End.PAGE, 200, True, False)
    assert TOKEN not in sight.text
    assert sight.html == ""


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        (b"<title>No</title><p>Not for you</p>", (False, False, False)),
        (b"<p>Sure?</p><a href='/page'>Continue</a>", (True, False, False)),
        (b"<p>Sure?</p><form><input type=submit value='I understand'></form>", (True, False, False)),
        (b"<p>To continue, ask your teacher</p>", (False, False, False)),
        (b"<div class='g-recaptcha'></div>", (False, True, False)),
        (MARK.replace(b"0123", b"4567"), (False, False, True)),
    ],
)
def test_other_pages(page: bytes, seen: tuple[bool, bool, bool]) -> None:
    sight, _ = asyncio.run(visited(answered(whole(page))))
    assert (sight.returns_to_case, sight.challenge, sight.foreign_token) == seen
    assert (sight.end, sight.token_seen, sight.html) == (End.PAGE, False, page.decode())


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "nonsense", "idna", "hex", "utf-16", "\x00"])
def test_no_charset_is_too_much(charset: str) -> None:
    sight, _ = asyncio.run(visited(answered(whole(b"<p>Hello</p>\xff", f"text/html; charset={charset}"))))
    assert sight.end in (End.PAGE, End.NETWORK_ERROR)


@pytest.mark.parametrize(
    ("kind", "more", "end"),
    [
        ("text/plain", "", End.PAGE),
        ("image/png", "", End.PAGE),
        ("application/zip", "", End.DOWNLOAD),
        ("text/html", "Content-Disposition: attachment\r\n", End.DOWNLOAD),
    ],
)
def test_what_can_carry_no_token_has_a_digest(kind: str, more: str, end: End) -> None:
    sight, _ = asyncio.run(visited(answered(whole(b"some bytes", kind, more=more))))
    assert (sight.end, sight.body_digest[:8]) == (end, "0d22cdcc")


def test_what_is_broken_off_is_no_whole_page() -> None:
    sight, _ = asyncio.run(visited(answered(whole(b"<p>Hello</p>" + MARK)[:-40])))
    assert (sight.end, sight.token_seen) == (End.PAGE, False)
