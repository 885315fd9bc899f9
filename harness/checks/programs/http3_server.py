"""The web's sites by HTTP/3 (RFC 9114): `http3_server CERTIFICATE KEY`, at every address, UDP port 443. What a site
answers is what it answers by HTTP/1.1."""

import asyncio
import http.client
import sys
from pathlib import Path

from aioquic.asyncio.protocol import QuicConnectionProtocol
from aioquic.asyncio.server import serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ProtocolNegotiated, QuicEvent

from harness.internet.holder import WORLD

PORT = 443
SECONDS = 5.0


def plain(host: str, path: str) -> bytes:
    """The page that the site answers by HTTP/1.1. Raises OSError, HTTPException."""
    connection = http.client.HTTPConnection(WORLD, timeout=SECONDS)
    connection.request("GET", path, headers={"Host": host})
    return connection.getresponse().read()


class Site(QuicConnectionProtocol):
    """One connection, with any number of requests."""

    _http: H3Connection | None = None

    def quic_event_received(self, event: QuicEvent) -> None:
        """aioquic's hook."""
        if isinstance(event, ProtocolNegotiated):
            self._http = H3Connection(self._quic)
        for item in self._http.handle_event(event) if self._http else ():
            if isinstance(item, HeadersReceived):
                asyncio.get_running_loop().create_task(self._answer(item.stream_id, dict(item.headers)))

    async def _answer(self, stream: int, headers: dict[bytes, bytes]) -> None:
        assert self._http
        page = await asyncio.to_thread(plain, headers[b":authority"].decode(), headers[b":path"].decode())
        self._http.send_headers(stream, [(b":status", b"200"), (b"content-type", b"text/html")])
        self._http.send_data(stream, page, end_stream=True)
        self.transmit()


async def main(certificate: Path, key: Path) -> None:
    """Answer until terminated."""
    configuration = QuicConfiguration(is_client=False, alpn_protocols=H3_ALPN)
    configuration.load_cert_chain(certificate, key)
    await serve("0.0.0.0", PORT, configuration=configuration, create_protocol=Site)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*map(Path, sys.argv[1:3])))
