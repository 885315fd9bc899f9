"""Products of the zoo that monitor: they block the canary and all below it, and record every request. A docstring says
what checks must find."""

import asyncio
import contextlib
import sqlite3
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from smtplib import SMTP, SMTPException
from typing import ClassVar
from urllib.request import Request, urlopen

from mitmproxy.http import HTTPFlow

from harness.products.base import CANARY_BLOCK
from harness.products.behaviour import Behaviour

LATE = 5.0  # seconds
HOST = "127.0.0.1"


class Monitor(Behaviour):
    """Good: every request is recorded at once, as it was, and nothing else of it. The parameter `log` says where."""

    def listed(self, flow: HTTPFlow) -> bool:
        return flow.request.pretty_host.endswith("." + CANARY_BLOCK)

    async def case(self, flow: HTTPFlow) -> None:
        await super().case(flow)
        await self.record(flow, "blocked" if self.listed(flow) else "allowed")

    async def record(self, flow: HTTPFlow, action: str) -> None:
        await self.write(self.now(), flow.request.pretty_url, action)

    def now(self) -> float:
        return time.time()

    async def write(self, at: float, url: str, action: str) -> None:
        """One entry to the log that was asked for."""
        stamp = datetime.fromtimestamp(at, UTC).isoformat()
        line = f"{stamp} child {action} {url}"
        match self.context.params.get("log", "file"):
            case "syslog":
                transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                    asyncio.DatagramProtocol, remote_addr=(HOST, self.ports["sink"])
                )
                transport.sendto(f"<14>{line}".encode())
                transport.close()
            case "http":
                await asyncio.to_thread(_post, self.ports["sink"], line)
            case "mail":
                await asyncio.to_thread(_mail, self.ports["sink"], line)
            case "database":
                with contextlib.closing(sqlite3.connect(self.context.work / "log.db")) as database, database:
                    database.execute("CREATE TABLE IF NOT EXISTS log (time, url, user, action)")
                    database.execute("INSERT INTO log VALUES (?, ?, 'child', ?)", (stamp, url, action))
            case _:
                with (self.context.work / "access.log").open("a", encoding="utf-8") as file:
                    file.write(line + "\n")


def _post(port: int, line: str) -> None:
    with contextlib.suppress(OSError), urlopen(Request(f"http://{HOST}:{port}/", line.encode()), timeout=2):
        pass


def _mail(port: int, line: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "zoo@monitor.test", "parent@home.test", "An alert"
    message.set_content(line, cte="8bit")
    with contextlib.suppress(OSError, SMTPException), SMTP(HOST, port, "monitor.test", timeout=2) as connection:
        connection.send_message(message)


class Silent(Monitor):
    """Records nothing."""

    async def write(self, at: float, url: str, action: str) -> None:
        return


class Forgetful(Monitor):
    """Records every other request."""

    async def write(self, at: float, url: str, action: str) -> None:
        if self.seen % 2:
            await super().write(at, url, action)


class Late(Monitor):
    """Records seconds later than its profile says."""

    _tasks: ClassVar[set[asyncio.Task[None]]] = set()

    async def write(self, at: float, url: str, action: str) -> None:
        async def later() -> None:
            await asyncio.sleep(LATE)
            await super(Late, self).write(at, url, action)

        self._tasks.add(task := asyncio.create_task(later()))
        task.add_done_callback(self._tasks.discard)


class Inventing(Monitor):
    """Records, beside what was asked for, what nobody asked for."""

    async def write(self, at: float, url: str, action: str) -> None:
        await super().write(at, url, action)
        await super().write(at, "http://never-asked.example/", "allowed")


class Misnaming(Monitor):
    """Records that it let through what it blocked."""

    async def record(self, flow: HTTPFlow, action: str) -> None:
        await super().record(flow, "allowed")


class Vague(Monitor):
    """Records the host alone, where its profile says that it records addresses."""

    async def record(self, flow: HTTPFlow, action: str) -> None:
        await self.write(self.now(), f"{flow.request.scheme}://{flow.request.pretty_host}/", action)


class Misdating(Monitor):
    """Records times an hour ago."""

    def now(self) -> float:
        return super().now() - 3600


class Shuffling(Monitor):
    """Records every two requests the wrong way round."""

    _held: tuple[float, str, str] | None = None

    async def write(self, at: float, url: str, action: str) -> None:
        if self._held is None:
            self._held = (at, url, action)
            return
        held, self._held = self._held, None
        await super().write(at, url, action)
        await super().write(*held)


class Indiscreet(Monitor):
    """Records what forms and messages hold."""

    async def record(self, flow: HTTPFlow, action: str) -> None:
        await self.write(self.now(), f"{flow.request.pretty_url} {flow.request.get_text() or ''}".strip(), action)


class Unguarded(Monitor):
    """Leaves its log open to every account."""

    async def write(self, at: float, url: str, action: str) -> None:
        await super().write(at, url, action)
        (self.context.work / "access.log").chmod(0o666)


MONITORS: dict[str, type[Behaviour]] = {
    "monitor": Monitor,
    "monitor-silent": Silent,
    "monitor-forgetful": Forgetful,
    "monitor-late": Late,
    "monitor-inventing": Inventing,
    "monitor-misnaming": Misnaming,
    "monitor-vague": Vague,
    "monitor-misdating": Misdating,
    "monitor-shuffling": Shuffling,
    "monitor-indiscreet": Indiscreet,
    "monitor-unguarded": Unguarded,
}
