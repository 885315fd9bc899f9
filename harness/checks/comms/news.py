"""A small server of newsgroups (NNTP, RFC 3977): one group, which takes articles."""

import asyncio
import socket
from collections.abc import Callable

from harness.checks.comms.heard import Heard

GROUP = "harness.test"


class News:
    """Tells `hear` of every article that is posted."""

    def __init__(self, hear: Callable[[Heard], None]) -> None:
        self._hear = hear

    async def serve(self, sock: socket.socket) -> asyncio.Server:
        """Answer at a listening socket."""
        return await asyncio.start_server(self._attend, sock=sock)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("200 news.example, posting allowed")
        try:
            while line := await reader.readline():
                match line.decode("utf-8", "replace").split():
                    case [word, *_] if word.upper() == "CAPABILITIES":
                        say("101 capabilities\r\nVERSION 2\r\nREADER\r\nPOST\r\n.")
                    case [word, *_] if word.upper() == "MODE":
                        say("200 posting allowed")
                    case [word, *_] if word.upper() == "GROUP":
                        say(f"211 0 1 0 {GROUP}")
                    case [word] if word.upper() == "POST":
                        say("340 send it")
                        await writer.drain()
                        article = await reader.readuntil(b"\r\n.\r\n")
                        self._hear(Heard("newsgroups", GROUP, article.decode("utf-8", "replace")))
                        say("240 received")
                    case [word] if word.upper() == "QUIT":
                        say("205 goodbye")
                        break
                    case _:
                        say("500 unknown")
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        writer.close()
