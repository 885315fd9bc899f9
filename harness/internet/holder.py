"""Run by a room, as the first process of its namespaces: makes its two networks, then holds them until its input ends.

The outer network is where the replayed Internet listens; every address there is its own. The inner one is the room,
whose only way leads to the outer one. So an address on the room's own loopback, where names that a product blocks
often lead, is not the Internet's. When this process ends, the system ends every process of the room.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.internet import kernel, mounts
from harness.internet.doors import hand_over, readable
from harness.internet.names import Names, listen

# Addresses set aside for test benches (RFC 2544) and for private use (RFC 4193).
WORLD, ROOM = "198.18.0.1", "198.18.0.2"
WORLD6, ROOM6 = "fd74::1", "fd74::2"
# Routes are looked up in the table `local` first, so the way back to the room has to be there too.
OUTER = f"""
link set lo up
link add world type veth peer name room netns /proc/self/fd/{{room}}
link set world up
address add {WORLD}/30 dev world
route add local 0.0.0.0/0 dev lo table local
route add {ROOM}/32 dev world table local
"""
INNER = f"""
link set lo up
link set room up
address add {ROOM}/30 dev room
route add 0.0.0.0/0 via {WORLD}
"""
OUTER6 = f"""
address add {WORLD6}/64 dev world nodad
route add local ::/0 dev lo table local
route add {ROOM6}/128 dev world table local
"""
INNER6 = f"""
address add {ROOM6}/64 dev room nodad
route add ::/0 via {WORLD6} dev room
"""
# Services behind sockets in the file system that answer for names with what the machine outside knows.
NAME_SERVICES = ("/run/nscd", "/run/systemd/resolve", "/run/dbus", "/run/avahi-daemon")
BACKLOG = 512


def networks(ports: Sequence[int]) -> tuple[list[socket.socket], tuple[socket.socket, socket.socket], int]:
    """Make both networks and stay in the inner one; returns the listeners of the outer one, its name server's
    sockets, and the descriptor that stands for it. Raises OSError."""
    six = Path("/proc/sys/net/ipv6").exists()
    outer = os.open("/proc/self/ns/net", os.O_RDONLY)
    kernel.new_network()
    inner = os.open("/proc/self/ns/net", os.O_RDONLY)
    kernel.enter_network(outer)
    _ip(OUTER.format(room=inner) + (OUTER6 if six else ""), inner)
    families = [(socket.AF_INET, "0.0.0.0"), *([(socket.AF_INET6, "::")] if six else [])]
    listeners = [
        # A server of the Internet may have the port at one address of its own.
        socket.create_server((every, port), family=family, backlog=BACKLOG, reuse_port=True)
        for port in ports
        for family, every in families
    ]
    names = listen(WORLD, 53)
    kernel.enter_network(inner)
    _ip(INNER + (INNER6 if six else ""))
    Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").write_text("0", "ascii")
    return listeners, names, outer


def listening(where: int, kind: str, address: str, port: int) -> socket.socket:
    """A socket of the network that the descriptor stands for, "tcp" and listening or "udp". Raises OSError."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    kernel.enter_network(where)
    try:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        if kind == "tcp":
            return socket.create_server((address, port), family=family, backlog=BACKLOG)
        made = socket.socket(family, socket.SOCK_DGRAM)
        made.bind((address, port))
        return made
    finally:
        kernel.enter_network(home)
        os.close(home)


def unconnected(where: int) -> socket.socket:
    """A TCP socket of the network that the descriptor stands for."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    kernel.enter_network(where)
    try:
        return socket.socket()
    finally:
        kernel.enter_network(home)
        os.close(home)


def _ip(commands: str, *descriptors: int) -> None:
    done = subprocess.run(
        ["ip", "-batch", "-"], input=commands, capture_output=True, text=True, pass_fds=descriptors, check=False
    )
    if done.returncode != 0:
        raise OSError(f"ip: {done.stderr.strip()}")


def handle(command: dict[str, Any], outer: int) -> tuple[dict[str, Any], list[socket.socket]]:
    """Carry out one command; returns the answer, with an `error` if it failed, and the sockets that go with it."""
    match command["op"]:
        case "socket":
            return {}, [unconnected(outer) if command["outside"] else socket.socket()]
        case "bind":
            try:
                mounts.bind(Path(command["source"]), Path(command["target"]))
            except OSError as error:
                return {"error": str(error)}, []
            return {}, []
        case "listen":
            try:
                inner = os.open("/proc/self/ns/net", os.O_RDONLY)
                where = outer if command["outside"] else inner
                made = listening(where, command["kind"], command["address"], command["port"])
                os.close(inner)
            except OSError as error:
                return {"error": str(error)}, []
            return {}, [made]
        case "cut":
            try:
                _ip("link set room down\n")
            except OSError as error:
                return {"error": str(error)}, []
            return {}, []
        case other:
            return {"error": f"unknown command {other!r}"}, []


async def hold(control: socket.socket, internet: str, listeners: Sequence[socket.socket], outer: int) -> None:
    """Hand over the doors, say so, and answer commands until the input ends."""
    tasks = [asyncio.create_task(_ready(control, handed := asyncio.Event(), outer))]
    if internet:
        tasks.append(asyncio.create_task(hand_over(Path(internet), listeners, handed.set)))
    else:
        handed.set()
    while True:
        await readable(control)
        if not (message := control.recv(65536)):
            break
        answer, sockets = handle(json.loads(message), outer)
        _say(control, answer, sockets)
        for item in sockets:
            item.close()


async def _ready(control: socket.socket, handed: asyncio.Event, outer: int) -> None:
    await handed.wait()
    _say(control, {"outer": outer})


def _say(control: socket.socket, answer: dict[str, Any], sockets: Sequence[socket.socket] = ()) -> None:
    socket.send_fds(control, [json.dumps(answer).encode()], [item.fileno() for item in sockets])


async def main() -> None:
    """Read the configuration, make the room, hold it."""
    control = socket.socket(fileno=sys.stdin.fileno())
    config = json.loads(control.recv(65536))
    try:
        listeners, sockets, outer = networks(config["doors"])
        for folder in map(Path, NAME_SERVICES):
            if folder.is_dir():
                kernel.cover(folder)
        for source, target in config["binds"].items():
            mounts.bind(Path(source), Path(target))
    except OSError as error:
        _say(control, {"error": str(error)})
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # orphans become children of the first process: let none stay
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # nobody reads it from here on
    names = Names(WORLD)
    await names.serve(*sockets)
    with contextlib.suppress(ConnectionError):
        await hold(control, config["internet"], listeners, outer)


if __name__ == "__main__":
    asyncio.run(main())
