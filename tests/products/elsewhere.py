"""Another machine: a room with nothing of the harness in it but two ends of tunnels, as `ssh -L` and `ssh -R` make."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil

from harness.browser.devtools import DevTools, browser_address
from harness.internet.doors import take
from harness.internet.ports import free_ports
from harness.internet.room import Room
from harness.products.base import Context
from harness.products.managed import Managed
from harness.profile import product as profiles
from tests.products import far_end

DEVTOOLS, TUNNEL = 9222, 8080  # ports there
ARGUMENTS = ("--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
WAITS = 200  # of 0.05 s


class Machine:
    """Made by `machine`. `endpoint` is its browser's DevTools as reached from here; a proxy at `TUNNEL` there leads to
    the port `internet` here."""

    def __init__(self, work: Path, room: Room, endpoint: str) -> None:
        self.work, self.room, self.endpoint = work, room, endpoint
        (self.internet,) = free_ports(1)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.playwright = f"{endpoint.replace('http', 'ws')}/there"  # of `serve_playwright`
        self._profiles = 0
        self._browser: subprocess.Popen[bytes] | None = None

    def inside(self, *command: str) -> list[str]:
        """The command that runs a command there, which leaves nothing behind."""
        return self.room.command(["env", f"TMPDIR={self.work}", *command])

    def run(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a command there."""
        silent = subprocess.DEVNULL
        process = subprocess.Popen(self.inside(*command), stdin=silent, stdout=silent, stderr=silent)
        self.processes.append(process)
        return process

    def chromium(self, program: Path, *arguments: str) -> list[str]:
        """The command that runs a browser there as its owner would, with DevTools switched on."""
        self._profiles += 1
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        place = [f"--remote-debugging-port={DEVTOOLS}", f"--user-data-dir={self.work / f'browser-{self._profiles}'}"]
        return [str(program), *ARGUMENTS, *sandbox, *place, *arguments, "about:blank"]

    async def browse(self, program: Path, *arguments: str) -> None:
        """Start such a browser, and wait until it can be reached."""
        self._browser = self.run(*self.chromium(program, *arguments))
        for _ in range(WAITS):
            try:
                await asyncio.to_thread(browser_address, self.endpoint)
                return
            except OSError:
                await asyncio.sleep(0.05)
        raise AssertionError("the browser there does not start")

    async def serve_playwright(self, program: Path) -> None:
        """Start a Playwright server with such a browser behind it, and wait until it can be reached."""
        config = self.work / "playwright.json"
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        where = {"host": "127.0.0.1", "port": DEVTOOLS, "wsPath": "/there"}
        config.write_text(json.dumps({"executablePath": str(program), "args": sandbox, **where}), "utf-8")
        self.run(sys.executable, "-m", "playwright", "launch-server", "--browser", "chromium", "--config", str(config))
        for _ in range(WAITS):
            try:
                (await self.room.connect(DEVTOOLS))[1].close()
                return
            except OSError:
                await asyncio.sleep(0.05)
        raise AssertionError("the Playwright server there does not start")

    def end_browser(self) -> None:
        """Kill it."""
        assert self._browser
        for process in psutil.Process(self._browser.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # it went with another
                process.kill()
        self._browser.wait()

    async def ask(self, method: str) -> dict[str, Any]:
        """What the browser there answers."""
        devtools = await DevTools.open(await asyncio.to_thread(browser_address, self.endpoint))
        try:
            return await devtools.send(method)
        finally:
            await devtools.close()

    async def tabs(self) -> list[tuple[str, str]]:
        """Identity and address of the pages that are open there, in any profile."""
        await asyncio.sleep(1)  # in which what was closed may go
        found = (await self.ask("Target.getTargets"))["targetInfos"]
        return sorted((item["targetId"], item["url"]) for item in found if item["type"] == "page")


class Squid(Managed):
    """Squid as that machine's own proxy."""

    def __init__(self, there: Machine, params: dict[str, str]) -> None:
        profile = profiles.load("squid")
        work = there.work / "squid"
        work.mkdir(mode=0o755)
        super().__init__(Context(profile, profile.checked_params(params), work, TUNNEL))
        self._room = there.room
        self.url = f"http://127.0.0.1:{self.port}"

    def around(self, command: list[str]) -> list[str]:
        return self._room.command(command, privileged=True)

    async def connect(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await self._room.connect(port)


@asynccontextmanager
async def machine(work: Path) -> AsyncIterator[Machine]:
    """A machine without a browser yet, its tunnels laid; all of it is gone in the end."""

    async def no_door(_: Any) -> asyncio.Server:
        raise AssertionError("nothing is to be reached but by the tunnel")

    doors = asyncio.create_task(take(work / "doors", no_door))
    room = await Room.open(work / "room", (), work / "doors")
    there = Machine(work, room, f"http://127.0.0.1:{await room.expose(DEVTOOLS)}")

    async def out(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            near_reader, near_writer = await asyncio.open_connection("127.0.0.1", there.internet)
        except OSError:
            writer.close()
            return
        await asyncio.gather(far_end.copy(reader, near_writer), far_end.copy(near_reader, writer))

    server = await asyncio.start_unix_server(out, work / "tunnel")
    there.run(sys.executable, str(Path(far_end.__file__)), str(TUNNEL), str(work / "tunnel"))
    try:
        yield there
    finally:
        server.close()
        doors.cancel()
        for process in there.processes:
            process.kill()
            process.wait()
        await room.close()
