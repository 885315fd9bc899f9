"""Messages go on as the service wants them, and never as if it had spoken when it had not."""

import asyncio
from contextlib import suppress

import pytest
from mitmproxy.http import Headers, HTTPFlow, Request, Response
from mitmproxy.test.tflow import tflow
from mitmproxy.test.tutils import treq, tresp

from harness.internet.pages import MISS_MARK
from harness.products.icap_adapter import METHODS, Adapter, adapted_response, request_head, response_head, said
from harness.products.icap_client import Answer, IcapClient
from tests.products.icap_peer import BLOCK, NONE, Peer, Reply, adapted, listening

PAGE = b"<p>a page</p>"


def request(url: bytes = b"http://a.test/b?c") -> Request:
    made = treq(headers=Headers([(b"Host", b"a.test")]), content=b"")
    made.url = url.decode()
    return made


def through(
    reply: Reply | None, methods: tuple[str, ...] = METHODS, flow: HTTPFlow | None = None
) -> tuple[HTTPFlow, Adapter, Peer]:
    """A request and, if it was not answered, its response, through the adapter."""

    async def life() -> tuple[HTTPFlow, Adapter, Peer]:
        seen = flow or tflow(req=request())
        async with listening(reply) as peer:
            adapter = Adapter({method: IcapClient(peer.address, 0.3) for method in methods})
            await adapter.request(seen)
            if seen.response is None:
                seen.response = tresp(content=PAGE, headers=Headers([(b"content-type", b"text/html")]))
            await adapter.response(seen)
            return seen, adapter, peer

    return asyncio.run(life())


def of(method: str, answer: bytes) -> Reply:
    """That answer to that method, 204 to the other."""
    return lambda message: answer if message.method.lower() == method else NONE


def test_what_is_left_as_it_is() -> None:
    flow, adapter, peer = through(lambda _: b"ICAP/1.0 204 Unmodified\r\nX-Attribute: news\r\n\r\n")
    assert flow.response
    assert (flow.response.status_code, flow.response.content) == (200, PAGE)
    assert flow.response.headers["icap-reqmod"] == flow.response.headers["icap-respmod"] == "204"
    assert flow.response.headers["icap-respmod-x-attribute"] == "news"
    assert adapter.fault == ""
    assert [message.method for message in peer.seen] == ["REQMOD", "RESPMOD"]
    assert peer.seen[0].heads["req-hdr"].startswith(b"GET http://a.test/b?c HTTP/1.1\r\n")
    assert peer.seen[1].heads["res-hdr"] == b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n"
    assert peer.seen[1].body == PAGE


@pytest.mark.parametrize("method", METHODS)
def test_a_block_is_what_the_browser_gets(method: str) -> None:
    flow, adapter, peer = through(of(method, BLOCK))
    assert flow.response
    assert (flow.response.status_code, flow.response.content) == (403, b"<h1>Access denied</h1>")
    assert flow.response.http_version == "HTTP/1.1"
    assert flow.response.headers["content-length"] == "22"
    assert "connection" not in flow.response.headers
    assert flow.response.headers[f"icap-{method}"] == "200"
    assert flow.response.headers[f"icap-{method}-x-response-info"] == "BLOCKED"
    assert adapter.fault == ""
    assert peer.seen[-1].method.lower() == method  # the service's own page is not judged again


def test_a_service_may_ask_for_something_else() -> None:
    other = b"POST https://search.test:8443/q?safe=1 HTTP/1.1\r\nHost: search.test:8443\r\nX-Safe: 1\r\n\r\n"
    flow, _, _ = through(of("reqmod", adapted(("req-hdr", other), body=b"strict")))
    made = flow.request
    assert (made.method, made.url, made.content) == ("POST", "https://search.test:8443/q?safe=1", b"strict")
    assert dict(made.headers) == {"Host": "search.test:8443", "X-Safe": "1", "content-length": "6"}
    assert flow.response
    assert flow.response.content == PAGE


