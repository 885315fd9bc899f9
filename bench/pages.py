"""The pages of a bench: short, each on a host of its own, as a plain web server and as a corpus."""

import asyncio
import csv
import re
from pathlib import Path

from harness.internet import pages


def urls(count: int, scheme: str = "http", port: int | None = None) -> list[str]:
    """`count` addresses on `count` hosts."""
    place = f":{port}" if port else ""
    return [f"{scheme}://site{number}.bench.test{place}/page/{number}?q=1" for number in range(count)]


def write_corpus(folder: Path, count: int, scheme: str) -> None:
    """A corpus of those addresses without fixtures, so that each is the neutral page."""
    folder.mkdir()
    (folder / "corpus.toml").write_text('name = "bench"\n')
    with (folder / "cases.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("case_id", "url", "category", "expectation"))
        table.writerows((f"bench-{number}", url, "news", "allow") for number, url in enumerate(urls(count, scheme)))


class Site:
    """A web server that gives the neutral page at every address: the least a page can cost."""

    async def __aenter__(self) -> "Site":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = re.match(rb"GET (\S+)", head)
                body = pages.NEUTRAL.replace(
                    "</body>", f"<i hidden>{path[1].decode() if path else ''}</i></body>"
                ).encode()
                fields = b"Content-Type: text/html\r\nCache-Control: no-store\r\nContent-Length: %d\r\n\r\n"
                writer.write(b"HTTP/1.1 200 OK\r\n" + fields % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
