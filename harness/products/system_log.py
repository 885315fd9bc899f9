"""The system's log as a product sees it: a socket of ours in the place of /dev/log, for its processes alone."""

import asyncio
import os
import re
import socket
from collections import deque
from pathlib import Path

from harness.internet import mounts

PLACE = Path("/dev/log")
KEPT = 1000  # messages
HEAD = re.compile(r"^<\d+>(\w{3} [ \d]\d \d\d:\d\d:\d\d )?")  # priority and time, RFC 3164


class SystemLog(asyncio.DatagramProtocol):
    """Made by `open`; `lines` are the last messages that came, without priority and time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: deque[str] = deque(maxlen=KEPT)
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, path: Path) -> "SystemLog":
        """A log with its socket at `path`, to which everybody may write. Raises OSError."""
        log = cls(path)
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
        try:
            made.bind(f"/proc/self/fd/{folder}/{path.name}")  # a socket's own path is short
            path.chmod(0o666)
            loop = asyncio.get_running_loop()
            log._transport, _ = await loop.create_datagram_endpoint(lambda: log, sock=made)
        except BaseException:
            made.close()
            raise
        finally:
            os.close(folder)
        return log

    @property
    def lines(self) -> list[str]:
        return list(self._lines)

    def around(self, command: list[str]) -> list[str]:
        """The command that runs `command` with this as its system's log."""
        return mounts.command(self.path, PLACE, command)

    def datagram_received(self, data: bytes, _: object) -> None:
        self._lines.append(HEAD.sub("", data.decode("utf-8", "replace").rstrip("\0\n")))

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
