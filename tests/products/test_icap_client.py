"""The client against the examples of RFC 3507, a peer by hand, and answers that no service should give."""

import asyncio
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.errors import ProductFault
from harness.products.icap_client import BODY_BYTES, HEAD_BYTES, Answer, IcapClient
from tests.products import icap_peer
from tests.products.icap_peer import NONE, Message, Peer, Reply, adapted, listening

GET = b"GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"

# RFC 3507, 4.8.3 example 1 and 4.9.2 example 4, with reserved names of the same length: its offsets are the oracle.
RFC_GET = (
    b"GET / HTTP/1.1\r\nHost: www.origin-er.example\r\nAccept: text/html, text/plain\r\nAccept-Encoding: compress\r\n"
    b'Cookie: ff39fk3jur@4ii0e02i\r\nIf-None-Match: "xyzzy", "r2d2xxxx"\r\n\r\n'
)
RFC_CHANGED = (
    b"GET /modified-path HTTP/1.1\r\nHost: www.origin-er.example\r\n"
    b"Via: 1.0 icap-er.example (ICAP Example ReqMod Service 1.1)\r\n"
    b"Accept: text/html, text/plain, image/gif\r\nAccept-Encoding: gzip, compress\r\n"
    b'If-None-Match: "xyzzy", "r2d2xxxx"\r\n\r\n'
)
RFC_REQUEST = (
    b"GET /origin-resource HTTP/1.1\r\nHost: www.origin-er.example\r\nAccept: text/html, text/plain, image/gif\r\n"
    b"Accept-Encoding: gzip, compress\r\n\r\n"
)
RFC_RESPONSE = (
    b"HTTP/1.1 200 OK\r\nDate: Mon, 10 Jan 2000 09:52:22 GMT\r\nServer: Apache/1.3.6 (Unix)\r\n"
    b'ETag: "63840-1ab7-378d415b"\r\nContent-Type: text/html\r\nContent-Length: 51\r\n\r\n'
)
RFC_BODY = b"This is data that was returned by an origin server."


def asked(
    reply: Reply | None,
    method: str = "REQMOD",
    heads: Sequence[tuple[str, bytes]] = (("req-hdr", GET),),
    body: bytes = b"",
    path: str = "/",
    options: bytes = b"",
    seconds: float = 5,
) -> tuple[Answer, Peer]:
    """One message sent to a peer, after OPTIONS."""

    async def life() -> tuple[Answer, Peer]:
        async with listening(reply, b"ICAP/1.0 200 OK\r\n" + options + icap_peer.OFFERS) as peer:
            client = IcapClient(peer.address, seconds)
            await client.ask()
            return await client.adapt(method, heads, body, path), peer

    return asyncio.run(life())


def test_a_request_as_in_the_rfc() -> None:
    answer, peer = asked(
        lambda _: (
            b'ICAP/1.0 200 OK\r\nISTag: "W3E4R7U9-L2E4-2"\r\nEncapsulated: req-hdr=0, null-body=231\r\n\r\n'
            + RFC_CHANGED
        ),
        heads=[("req-hdr", RFC_GET)],
    )
    assert "\r\nEncapsulated: req-hdr=0, null-body=170\r\n" in peer.seen[1].head
    assert peer.seen[1].head.startswith(f"REQMOD {peer.address} ICAP/1.0\r\nHost: 127.0.0.1:{peer.port}\r\n")
    assert (answer.part, answer.head[0]) == ("req", b"GET /modified-path HTTP/1.1")
    assert b"\r\n".join(answer.head) + b"\r\n\r\n" == RFC_CHANGED


def test_a_response_as_in_the_rfc() -> None:
    _, peer = asked(lambda _: NONE, "RESPMOD", [("req-hdr", RFC_REQUEST), ("res-hdr", RFC_RESPONSE)], RFC_BODY)
    assert "\r\nEncapsulated: req-hdr=0, res-hdr=137, res-body=296\r\n" in peer.seen[1].head
    assert peer.seen[1].heads == {"req-hdr": RFC_REQUEST, "res-hdr": RFC_RESPONSE}
    assert peer.seen[1].body == RFC_BODY


@given(st.binary(max_size=300), st.none() | st.integers(0, 300))
@settings(max_examples=60)
def test_bodies_arrive_and_come_back_whatever_the_preview(body: bytes, preview: int | None) -> None:
    offer = b"" if preview is None else b"Preview: %d\r\nTransfer-Preview: *\r\n" % preview

    def echo(message: Message) -> bytes:
        return adapted(("res-hdr", message.heads["res-hdr"]), body=message.body)

    answer, peer = asked(echo, "RESPMOD", [("req-hdr", GET), ("res-hdr", OK)], body, options=offer)
    assert (answer.part, answer.body, peer.seen[1].body) == ("res", body, body)
    assert peer.seen[1].whole is (not body or preview is None or len(body) <= preview)