def test_a_path_alone_leaves_the_host_as_it_was() -> None:
    flow, _, _ = through(of("reqmod", adapted(("req-hdr", b"GET /other HTTP/1.1\r\nHost: a.test\r\n\r\n"))))
    assert (flow.request.url, flow.request.content) == ("http://a.test/other", b"")


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("reqmod", None),
        ("reqmod", b"ICAP/1.0 500 Server error\r\n\r\n"),
        ("respmod", b"ICAP/1.0 500 Server error\r\n\r\n"),
        ("respmod", BLOCK[:-9]),
        ("respmod", adapted(("req-hdr", b"GET / HTTP/1.1\r\n\r\n"))),
        ("reqmod", adapted(("req-hdr", b"GET ftp://a.test/ HTTP/1.1\r\n\r\n"))),
        ("reqmod", adapted(("req-hdr", b"CONNECT a.test:443 HTTP/1.1\r\n\r\n"))),
        ("reqmod", adapted(("req-hdr", b"nonsense\r\n\r\n"))),
        ("reqmod", adapted(("res-hdr", b"HTTP/1.1 <403>\r\n\r\n"))),
        ("reqmod", adapted(("res-hdr", b"HTTP/1.1 100 Continue\r\n\r\n"))),
        ("respmod", adapted(("res-hdr", b"HTTP/1.1 999 Odd\r\n\r\n"))),
        ("respmod", adapted(("res-hdr", b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"))),
    ],
)
def test_a_fault_is_never_the_products_page_nor_the_internets(method: str, answer: bytes | None) -> None:
    flow, adapter, _ = through(None if answer is None else of(method, answer))
    assert flow.response
    assert flow.response.status_code == 502
    assert MISS_MARK in (flow.response.text or "")
    assert PAGE not in (flow.response.content or b"")
    assert adapter.fault


def test_even_what_was_not_thought_of_fails_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """mitmproxy goes on with a flow when an addon raises."""

    class Unthought(Exception):
        pass

    async def broken(*_: object) -> Answer:
        raise Unthought

    async def life() -> HTTPFlow:
        flow = tflow(req=request())
        client = IcapClient("icap://127.0.0.1/x", 1)
        monkeypatch.setattr(client, "adapt", broken)
        with suppress(Unthought):
            await Adapter({"reqmod": client}).request(flow)
        return flow

    flow = asyncio.run(life())
    assert flow.response
    assert MISS_MARK in (flow.response.text or "")


def test_only_what_there_is_a_service_for() -> None:
    _, _, peer = through(lambda _: NONE, ("respmod",))
    assert [message.method for message in peer.seen] == ["RESPMOD"]
    assert list(peer.seen[0].heads) == ["req-hdr", "res-hdr"]


def test_what_the_service_hands_on_it_gets_back_with_the_response() -> None:
    async def asked() -> list[str]:
        flow = tflow(req=request())
        async with listening(lambda _: b"ICAP/1.0 204 Unmodified\r\nX-State: a,1\r\nX-Other: b\r\n\r\n") as peer:
            adapter = Adapter({method: IcapClient(peer.address, 0.3) for method in METHODS}, ("X-State", "X-Absent"))
            await adapter.request(flow)
            flow.response = tresp(content=PAGE)
            await adapter.response(flow)
        return [message.head for message in peer.seen]

    first, second = asyncio.run(asked())
    assert "X-State" not in first
    assert "\r\nX-State: a,1\r\n" in second
    assert "X-Other" not in second
    assert "X-Absent" not in second


def test_a_request_with_a_body() -> None:
    flow = tflow(req=treq(method=b"POST", content=b"name=value", headers=Headers([])))
    _, _, peer = through(lambda _: NONE, ("reqmod",), flow)
    assert peer.seen[0].body == b"name=value"


@pytest.mark.parametrize(
    ("url", "host", "line"),
    [
        (b"https://a.test/x", b"a.test", b"GET https://a.test/x HTTP/1.1"),
        (b"http://192.0.2.1:8080/", b"192.0.2.1:8080", b"GET http://192.0.2.1:8080/ HTTP/1.1"),
        (b"http://[2001:db8::1]/", b"[2001:db8::1]", b"GET http://[2001:db8::1]/ HTTP/1.1"),
        (b"http://xn--bcher-kva.test/%C3%A9", b"xn--bcher-kva.test", b"GET http://xn--bcher-kva.test/%C3%A9 HTTP/1.1"),
        (b"https://a.test./", b"a.test.", b"GET https://a.test./ HTTP/1.1"),
        (b"http://a.test:81/", b"", b"GET http://a.test:81/ HTTP/1.1"),
    ],
)
def test_the_whole_url_stands_in_the_request(url: bytes, host: bytes, line: bytes) -> None:
    made = request(url)
    made.headers = Headers([(b"Host", host)] if host else [])
    assert request_head(made).split(b"\r\n")[0] == line


def test_what_concerns_one_connection_stays_there() -> None:
    fields = [
        (b"Proxy-Connection", b"keep-alive"),
        (b"Upgrade", b"h2c"),
        (b"TE", b"trailers"),
        (b"Host", b"a.test"),
        (b"Accept", b"*/*"),
    ]
    made = request()
    made.headers = Headers(fields)
    assert request_head(made) == b"GET http://a.test/b?c HTTP/1.1\r\nHost: a.test\r\nAccept: */*\r\n\r\n"
    answer = tresp(
        headers=Headers([(b"Transfer-Encoding", b"chunked"), (b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2")])
    )
    assert response_head(answer) == b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n"


@pytest.mark.parametrize(
    ("status", "method", "length"), [(200, "GET", "3"), (200, "HEAD", "99"), (304, "GET", "99"), (403, "POST", "3")]
)
def test_the_length_is_that_of_what_came(status: int, method: str, length: str) -> None:
    head = (b"HTTP/1.0 %d X" % status, b"Content-Length: 99")
    made: Response = adapted_response(Answer(200, {}, "res", head, b"abc"), method)
    assert made.headers["content-length"] == length


def test_what_is_kept_is_bounded_and_printable() -> None:
    headers = {f"x-{number}": "\x1bé" * 500 for number in range(50)} | {"server": "no"}
    kept = said("reqmod", Answer(200, headers))
    assert len(kept) == 11
    assert all(value.isascii() and value.isprintable() and len(value) <= 200 for _, value in kept)
