"""The harness's end of the replayed Internet's process."""

import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any

from harness.internet import spki
from harness.internet.pages import token_for
from harness.internet.ports import free_ports
from harness.model import canonical
from harness.model.errors import HarnessError, InternetGone
from harness.model.observation import Receipt
from harness.model.words import Arm

ANSWER_SECONDS = 20.0


class Internet:
    """Starts, asks, restarts and stops the process; its ports stay the same over restarts. `doors` is where it takes
    listening sockets of rooms, to answer there for the test arm."""

    def __init__(self, work: Path, resources: dict[str, Path], hosts: dict[str, str], nonce: str) -> None:
        self.doors = work / "doors"
        self._config = {
            "confdir": str(work),
            "doors": str(self.doors),
            "resources": {key: str(path) for key, path in resources.items()},
            "hosts": hosts,
        }
        self._confdir = work
        self._nonce = nonce
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: asyncio.Queue[asyncio.Future[dict[str, Any]]] = asyncio.Queue()
        self._reading: asyncio.Task[None] | None = None
        self.control_port, self.test_port = 0, 0

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def ca_spki(self) -> str:
        """Base64 SHA-256 of the public key that all its certificates carry."""
        return spki.of_pem(self._confdir / "mitmproxy-ca.pem")

    async def start(self) -> None:
        """Start the process, or start it anew on the same ports. Raises InternetGone when it does not come up."""
        if not self.control_port:
            self.control_port, self.test_port = free_ports(2)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "harness.internet.server",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=2**26,
            start_new_session=True,
        )
        self._waiting = asyncio.Queue()
        self._reading = asyncio.create_task(self._read(self._process, self._waiting))
        await self._ask({**self._config, "ports": [self.control_port, self.test_port]})

    async def open(self, attempt_id: str, arm: Arm, url: str, fixture: Path | None, data: bytes | None = None) -> str:
        """Have the attempt answered, by what is in the file `fixture` or, if given, by `data` as if it were; returns
        its token. Raises HarnessError when the fixture cannot be served."""
        token = token_for(self._nonce, attempt_id)
        answer = await self._ask(
            {
                "op": "open",
                "attempt": attempt_id,
                "arm": arm,
                "url": url,
                "fixture": str(fixture) if fixture else "",
                "token": token,
                **({} if data is None else {"data": base64.b64encode(data).decode()}),
            }
        )
        if "error" in answer:
            raise HarnessError(answer["error"])
        return token

    async def close(self, attempt_id: str) -> tuple[Receipt, ...]:
        """Stop answering the attempt; returns a receipt for every request that arrived for it. Raises InternetGone when
        the process that it was opened at has died."""
        answer = await self._ask({"op": "close", "attempt": attempt_id})
        if "error" in answer:
            raise InternetGone("the replayed Internet was restarted during the attempt")
        return tuple(Receipt(**item) for item in answer["receipts"])

    async def lend(self, host: str, port: int) -> None:
        """Have the web server at that port on loopback answer for the host, whatever is asked of it, web sockets too,
        until the process ends."""
        await self._ask({"op": "lend", "host": host, "port": port})

    async def strays(self) -> dict[str, int]:
        """How many requests arrived that belong to no attempt, by host and answer."""
        return dict((await self._ask({"op": "strays"}))["strays"])

    async def stop(self) -> None:
        """Close its input, which ends it; kill it when that does not help."""
        process = self._process
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        if self._reading:
            await self._reading

    async def _ask(self, command: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None or process.returncode is not None:
            raise InternetGone("the replayed Internet is not running")
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(future)
        try:
            process.stdin.write(canonical.dumps(command).encode() + b"\n")
            await process.stdin.drain()
        except (ConnectionError, RuntimeError):
            raise InternetGone("the replayed Internet died") from None
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await future
        except TimeoutError:
            process.kill()
            raise InternetGone(f"the replayed Internet did not answer within {ANSWER_SECONDS:.0f} s") from None

    @staticmethod
    async def _read(
        process: asyncio.subprocess.Process, waiting: asyncio.Queue[asyncio.Future[dict[str, Any]]]
    ) -> None:
        assert process.stdout
        while line := await process.stdout.readline():
            future = waiting.get_nowait()
            if not future.done():
                future.set_result(json.loads(line))
        await process.wait()
        while not waiting.empty():
            future = waiting.get_nowait()
            if not future.done():
                future.set_exception(InternetGone("the replayed Internet died"))
