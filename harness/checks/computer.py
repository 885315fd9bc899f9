"""A computer in a room: programs on it, and servers of the Internet around it."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.internet.junction import Connection, Junction
from harness.internet.room import Room
from harness.model.errors import HarnessError
from harness.products.process import Process


@dataclass(frozen=True, slots=True)
class Done:
    """A program's end: exit code, None when it had to be stopped, and all it printed to either output."""

    code: int | None
    out: str
    errors: str


class Computer:
    """What runs there works in the folder `work`; `junction` leads to the servers that are started outside."""

    room: Room

    def __init__(self, work: Path) -> None:
        self.work = work
        self.junction = Junction(self._outside)
        self._services: dict[str, Process] = {}

    async def execute(
        self, command: Sequence[str], seconds: float = 20.0, *, outside: bool = False, env: dict[str, str] | None = None
    ) -> Done:
        """Run a program on this computer to its end, or in the Internet, if `outside`. Raises ProductFault where it
        cannot be started."""
        process = await asyncio.create_subprocess_exec(
            *self.room.command(command, outside=outside),
            cwd=self.work,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=env,
        )
        try:
            async with asyncio.timeout(seconds):
                out, errors = await process.communicate()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            out, errors = await process.communicate()
            return Done(None, out.decode("utf-8", "replace"), errors.decode("utf-8", "replace"))
        return Done(process.returncode, out.decode("utf-8", "replace"), errors.decode("utf-8", "replace"))

    async def service(self, name: str, command: Sequence[str], port: int, seconds: float = 15.0) -> Process:
        """A server in the Internet, which ends with this ground; the one that runs already under that name. It is there
        once it accepts TCP connections on that port, 0 for at once. Raises HarnessError with its words when it does not
        come up."""
        if name in self._services and self._services[name].alive:
            return self._services[name]
        self.junction.ports.add(port)
        process = await Process.start(
            list(command), self.work, around=lambda given: self.room.command(given, True, True)
        )
        self._services[name] = process
        probe = ["python3", "-c", f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"]
        deadline = asyncio.get_running_loop().time() + seconds
        while port and (await self.execute(probe, outside=True)).code != 0:
            if not process.alive or asyncio.get_running_loop().time() > deadline:
                raise HarnessError(f"the server {name!r} does not come up: {process.words[-500:].strip()}")
            await asyncio.sleep(0.1)
        return process

    async def end_services(self) -> None:
        """End the servers that were started."""
        for process in self._services.values():
            await process.stop(2)

    async def _outside(self, port: int) -> Connection:
        return await self.room.connect(port, outside=True)
