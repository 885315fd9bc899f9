"""Clients' way through a proxy."""

import socket
import threading

import pytest

from harness.checks.comms.clients.tunnel import Door


def proxy(answer: bytes) -> int:
    """A proxy's port, which answers one request so, then sends back what comes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def attend() -> None:
        with listener, listener.accept()[0] as made:
            asked = made.recv(4096)
            made.sendall(answer + (asked.partition(b"\r\n")[0] if b" 200" in answer else b""))

    threading.Thread(target=attend, daemon=True).start()
    return int(listener.getsockname()[1])


def test_without_a_proxy_it_is_the_address_itself() -> None:
    assert Door("irc.example", 6667, "").address == ("irc.example", 6667)


def test_a_tunnel_is_asked_for() -> None:
    port = proxy(b"HTTP/1.1 200 OK\r\n\r\n")
    door = Door("irc.example", 6667, f"http://127.0.0.1:{port}")
    with socket.create_connection(door.address, 5) as made:
        made.settimeout(5)
        assert made.makefile("rb").read() == b"CONNECT irc.example:6667 HTTP/1.1"
    assert door.refusal == ""


@pytest.mark.parametrize("answer", [b"HTTP/1.1 403 Forbidden\r\n\r\n", b""])
def test_a_refusal_is_told(answer: bytes) -> None:
    door = Door("irc.example", 6667, f"http://127.0.0.1:{proxy(answer)}")
    with socket.create_connection(door.address, 5) as made:
        made.settimeout(5)
        assert made.recv(100) == b""
    assert ("403 Forbidden" if answer else "nothing") in door.refusal
