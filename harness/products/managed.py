"""Products that run as processes of ours: everything about them comes from their profile."""

import asyncio
import contextlib
import os
import shlex
from pathlib import Path
from typing import ClassVar

from harness.model.errors import HarnessError, ProductFault, UsageError
from harness.products.base import Context
from harness.products.process import Process, run
from harness.products.rendered import COMMAND_SECONDS, Rendered
from harness.profile.parts import Process as How


class Managed(Rendered):
    """Rendered, with the processes its profile asks for, of which there must be one if `needs_process`; a kind of
    product adds the route."""

    needs_process: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        profile = context.profile
        if self.needs_process and not profile.process:
            raise UsageError(
                f"a product of kind {profile.kind!r} needs a [process]",
                file=profile.folder / "profile.toml",
                key="process",
            )
        super().__init__(context)
        self._processes: list[tuple[How, Process]] = []
        self._running = False

    def around(self, command: list[str]) -> list[str]:
        """The command that runs `command` where the product runs; a kind may say otherwise."""
        return self.context.log.around(command) if self.context.log else command

    async def connect(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to a TCP port on the loopback where the product runs. Raises OSError, HarnessError."""
        return await asyncio.open_connection("127.0.0.1", port)

    async def accepts(self, port: str) -> bool:
        """Whether the product accepts connections on that TCP port."""
        try:
            _, writer = await self.connect(int(port))
        except (OSError, HarnessError):
            return False
        writer.close()
        return True

    async def change(self, setting: str) -> None:
        """Have it take the files for that setting, with its lists as they are now. Raises ProductFault, UsageError."""
        self.read_anew()
        self.render(setting)
        await self.take(setting)

    async def take(self, setting: str) -> None:
        """Have it take its files as they lie there, in the way that its profile says. Raises ProductFault with its own
        words."""
        how = self._profile.life_cycle.change
        if how == "restart":
            await Managed.stop(self)
            await self.launch(setting, as_they_lie=True)
        elif how != "itself" and self._processes:
            self._processes[0][1].signal(how)

    @property
    def words(self) -> str:
        """What its processes have printed last."""
        return "".join(process.words for _, process in self._processes)

    async def launch(self, setting: str, as_they_lie: bool = False) -> None:
        """Render the files, unless they are taken as they lie, then prepare and run each process, and wait until it is
        ready. Raises ProductFault with its own words."""
        variables = self.seen(setting) if as_they_lie else self.render(setting)
        for how in self._profile.process:
            if self.texts((how.when,), variables) == ["False"]:
                continue
            become = how.user if os.geteuid() == 0 else ""
            for command in how.prepare:
                arguments = self.arguments(command, variables)
                code, words = await run(arguments, self.context.work, COMMAND_SECONDS, become, self.around)
                if code != 0:
                    raise ProductFault(
                        f"{self._profile.name}: `{shlex.join(arguments)}` ended with {code}: {words[-1500:].strip()}"
                    )
            arguments = self.arguments(how.command, variables)
            process = await Process.start(arguments, self.context.work, become, self.around)
            self._processes.append((how, process))
            (port,) = self.texts((how.ready,), variables)
            if port or how.ready_says:
                await self._ready(process, port, how)
        self._running = True

    async def stop(self) -> None:
        """Stop all of it, the last started first, and remove what it left elsewhere."""
        self._running = False
        while self._processes:
            how, process = self._processes.pop()
            await process.stop(how.stop_seconds)
            for pattern in self.texts(how.leftovers, self.variables):
                for path in Path(pattern).parent.glob(Path(pattern).name):
                    with contextlib.suppress(OSError):  # another user's
                        path.unlink(missing_ok=True)

    @property
    def alive(self) -> bool:
        """Whether it was started, and as many processes of it as there are, if any, still run."""
        return self._running and all(process.alive for _, process in self._processes)

    async def answers(self) -> bool:
        """As of every product."""
        return self.alive

    @property
    def pids(self) -> tuple[int, ...]:
        """What its processes were started as."""
        return tuple(process.pid for _, process in self._processes)

    async def _ready(self, process: Process, port: str, how: How) -> None:
        deadline = asyncio.get_running_loop().time() + how.ready_seconds
        accepted = not port
        while asyncio.get_running_loop().time() < deadline:
            if not process.alive:
                await asyncio.sleep(0.1)
                raise ProductFault(
                    f"{self._profile.name} ended at once with exit code {process.returncode}:"
                    f" {process.words[-1500:].strip()}"
                )
            accepted = accepted or await self.accepts(port)
            if accepted and how.ready_says in process.words:
                return
            await asyncio.sleep(0.05)
        words = process.words[-1500:].strip()
        await self.stop()
        lacking = f"say {how.ready_says!r}" if accepted else "accept connections"
        raise ProductFault(f"{self._profile.name} did not {lacking} within {how.ready_seconds:.0f} s: {words}")