def test_a_large_body_is_answered_while_it_is_sent() -> None:
    """A service that answers early must not be waited for with a full buffer."""
    body = b"x" * 8_000_000

    async def life() -> Answer:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(len(GET) + len(OK))
            writer.write(b"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=%d\r\n\r\n" % len(OK) + OK)
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
                if data.endswith(b"\r\n0\r\n\r\n"):
                    break
            writer.close()

        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        client = IcapClient(f"icap://127.0.0.1:{server.sockets[0].getsockname()[1]}/echo", 30)
        try:
            return await client.adapt("RESPMOD", [("req-hdr", GET), ("res-hdr", OK)], body, "/")
        finally:
            server.close()

    assert asyncio.run(life()).body == body


@pytest.mark.parametrize(
    ("options", "path", "sent", "previewed"),
    [
        (b"", "/a.gif", True, False),
        (b"Preview: 4\r\n", "/a.gif", True, False),  # no Preview unless a list says so
        (b"Preview: 4\r\nTransfer-Preview: *\r\n", "/a.gif?x=.zip", True, True),
        (b"Transfer-Preview: *\r\n", "/a.gif", True, False),
        (b"Preview: 4\r\nTransfer-Preview: *\r\nTransfer-Ignore: png, gif\r\n", "/x/a.GIF", False, False),
        (b"Preview: 4\r\nTransfer-Preview: *\r\nTransfer-Ignore: gif\r\n", "/gif", True, True),
        (b"Preview: 4\r\nTransfer-Ignore: *\r\nTransfer-Complete: html\r\n", "/a.html", True, False),
        (b"Preview: 4\r\nTransfer-Ignore: *\r\nTransfer-Complete: html\r\n", "/", False, False),
    ],
)
def test_a_service_is_asked_about_what_it_wants(options: bytes, path: str, sent: bool, previewed: bool) -> None:
    answer, peer = asked(
        lambda _: NONE, "RESPMOD", [("req-hdr", GET), ("res-hdr", OK)], b"123456", path, options=options
    )
    assert answer.status == 204
    assert [message.method for message in peer.seen] == ["OPTIONS"] + ["RESPMOD"] * sent
    assert ("Preview: 4\r\n" in peer.seen[-1].head) is previewed


def test_no_more_connections_than_it_takes() -> None:
    async def life() -> int:
        now = most = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal now, most
            now += 1
            most = max(most, now)
            options = (await icap_peer.read(reader, writer)).method == "OPTIONS"
            await asyncio.sleep(0.02)
            now -= 1
            writer.write(b"ICAP/1.0 200 OK\r\nMax-Connections: 2\r\n\r\n" if options else NONE)
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        client = IcapClient(f"icap://127.0.0.1:{server.sockets[0].getsockname()[1]}/slow", 5)
        await client.ask()
        await asyncio.gather(*(client.adapt("REQMOD", [("req-hdr", GET)], b"", "/") for _ in range(6)))
        server.close()
        return most

    assert asyncio.run(life()) == 2


def said(parts: str, rest: bytes = b"") -> bytes:
    return f"ICAP/1.0 200 OK\r\nEncapsulated: {parts}\r\n\r\n".encode() + rest


