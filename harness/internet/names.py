"""The replayed Internet's name server: every name has one address."""

import asyncio
import socket
import struct

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

TTL = 60
IDLE_SECONDS = 30.0
SOA = ". . 1 3600 600 86400 60"


def answer(wire: bytes, address: str) -> bytes | None:
    """The reply to a query: `address` to A, to every other type that the name has none; None to what is no query.

    It never refuses, and offers recursion, as the resolvers of products ask of their upstream.
    """
    try:
        query = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError):
        return None
    if query.flags & dns.flags.QR:
        return None
    reply = dns.message.make_response(query, recursion_available=True)
    if query.opcode() != dns.opcode.QUERY:
        reply.set_rcode(dns.rcode.NOTIMP)
        return reply.to_wire()
    if len(query.question) != 1:
        reply.set_rcode(dns.rcode.FORMERR)
        return reply.to_wire()
    reply.flags |= dns.flags.AA
    (question,) = query.question
    if question.rdclass == dns.rdataclass.IN and question.rdtype in (dns.rdatatype.A, dns.rdatatype.ANY):
        reply.answer.append(dns.rrset.from_text(question.name, TTL, "IN", "A", address))
    else:
        reply.authority.append(dns.rrset.from_text(".", TTL, "IN", "SOA", SOA))
    return reply.to_wire()


def listen(address: str, port: int) -> tuple[socket.socket, socket.socket]:
    """The UDP and the TCP socket of a name server. Raises OSError."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((address, port))
    return udp, socket.create_server((address, udp.getsockname()[1]))


class Names(asyncio.DatagramProtocol):
    """Answers on the sockets of `listen`, on the running event loop."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def serve(self, udp: socket.socket, tcp: socket.socket) -> None:
        """Answer from now on."""
        self._udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=udp)
        self._tcp = await asyncio.start_server(self.attend, sock=tcp)

    def close(self) -> None:
        """Answer no more."""
        self._udp.close()
        self._tcp.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if (reply := answer(data, self._address)) is not None:
            self._udp.sendto(reply, addr)

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer length-prefixed messages, several on one connection (RFC 7766)."""
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                while True:
                    (length,) = struct.unpack("!H", await reader.readexactly(2))
                    reply = answer(await reader.readexactly(length), self._address)
                    if reply is None:
                        break
                    writer.write(struct.pack("!H", len(reply)) + reply)
                    await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            writer.close()
