"""A local web server for pages of every kind, by http and, at another port, https; for the hosts `HOST` and `PARTS`.

What is answered depends on the request alone, and on how often it was made.
"""

import asyncio
import contextlib
import datetime
import re
import ssl
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from mitmproxy import certs

from harness.internet import spki

HOST, PARTS = "site.test", "parts.site.test"


@dataclass(frozen=True)
class Asked:
    """`count` is how often the same was asked for before; `parts` is where the other host is reached."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    count: int
    parts: str
    secure_port: int


@dataclass(frozen=True)
class Given:
    """`framing` says how the end of the body is told: length, chunked or close."""

    body: bytes | str = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[str, ...] = ()
    framing: str = "length"


@dataclass(frozen=True)
class Page:
    """Where it is, how it is answered, which other paths it needs, and the words that it shows."""

    path: str
    given: Given | Callable[[Asked], Given]
    words: str = ""
    others: Mapping[str, Given | Callable[[Asked], Given]] = field(default_factory=dict)
    secure: bool = False


class Site:
    """The server; `trusted` is the authority that it has its certificate from."""

    def __init__(self, folder: Path, pages: Sequence[Page]) -> None:
        known = ((path, given) for page in pages for path, given in ((page.path, page.given), *page.others.items()))
        self._answers = {re.split("[?#]", path)[0]: given for path, given in known}
        self._counts: Counter[tuple[str, str]] = Counter()
        self.trusted, key = spki.make_authority(folder, datetime.datetime.now(datetime.UTC))
        private = serialization.load_pem_private_key(key.read_bytes(), None)
        authority = x509.load_pem_x509_certificate(self.trusted.read_bytes())
        assert isinstance(private, rsa.RSAPrivateKey)
        own = certs.dummy_cert(private, authority, HOST, [x509.DNSName(HOST), x509.DNSName(PARTS)])
        self._chain = folder / "server.pem"
        self._chain.write_bytes(key.read_bytes() + own.to_pem())
        self.port = self.secure_port = 0

    def url(self, page: Page) -> str:
        return (
            f"https://{HOST}:{self.secure_port}{page.path}" if page.secure else f"http://{HOST}:{self.port}{page.path}"
        )

    async def start(self) -> None:
        secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        secure.load_cert_chain(self._chain)
        self._servers = [
            await asyncio.start_server(self._serve, "127.0.0.1", 0),
            await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=secure),
        ]
        self.port, self.secure_port = (server.sockets[0].getsockname()[1] for server in self._servers)

    def stop(self) -> None:
        for server in self._servers:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError), contextlib.closing(writer):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                method, target, _ = head.split(" ", 2)
                headers = {name.lower(): value for name, value in re.findall(r"(?m)^([\w-]+): *(.*?)\r$", head)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                count, self._counts[method, target] = self._counts[method, target], self._counts[method, target] + 1
                asked = Asked(method, target, headers, body, count, f"http://{PARTS}:{self.port}", self.secure_port)
                given = self._answers.get(target.split("?")[0], Given("not there", "text/plain", 404))
                closing = _write(writer, asked, given if isinstance(given, Given) else given(asked))
                await writer.drain()
                if closing:
                    return


def _write(writer: asyncio.StreamWriter, asked: Asked, given: Given) -> bool:
    """Whether the end of the connection tells that of the body."""
    body = given.body.encode() if isinstance(given.body, str) else given.body
    fields = [f"HTTP/1.1 {given.status} Said", f"Content-Type: {given.kind}", *given.headers]
    if given.framing == "length" and given.status not in (204, 304):
        fields.append(f"Content-Length: {len(body)}")
    if given.framing == "chunked":
        fields.append("Transfer-Encoding: chunked")
        pieces = [body[at : at + 7000] for at in range(0, len(body), 7000)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))
    writer.write("\r\n".join((*fields, "", "")).encode() + (b"" if asked.method == "HEAD" else body))
    return given.framing == "close"
