"""The pages of a bench: short, each on a host of its own, as a plain web server and as a corpus."""

import asyncio
import csv
import datetime
import re
import ssl
import tempfile
from pathlib import Path

from harness.internet import pages, spki


def urls(count: int, scheme: str = "http", port: int | None = None, apart: bool = False) -> list[str]:
    """`count` addresses on `count` hosts, all of one site or each `apart`, on a site of its own."""
    place, site = f":{port}" if port else "", "test" if apart else "bench.test"
    return [f"{scheme}://site{number}.{site}{place}/page/{number}?q=1" for number in range(count)]


def write_corpus(folder: Path, count: int, scheme: str, apart: bool = False) -> None:
    """A corpus of those addresses without fixtures, so that each is the neutral page."""
    folder.mkdir()
    (folder / "corpus.toml").write_text('name = "bench"\n')
    with (folder / "cases.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("case_id", "url", "category", "expectation"))
        table.writerows(
            (f"bench-{number}", url, "news", "allow") for number, url in enumerate(urls(count, scheme, None, apart))
        )


class Site:
    """A web server that gives the neutral page at every address: the least a page can cost. Over https, its key is
    `spki`."""

    def __init__(self, scheme: str = "http") -> None:
        self._secure, self.spki = scheme == "https", ""

    async def __aenter__(self) -> "Site":
        context = None
        if self._secure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            with tempfile.TemporaryDirectory() as folder:
                spki.make_origin_authority(Path(folder), datetime.datetime.now(datetime.UTC))
                context.load_cert_chain(both := Path(folder) / "mitmproxy-ca.pem")
                self.spki = spki.of_pem(both)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
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
