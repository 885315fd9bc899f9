"""A product's process: started so that it dies with us, its last words kept, stopped for certain."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections import deque
from collections.abc import Callable
from pathlib import Path

from harness.model.errors import ProductFault

KEPT = 64 * 1024
Around = Callable[[list[str]], list[str]]


class Process:
    """One running command; `words` are the last 64 KiB it printed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._chunks: deque[bytes] = deque()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, command: list[str], cwd: Path, user: str = "", around: Around = list) -> "Process":
        """Start the command, as `user` if one is given (which takes root), by the command that `around` makes of it.
        Raises ProductFault when it cannot be started."""
        guard = shutil.which("setpriv")
        if user and not guard:
            raise ProductFault(
                "`setpriv` (util-linux) is not on PATH; without it a product cannot be run as another user"
            )
        # Dying with us must be asked for last: a change of user forgets it.
        dying = [guard, "--pdeathsig", "TERM"] if guard else []
        become = ["--reuid", user, "--regid", user, "--init-groups"] if user else []
        within = [*dying, *become, "--", *command] if guard else command
        try:
            process = await asyncio.create_subprocess_exec(
                *around(within),
                cwd=cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                restore_signals=False,  # as in a room, and as services have it: what cannot be written is an error
            )
        except OSError as error:
            raise ProductFault(f"{command[0]}: {error.strerror}") from None
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        """As the system has it at this moment: what was cut off by its death must not be taken for its answer."""
        return self._process.returncode is None and not _ended(self._process.pid)

    @property
    def returncode(self) -> int | None:
        return self._process.returncode

    @property
    def words(self) -> str:
        return b"".join(self._chunks).decode("utf-8", "replace")[-KEPT:]

    def signal(self, name: str) -> None:
        """Send it a signal, "HUP" for SIGHUP."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(getattr(signal, f"SIG{name}"))

    async def wait(self, seconds: float) -> int | None:
        """The exit code, None when it is still running after that time."""
        try:
            async with asyncio.timeout(seconds):
                return await self._process.wait()
        except TimeoutError:
            return None

    async def stop(self, seconds: float) -> None:
        """SIGTERM, and after `seconds` SIGKILL, to it; SIGKILL to whatever of its session is left."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            await self.wait(seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        self._reading.cancel()

    async def _read(self) -> None:
        assert self._process.stdout
        size = 0
        while chunk := await self._process.stdout.read(8192):
            self._chunks.append(chunk)
            size += len(chunk)
            while size > 2 * KEPT:
                size -= len(self._chunks.popleft())


def _ended(pid: int) -> bool:
    """Whether a child has ended, also one that nobody has waited for yet; of no use on macOS."""
    try:
        return hasattr(os, "waitid") and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


async def run(command: list[str], cwd: Path, seconds: float, user: str = "", around: Around = list) -> tuple[int, str]:
    """Run a command to its end: exit code and last words. Raises ProductFault when it cannot start or does not end in
    time."""
    process = await Process.start(command, cwd, user, around)
    code = await process.wait(seconds)
    await asyncio.sleep(0)
    if code is None:
        await process.stop(1)
        raise ProductFault(f"{command[0]} did not end within {seconds:.0f} s")
    await asyncio.wait([process._reading], timeout=2)
    return code, process.words
