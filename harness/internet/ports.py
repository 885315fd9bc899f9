"""Ports that are free."""

import socket


def free_ports(count: int) -> tuple[int, ...]:
    """Loopback TCP ports that nobody listens on just now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = tuple(int(item.getsockname()[1]) for item in sockets)
    for item in sockets:
        item.close()
    return ports
