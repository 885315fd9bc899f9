"""Bytes are said as asked: in packets, in TLS records, within a tunnel, to a server on loopback."""

import datetime
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from harness.checks.programs.raw import HANDSHAKE, Saying, in_records, pieces, say
from harness.internet import spki


@given(st.binary(min_size=1), st.integers(0, 20))
def test_pieces_are_the_whole(data: bytes, every: int) -> None:
    found = list(pieces(data, every))
    assert b"".join(found) == data
    assert all(len(item) <= (every or len(data)) for item in found)


@given(st.binary(min_size=1, max_size=300), st.integers(1, 64))
def test_records_hold_the_handshake(data: bytes, size: int) -> None:
    record = struct.pack("!BHH", HANDSHAKE, 0x0301, len(data)) + data
    assert in_records(record, 0) == record
    found, rest = b"", in_records(record, size)
    while rest:
        kind, version, length = struct.unpack("!BHH", rest[:5])
        assert (kind, version) == (HANDSHAKE, 0x0301)
        assert 0 < length <= size
        found, rest = found + rest[5 : 5 + length], rest[5 + length :]
    assert found == data


def test_what_is_no_handshake_is_left() -> None:
    assert in_records(struct.pack("!BHH", 23, 0x0303, 3) + b"abc", 1) == struct.pack("!BHH", 23, 0x0303, 3) + b"abc"


def served(serve: Callable[[socket.socket], None]) -> int:
    """The port of a server of one connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        made, _ = listener.accept()
        with listener, made:
            made.settimeout(5)
            serve(made)

    threading.Thread(target=run, daemon=True).start()
    return int(listener.getsockname()[1])


def read(made: socket.socket | ssl.SSLSocket, end: bytes) -> bytes:
    data = b""
    while not data.endswith(end):
        data += made.recv(65536)
    return data


def test_a_request_goes_as_it_is() -> None:
    heard = []

    def serve(made: socket.socket) -> None:
        heard.append(read(made, b"\n\n"))
        made.sendall(b"an answer")

    request = "get / HTTP/1.1\nhOSt:\ta.example\n\n"
    assert say(Saying(request, "127.0.0.1", served(serve), every=7)) == b"an answer"
    assert heard == [request.encode()]


def test_tls_by_a_tunnel_names_what_it_is_told(tmp_path: Path) -> None:
    certificate, key = spki.make_authority(tmp_path, datetime.datetime.now(datetime.UTC))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    heard = []
    context.sni_callback = lambda made, name, own: heard.append(name or "")

    def serve(made: socket.socket) -> None:
        heard.append(read(made, b"\r\n\r\n").split(b"\r\n")[0].decode())
        made.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with context.wrap_socket(made, server_side=True) as within:
            heard.append(read(within, b"\r\n\r\n").decode())
            within.sendall(b"an answer")

    for name in ("front.example", ""):
        heard.clear()
        proxy = f"127.0.0.1:{served(serve)}"
        saying = Saying("GET /\r\n\r\n", "a.example", 443, proxy, True, True, name, every=50, records=60)
        assert say(saying) == b"an answer"
        assert heard == ["CONNECT a.example:443 HTTP/1.1", name, "GET /\r\n\r\n"]


def test_a_refused_tunnel_is_what_comes_back() -> None:
    def serve(made: socket.socket) -> None:
        read(made, b"\r\n\r\n")
        made.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

    assert b"403" in say(Saying("GET /\r\n\r\n", "a.example", 443, f"127.0.0.1:{served(serve)}", tunnel=True, tls=True))
