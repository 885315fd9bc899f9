"""A room: a network, with mounts and processes of its own, where a browser resolves and connects as on any machine and
yet reaches nothing but the replayed Internet. Linux alone has it."""

import asyncio
import contextlib
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from harness.internet import enter, holder
from harness.internet.doors import readable
from harness.model import canonical
from harness.model.errors import HarnessError

TOOLS = {"unshare": "util-linux", "setpriv": "util-linux", "ip": "iproute2"}
ANSWER_SECONDS = 20.0
HOSTS = "127.0.0.1 localhost\n::1 localhost\n"


class Room:
    """Held by one process, with which everything inside ends. `names` is the Internet's name server, address and port,
    as seen from inside; every port of `doors` leads to the replayed Internet, at every address but the room's own."""

    names = (holder.WORLD, 53)

    def __init__(self, work: Path, process: subprocess.Popen[bytes], control: socket.socket, outer: int) -> None:
        self._work, self._process, self._control, self._outer = work, process, control, outer
        self._asking = asyncio.Lock()
        self._exposed: list[asyncio.Server] = []
        self._joined: set[asyncio.Task[None]] = set()
        (self._holder,) = (child.pid for child in psutil.Process(process.pid).children())
        self._network = Path(f"/proc/{self._holder}/ns/net").stat().st_ino

    @staticmethod
    def possible() -> str:
        """ "" or, in plain words, why this machine permits no room; tried out, in about half a second."""
        if missing := [f"`{tool}` ({package})" for tool, package in TOOLS.items() if not shutil.which(tool)]:
            return f"{', '.join(missing)} not found on PATH"
        try:
            process, control = _start({"doors": [], "internet": "", "binds": {}})
        except OSError as error:
            return str(error)
        with control:
            control.settimeout(ANSWER_SECONDS)
            try:
                message = control.recv(65536)
            except TimeoutError:
                message = b'{"error": "it was not set up in time"}'
            except ConnectionError:
                message = b""
        wrong = _error(process, message)
        process.wait()
        return wrong and f"the system permits no network namespace here: {wrong}"

    @classmethod
    async def open(cls, work: Path, doors: Sequence[int], internet: Path) -> "Room":
        """A room whose TCP ports `doors` lead to the replayed Internet that takes them at `internet`; `work` is a
        folder for it to make. Raises HarnessError when this machine permits none."""
        work.mkdir(parents=True)
        services = Path("/etc/nsswitch.conf")
        kept = re.sub(r"(?m)^\s*hosts:.*\n?", "", services.read_text("utf-8") if services.exists() else "")
        files = {"resolv.conf": f"nameserver {cls.names[0]}\n", "nsswitch.conf": f"{kept}\nhosts: files dns\n"}
        binds = {}
        for name, text in {**files, "hosts": HOSTS}.items():
            (work / name).write_text(text, "utf-8")
            binds[str(work / name)] = f"/etc/{name}"
        try:
            process, control = _start(
                {"doors": sorted({*doors} - {cls.names[1]}), "internet": str(internet), "binds": binds}
            )
        except OSError as error:
            raise HarnessError(f"no room of its own for the browser: {error}") from None
        control.setblocking(False)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await readable(control)
                message = control.recv(65536)
        except ConnectionError:
            message = b""
        except TimeoutError:
            message = b'{"error": "the replayed Internet did not take its doors in time"}'
        except BaseException:
            process.kill()
            raise
        if wrong := _error(process, message):
            process.kill()
            control.close()
            process.wait()
            raise HarnessError(f"no room of its own for the browser: {wrong}")
        return cls(work, process, control, json.loads(message)["outer"])

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def command(self, arguments: Sequence[str], privileged: bool = False, outside: bool = False) -> list[str]:
        """The command that runs `arguments` inside, as the user we are; as root there, if `privileged`; with its
        connections in the replayed Internet, where every address is its own, if `outside`."""
        user = [-1, -1] if os.geteuid() == 0 else [0, 0] if privileged else [os.geteuid(), os.getegid()]
        room = [str(item) for item in (self._outer if outside else -1, self._holder, self._network, *user)]
        return [sys.executable, "-I", "-S", enter.__file__, *room, *arguments]

    def executable(self, program: Path) -> Path:
        """A program out here that runs `program` inside, with the same arguments."""
        script = self._work / f"enter-{canonical.digest(str(program))[:12]}"
        script.write_text(f'#!/bin/sh\nexec {shlex.join(self.command([str(program)]))} "$@"\n', "utf-8")
        script.chmod(0o755)
        return script

    def resolv(self, address: str) -> None:
        """Have programs inside ask this address for names from now on."""
        (self._work / "resolv.conf").write_text(f"nameserver {address}\n", "utf-8")

    @contextlib.contextmanager
    def hosts(self, text: str) -> Iterator[None]:
        """Have the hosts file inside say this too, until it is left."""
        (self._work / "hosts").write_text(HOSTS + text, "utf-8")
        try:
            yield
        finally:
            (self._work / "hosts").write_text(HOSTS, "utf-8")

    async def bind(self, source: Path, target: Path) -> None:
        """Show `source` at `target`, inside alone, whether anything is there or not. Raises HarnessError."""
        await self._ask({"op": "bind", "source": str(source), "target": str(target)})

    async def listen(
        self, port: int, *, address: str = "127.0.0.1", kind: str = "tcp", outside: bool = False
    ) -> socket.socket:
        """A listening TCP socket, or a UDP one, inside, or in the replayed Internet. Raises HarnessError."""
        command = {"op": "listen", "kind": kind, "address": address, "port": port, "outside": outside}
        return (await self._ask(command))[0]

    async def lead(self, port: int, target: int) -> None:
        """Have a TCP port on the loopback inside lead to one on ours, for as long as the room is there."""
        forward = partial(self._out, target)
        self._exposed.append(await asyncio.start_server(forward, sock=await self.listen(port)))

    async def cut(self) -> None:
        """Leave no way out of the room but what has been led elsewhere from its loopback. Raises HarnessError."""
        await self._ask({"op": "cut"})

    async def connect(
        self, port: int, *, address: str = "127.0.0.1", outside: bool = False
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to a TCP port on the loopback inside or at another IPv4 address, or in the replayed Internet's
        network, if `outside`. Raises OSError when nothing listens there."""
        made = (await self._ask({"op": "socket", "outside": outside}))[0]
        made.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(made, (address, port))
        except BaseException:
            made.close()
            raise
        return await asyncio.open_connection(sock=made)

    async def expose(self, port: int) -> int:
        """The port on our loopback that leads to a TCP port on the loopback inside, now or once something listens
        there; until then its connections end at once."""
        server = await asyncio.start_server(partial(self._through, port), "127.0.0.1", 0)
        self._exposed.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """End all that runs inside, and the room; harmless when it is gone."""
        for server in self._exposed:
            server.close()
        for task in (joined := list(self._joined)):
            task.cancel()
        await asyncio.gather(*joined, return_exceptions=True)
        self._control.close()
        try:
            await asyncio.to_thread(self._process.wait, ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stderr
        self._process.stderr.close()

    async def _through(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await self.connect(port)
        except (OSError, HarnessError):
            writer.close()
            return
        await self._join(reader, inner_writer, inner_reader, writer)

    async def _out(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            outer_reader, outer_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await self._join(reader, outer_writer, outer_reader, writer)

    async def _join(
        self,
        reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Both ways until both have ended, or the room is closed."""
        task = asyncio.create_task(_both(reader, far_writer, far_reader, writer))
        self._joined.add(task)
        task.add_done_callback(self._joined.discard)
        await asyncio.wait([task])

    async def _ask(self, command: dict[str, Any]) -> list[socket.socket]:
        async with self._asking:
            try:
                self._control.send(json.dumps(command).encode())
                async with asyncio.timeout(ANSWER_SECONDS):
                    await readable(self._control)
                message, descriptors, _, _ = socket.recv_fds(self._control, 65536, 1)
            except (OSError, TimeoutError):
                self._process.kill()
                message = b""
        if not message:
            raise HarnessError("the room is gone")
        if wrong := json.loads(message).get("error"):
            raise HarnessError(f"the room did not do as asked: {wrong}")
        return [socket.socket(fileno=item) for item in descriptors]


def _start(config: dict[str, Any]) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """The process that holds a room, which dies with us, and our end of its input. Raises OSError."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    users = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    spaces = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", *users]
    try:
        with theirs:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "unshare", *spaces, sys.executable, "-m", holder.__name__],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
    except OSError:
        ours.close()
        raise
    with contextlib.suppress(BrokenPipeError):  # then its last words say why it ended
        ours.send(json.dumps(config).encode())
    return process, ours


def _error(process: subprocess.Popen[bytes], message: bytes) -> str:
    """What is wrong, by the answer of the process or by its last words; "" when nothing is."""
    if message:
        return str(json.loads(message).get("error", ""))
    words = process.communicate()[1].decode("utf-8", "replace").strip()
    return words[-500:] or "it ended without a word"


async def _both(
    reader: asyncio.StreamReader,
    far_writer: asyncio.StreamWriter,
    far_reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    try:
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
    finally:
        far_writer.close()
        writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()
