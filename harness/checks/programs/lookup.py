"""Ask a name server for a name's address: `lookup TRANSPORT SERVER NAME`. Prints the addresses."""

import asyncio
import http.client
import ssl
import struct
import sys
from collections.abc import Callable, Mapping

import dns.exception
import dns.message
import dns.query
import dns.rdatatype
from aioquic.asyncio.client import connect
from aioquic.quic.configuration import QuicConfiguration

SECONDS = 4.0
Ask = Callable[[dns.message.Message, str], dns.message.Message]


def _unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _https(query: dns.message.Message, server: str) -> dns.message.Message:
    connection = http.client.HTTPSConnection(server, timeout=SECONDS, context=_unverified())
    connection.request("POST", "/dns-query", query.to_wire(), {"Content-Type": "application/dns-message"})
    return dns.message.from_wire(connection.getresponse().read())


def _quic(query: dns.message.Message, server: str) -> dns.message.Message:
    """As dnspython has it, which asks for another aioquic than mitmproxy allows."""

    async def ask() -> bytes:
        configuration = QuicConfiguration(alpn_protocols=["doq"], verify_mode=ssl.CERT_NONE)
        async with asyncio.timeout(SECONDS), connect(server, 853, configuration=configuration) as made:
            reader, writer = await made.create_stream()
            wire = query.to_wire()
            writer.write(struct.pack("!H", len(wire)) + wire)
            writer.write_eof()
            return (await reader.read())[2:]

    return dns.message.from_wire(asyncio.run(ask()))


TRANSPORTS: Mapping[str, Ask] = {
    "udp": lambda query, server: dns.query.udp(query, server, SECONDS),
    "tcp": lambda query, server: dns.query.tcp(query, server, SECONDS),
    "tls": lambda query, server: dns.query.tls(query, server, SECONDS, ssl_context=_unverified()),
    "https": _https,
    "quic": _quic,
}


def lookup(transport: str, server: str, name: str) -> list[str]:
    """The IPv4 addresses of the name. Raises OSError, DNSException, HTTPException."""
    reply = TRANSPORTS[transport](dns.message.make_query(name, "A"), server)
    return [record.address for item in reply.answer if item.rdtype == dns.rdatatype.A for record in item]


def main() -> None:
    """The program."""
    try:
        print(*lookup(*sys.argv[1:4]), sep="\n")
    except (OSError, dns.exception.DNSException, http.client.HTTPException) as error:
        sys.exit(str(error) or type(error).__name__)


if __name__ == "__main__":
    main()
