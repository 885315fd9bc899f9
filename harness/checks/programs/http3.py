"""Get a page of a host by HTTP/3: `http3 HOST`. Prints it."""

import asyncio
import ssl
import sys

from aioquic.asyncio.client import connect
from aioquic.asyncio.protocol import QuicConnectionProtocol
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import QuicEvent

SECONDS = 4.0


class Client(QuicConnectionProtocol):
    """One connection for one page."""

    _http: H3Connection | None = None
    body = b""

    async def get(self, host: str) -> bytes:
        """The page at the root of the host."""
        self._http = H3Connection(self._quic)
        self._ended = asyncio.Event()
        said = {":method": "GET", ":scheme": "https", ":authority": host, ":path": "/"}
        stream = self._quic.get_next_available_stream_id()
        self._http.send_headers(stream, [(key.encode(), value.encode()) for key, value in said.items()], True)
        self.transmit()
        await self._ended.wait()
        return self.body

    def quic_event_received(self, event: QuicEvent) -> None:
        """aioquic's hook."""
        for item in self._http.handle_event(event) if self._http else ():
            if isinstance(item, DataReceived):
                self.body += item.data
                if item.stream_ended:
                    self._ended.set()


async def fetch(host: str) -> bytes:
    """The page. Raises OSError, TimeoutError."""
    configuration = QuicConfiguration(alpn_protocols=H3_ALPN, verify_mode=ssl.CERT_NONE, server_name=host)
    async with asyncio.timeout(SECONDS):
        async with connect(host, 443, configuration=configuration, create_protocol=Client) as made:
            assert isinstance(made, Client)
            return await made.get(host)


def main() -> None:
    """The program."""
    try:
        page = asyncio.run(fetch(sys.argv[1]))
    except (OSError, TimeoutError) as error:
        sys.exit(str(error) or type(error).__name__)
    sys.stdout.buffer.write(page)


if __name__ == "__main__":
    main()
