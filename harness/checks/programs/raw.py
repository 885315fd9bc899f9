"""Say bytes to a server as no browser would: `raw JSON`, the fields of `Saying`. Prints what comes back."""

import json
import re
import socket
import ssl
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SECONDS = 5.0
PAUSE_SECONDS = 0.02
QUIET_SECONDS = 1.0  # after something has come
HANDSHAKE = 22  # TLS record type


@dataclass(frozen=True, slots=True)
class Saying:
    """`said` to `host`:`port`, or to a proxy, host and port, after asking it for a tunnel there, if `tunnel`. With
    `tls` within TLS, where `name` is what the client hello says the server is called, "" for nothing. In packets of
    `every` bytes, 0 for as they come; the client hello in TLS records of `records` bytes, 0 for one."""

    said: str
    host: str
    port: int
    proxy: str = ""
    tunnel: bool = False
    tls: bool = False
    name: str = ""
    every: int = 0
    records: int = 0


def pieces(data: bytes, every: int) -> Iterator[bytes]:
    """The bytes in pieces of so many, or in one."""
    yield from (data[start : start + every] for start in range(0, len(data), every)) if every else (data,)


def in_records(data: bytes, size: int) -> bytes:
    """One TLS handshake record as several with so many bytes of it each (RFC 8446, 5.1)."""
    kind, version, _ = struct.unpack("!BHH", data[:5])
    if kind != HANDSHAKE or not size:
        return data
    return b"".join(struct.pack("!BHH", kind, version, len(part)) + part for part in pieces(data[5:], size))


def say(saying: Saying) -> bytes:
    """What comes back, to the end of the connection or until nothing more does. Raises OSError."""
    proxy, _, port = saying.proxy.rpartition(":")
    address = (proxy, int(port)) if proxy else (saying.host, saying.port)
    with socket.create_connection(address, SECONDS) as made:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if proxy and saying.tunnel:
            made.sendall(f"CONNECT {saying.host}:{saying.port} HTTP/1.1\r\nHost: {saying.host}\r\n\r\n".encode())
            head = b""
            while b"\r\n\r\n" not in head:
                if not (more := made.recv(65536)):
                    raise ConnectionError("the proxy closed the connection")
                head += more
            if not re.match(rb"HTTP/1\.[01] 200", head):
                return head
        return _within_tls(made, saying) if saying.tls else _plain(made, saying)


def _plain(made: socket.socket, saying: Saying) -> bytes:
    _send(made, saying.said.encode("latin-1"), saying.every)
    return b"".join(_all(made, lambda: made.recv(65536)))


def _within_tls(made: socket.socket, saying: Saying) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(incoming, outgoing, server_hostname=saying.name or None)
    first = True

    def step(do: Callable[[], bytes]) -> bytes:
        nonlocal first
        while True:
            try:
                done = do()
                break
            except ssl.SSLWantReadError:
                data = outgoing.read()
                _send(made, in_records(data, saying.records) if first else data, saying.every)
                first = first and not data
                if not (received := made.recv(65536)):
                    raise ConnectionError("the connection was closed") from None
                incoming.write(received)
        _send(made, outgoing.read(), saying.every)
        return done

    def shake() -> bytes:
        session.do_handshake()
        return b""

    def write() -> bytes:
        session.write(saying.said.encode("latin-1"))
        return b""

    step(shake)
    step(write)
    return b"".join(_all(made, lambda: step(lambda: session.read(65536))))


def _send(made: socket.socket, data: bytes, every: int) -> None:
    for piece in pieces(data, every):
        made.sendall(piece)
        if every:
            time.sleep(PAUSE_SECONDS)


def _all(made: socket.socket, receive: Callable[[], bytes]) -> Iterator[bytes]:
    """What is received until there is no more, whatever the end is like, or nothing comes for a while."""
    try:
        while data := receive():
            yield data
            made.settimeout(QUIET_SECONDS)
    except OSError:
        return


def main() -> None:
    """The program."""
    try:
        answer = say(Saying(**json.loads(sys.argv[1])))
    except OSError as error:
        sys.exit(str(error) or type(error).__name__)
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