BODY = f"res-hdr=0, res-body={len(OK)}"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"", "ended in the middle"),
        (b"ICAP/1.0 200 OK\r\nISTag", "ended in the middle"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "does not speak ICAP: it begins with b'HTTP/1.1"),
        (b"ICAP/1.0 204 OK\r\nno colon\r\n\r\n", "does not speak ICAP: header b'no colon'"),
        (b"ICAP/1.0 204 OK\r\nX: \0\r\n\r\n", "does not speak ICAP: header"),
        (b"ICAP/1.0 204 OK\r\nX: " + b"y" * 2 * HEAD_BYTES + b"\r\n\r\n", f"over {HEAD_BYTES} bytes"),
        (b"ICAP/1.0 204 OK\r\n" + b"X: y\r\n" * HEAD_BYTES, f"over {HEAD_BYTES} bytes"),
        (b"ICAP/1.0 100 Continue\r\n\r\n", "answered RESPMOD with ICAP status 100"),
        (b"ICAP/1.0 206 Partial Content\r\n\r\n", "ICAP status 206"),
        (b"ICAP/1.0 404 Service not found\r\n\r\n", "ICAP status 404"),
        (b"ICAP/1.0 503 Service overloaded\r\n\r\n", "ICAP status 503"),
        (b"ICAP/1.0 200 OK\r\n\r\n", "Encapsulated: ''"),
        (said("null-body=0"), "Encapsulated: 'null-body=0'"),
        (said("res-body=0", b"1\r\nx\r\n0\r\n\r\n"), "Encapsulated: 'res-body=0'"),
        (said(f"res-hdr=0, req-body={len(OK)}", OK), "Encapsulated"),
        (said(f"res-hdr=0, null-body={len(OK)}, null-body={len(OK)}", OK), "Encapsulated"),
        (said(f"res-hdr=4, null-body={len(OK)}", OK), "Encapsulated"),
        (said("res-hdr=0, null-body=-1", OK), "Encapsulated"),
        (said("res-hdr=0, null-body=0", OK), "Encapsulated"),
        (said("req-hdr=44, res-hdr=0, null-body=88", GET + OK), "Encapsulated"),
        (said("res-hdr=0, null-body=12", OK), "a head does not end where"),
        (said("res-hdr=0, null-body=70", OK + b"x" * 30), "a head does not end where"),
        (said(f"res-hdr=0, null-body={len(OK) + 9}", OK), "ended in the middle"),
        (said("res-hdr=0, null-body=999999", OK), f"heads over {HEAD_BYTES} bytes"),
        (said(BODY, OK), "ended in the middle"),
        (said(BODY, OK + b"5\r\nabc"), "ended in the middle"),
        (said(BODY, OK + b"3\r\nabc\r\n"), "ended in the middle"),
        (said(BODY, OK + b"3\r\nabcd\r\n0\r\n\r\n"), "a chunk longer than it says"),
        (said(BODY, OK + b"-3\r\nabc\r\n0\r\n\r\n"), "a chunk without a size"),
        (said(BODY, OK + b"zz\r\n"), "a chunk without a size"),
        (said(BODY, OK + b"7fffffff\r\n"), f"a body over {BODY_BYTES} bytes"),
        (said(BODY, OK + b"0;" + b"x" * 2 * HEAD_BYTES), f"over {HEAD_BYTES} bytes"),
        (said(f"req-hdr=0, null-body={len(GET)}", GET), "answered RESPMOD with ICAP status 200 req"),
    ],
)
def test_what_no_service_should_answer_is_a_fault(answer: bytes, message: str) -> None:
    with pytest.raises(ProductFault) as fault:
        asked(lambda _: answer, "RESPMOD", [("req-hdr", GET), ("res-hdr", OK)], b"body")
    assert message in str(fault.value)


@given(st.data())
@settings(max_examples=60)
def test_a_garbled_answer_is_an_answer_or_a_fault(data: st.DataObject) -> None:
    whole = adapted(("res-hdr", OK), body=b"a page that is blocked")
    start = data.draw(st.integers(0, len(whole)))
    garbled = whole[:start] + data.draw(st.binary(max_size=8)) + whole[start + data.draw(st.integers(0, 8)) :]
    try:
        answer, _ = asked(lambda _: garbled)
    except ProductFault:
        return
    assert answer.status == 204 or answer.part in ("req", "res")


@pytest.mark.parametrize("trickle", [b"", b"ICAP/1.0 200 OK\r\n", said(BODY, OK + b"0\r\n"), said(BODY, OK)])
def test_silence_and_dribble_end_in_time(trickle: bytes) -> None:
    """Whatever came before, and whatever comes in drops after it."""

    async def life() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(trickle)
            while trickle and not writer.is_closing():
                writer.write(b"1\r\nx\r\n" if trickle.endswith(b"\r\n\r\n") else b"X: y\r\n")
                await asyncio.sleep(0.02)
            await reader.read()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        client = IcapClient(f"icap://127.0.0.1:{server.sockets[0].getsockname()[1]}/slow", 0.2)
        try:
            await client.adapt("REQMOD", [("req-hdr", GET)], b"", "/")
        finally:
            server.close()

    started = time.monotonic()
    with pytest.raises(ProductFault, match=r"did not answer within 0\.2 s"):
        asyncio.run(life())
    assert time.monotonic() - started < 2


def test_nobody_there() -> None:
    async def life() -> None:
        async with listening() as peer:
            client = IcapClient(peer.address, 5)
        await client.ask()

    with pytest.raises(ProductFault, match="no connection to icap://"):
        asyncio.run(life())


def test_options_that_are_none() -> None:
    async def life() -> None:
        async with listening(options=b"ICAP/1.0 404 Service not found\r\n\r\n") as peer:
            await IcapClient(peer.address, 5).ask()

    with pytest.raises(ProductFault, match="answered OPTIONS with ICAP status 404"):
        asyncio.run(life())


@pytest.mark.parametrize(
    "address",
    ["", "filter", "http://a.test/x", "icap:///x", "icap://a.test:0x/x", "icap://a.test/a b", "icap://a.test/\r\nX: y"],
)
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        IcapClient(address, 5)
