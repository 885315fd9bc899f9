"""A public resolver of the Internet: `names_server CERTIFICATE KEY`. It answers every name with the address of the
replayed Internet, at ADDRESS by DNS, over TLS (RFC 7858), HTTPS (RFC 8484) and QUIC (RFC 9250), and by DNS for the
other servers around it."""

import asyncio
import socket
import ssl
import struct
import sys
from pathlib import Path

from aioquic.asyncio.protocol import QuicConnectionProtocol
from aioquic.asyncio.server import serve
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import QuicEvent, StreamDataReceived

from harness.internet.holder import WORLD
from harness.internet.names import Names, answer, listen

ADDRESS = "203.0.113.53"  # for documentation (RFC 5737)
LOOPBACK = "127.0.0.1"
PLAIN, TLS, HTTPS = 53, 853, 443
MAX_HEAD = 65536


class OverQuic(QuicConnectionProtocol):
    """A message, its length before it, on each stream."""

    def quic_event_received(self, event: QuicEvent) -> None:
        """aioquic's hook. A query is short enough to come whole."""
        if isinstance(event, StreamDataReceived) and len(event.data) > 2 and (reply := answer(event.data[2:], WORLD)):
            self._quic.send_stream_data(event.stream_id, struct.pack("!H", len(reply)) + reply, end_stream=True)
            self.transmit()


async def over_https(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One POST of a message on a connection."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        reply = answer(await reader.readexactly(min(length, MAX_HEAD)), WORLD) or b""
        told = f"HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\nContent-Length: {len(reply)}\r\n\r\n"
        writer.write(told.encode() + reply)
        await writer.drain()
    except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


def of_one_address(port: int) -> socket.socket:
    """A listening socket at ADDRESS, of a port that the replayed Internet may have at all the others."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((ADDRESS, port))
    made.listen()
    return made


async def main(certificate: Path, key: Path) -> None:
    """Answer until terminated."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    names = Names(WORLD)
    await asyncio.start_server(names.attend, sock=of_one_address(TLS), ssl=context)
    await asyncio.start_server(over_https, sock=of_one_address(HTTPS), ssl=context)
    quic = QuicConfiguration(is_client=False, alpn_protocols=["doq"])
    quic.load_cert_chain(certificate, key)
    await serve(ADDRESS, TLS, configuration=quic, create_protocol=OverQuic)
    await names.serve(*listen(ADDRESS, PLAIN))
    around = Names(WORLD)
    await around.serve(*listen(LOOPBACK, PLAIN))  # the last one, which says that all are there
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*map(Path, sys.argv[1:3])))
