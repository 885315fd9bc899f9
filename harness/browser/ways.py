"""How a prober reaches the server of a URL: by a proxy, or by asking a name server and going to the address."""

import asyncio
import base64
import contextlib
import hashlib
import ipaddress
import socket
import ssl
from collections.abc import Collection
from typing import Any, Protocol

import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from harness.browser.exchange import Connection, Header, NetworkError, ask, named
from harness.internet.room import Room
from harness.model.url import Url

AGAIN_SECONDS = 2.0  # after which a name server is asked again
SERVER = ("127.0.0.1", 53)  # the room's
UDP_BYTES = 65535
KNOWN = 100  # certificates, of each lane
HANDSHAKE_SECONDS = 3600.0  # never: the visit has a bound of its own


class Way(Protocol):
    """A way on one arm."""

    def through(self, url: Url) -> contextlib.AbstractAsyncContextManager[tuple[Connection, str]]:
        """A new connection on which to ask for the URL, and the target to ask for. Raises NetworkError."""

    def close(self) -> None:
        """Let go what it holds."""


class Trust:
    """Takes certificates as the browser does: whichever, so long as one of the chain has a key of `spkis`."""

    def __init__(self, spkis: Collection[str]) -> None:
        self._spkis = frozenset(spkis)
        self._known: dict[bytes, bool] = {}
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._context.check_hostname, self._context.verify_mode = False, ssl.CERT_NONE
        self._context.set_alpn_protocols(["http/1.1"])

    async def secure(self, connection: Connection, host: str) -> None:
        """Speak TLS on the connection from now on. Raises NetworkError."""
        _, writer = connection
        with named("ERR_CONNECTION_REFUSED"):
            name = host.strip("[]")
            await writer.start_tls(self._context, server_hostname=name, ssl_handshake_timeout=HANDSHAKE_SECONDS)
        if not any(map(self._takes, _chain(writer.get_extra_info("ssl_object")))):
            raise NetworkError("ERR_CERT_AUTHORITY_INVALID")

    def _takes(self, certificate: bytes) -> bool:
        if certificate not in self._known:
            if len(self._known) >= KNOWN:
                self._known.clear()
            self._known[certificate] = _spki(certificate) in self._spkis
        return self._known[certificate]


class ByProxy:
    """By the HTTP proxy on that port of the loopback, but for the hosts in `bypass`, whose names nobody knows. A proxy
    of our own may be asked by http on a connection that is `kept`; no product is."""

    def __init__(self, port: int, bypass: Collection[str], trust: Trust, agent: str, kept: bool = False) -> None:
        self._port, self._bypass, self._trust, self._agent, self._kept = port, frozenset(bypass), trust, agent, kept
        self._spare: Connection | None = None

    @contextlib.asynccontextmanager
    async def through(self, url: Url) -> Any:
        if url.hostname in self._bypass:
            raise NetworkError("ERR_NAME_NOT_RESOLVED")
        connection = await self._connected(url)
        try:
            if url.scheme == "http":
                at = url.hostname if url.port == 80 else f"{url.hostname}:{url.port}"
                yield connection, f"http://{at}{url.target}"  # names and passwords stay behind, as in browsers
            else:
                await self._tunnel(connection, url)
                yield connection, url.target
        except BaseException:
            connection[1].transport.abort()
            raise
        if self._kept and url.scheme == "http":
            self._spare = connection
        else:
            connection[1].transport.abort()

    def close(self) -> None:
        if self._spare is not None:
            self._spare[1].transport.abort()

    async def _connected(self, url: Url) -> Connection:
        if self._spare is not None and url.scheme == "http":
            spare, self._spare = self._spare, None
            if not spare[0].at_eof():
                return spare
        try:
            return await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:  # also where we have no socket left: nothing that a product does
            raise NetworkError("ERR_PROXY_CONNECTION_FAILED") from None

    async def _tunnel(self, connection: Connection, url: Url) -> None:
        at = f"{url.hostname}:{url.port}"
        headers: list[Header] = [("Host", at), ("Proxy-Connection", "keep-alive"), ("User-Agent", self._agent)]
        reply = await ask(connection, "CONNECT", at, headers)
        if reply.status == 407:
            raise NetworkError("ERR_PROXY_AUTH_UNSUPPORTED")
        if not 200 <= reply.status < 300:
            raise NetworkError("ERR_TUNNEL_CONNECTION_FAILED")
        await self._trust.secure(connection, url.hostname)


class ByNames:
    """By the addresses that the name server of a room gives, in the room; made by `open`."""

    def __init__(self, room: Room, asking: socket.socket, trust: Trust) -> None:
        self._room, self._asking, self._trust = room, asking, trust

    @classmethod
    async def open(cls, room: Room, trust: Trust) -> "ByNames":
        """Raises HarnessError when the room is gone."""
        asking = await room.listen(0, kind="udp")
        asking.setblocking(False)
        return cls(room, asking, trust)

    @contextlib.asynccontextmanager
    async def through(self, url: Url) -> Any:
        address = await self._address(url.hostname)
        with named("ERR_CONNECTION_REFUSED"):
            connection = await self._room.connect(url.port, address=address)
        try:
            if url.scheme == "https":
                await self._trust.secure(connection, url.hostname)
            yield connection, url.target
        finally:
            connection[1].transport.abort()

    def close(self) -> None:
        self._asking.close()

    async def _address(self, host: str) -> str:
        """The IPv4 address of a host. Raises NetworkError."""
        with contextlib.suppress(ValueError):
            return str(ipaddress.IPv4Address(host))
        if host.startswith("["):
            raise NetworkError("probe: an IPv6 address")
        try:
            query = dns.message.make_query(host, "A")
        except dns.exception.DNSException:
            raise NetworkError("probe: a name that cannot be asked for") from None
        reply = await self._answer(query)
        found = [record.address for item in reply.answer if item.rdtype == dns.rdatatype.A for record in item]
        if reply.rcode() == dns.rcode.NOERROR and found:
            # What is no address of anything leads to the machine itself.
            return "127.0.0.1" if ipaddress.IPv4Address(found[0]).is_unspecified else str(found[0])
        if reply.rcode() == dns.rcode.NOERROR:
            other = await self._answer(dns.message.make_query(host, "AAAA"))
            if any(item.rdtype == dns.rdatatype.AAAA for item in other.answer):
                raise NetworkError("probe: an IPv6 address")
        raise NetworkError("ERR_NAME_NOT_RESOLVED")

    async def _answer(self, query: dns.message.Message) -> dns.message.Message:
        """What the name server says, asked again while it is silent."""
        loop, wire = asyncio.get_running_loop(), query.to_wire()
        while True:
            await loop.sock_sendto(self._asking, wire, SERVER)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_SECONDS):
                    while True:
                        with contextlib.suppress(dns.exception.DNSException):  # of another query, or none
                            reply = dns.message.from_wire(
                                await loop.sock_recv(self._asking, UDP_BYTES), ignore_trailing=True
                            )
                            if query.is_response(reply):
                                return reply


def _chain(found: Any) -> list[bytes]:
    """The certificates (DER) that a server showed; Python says them by a public name from 3.13 on."""
    if hasattr(found, "get_unverified_chain"):
        return list(found.get_unverified_chain())
    return [ssl.PEM_cert_to_DER_cert(item.public_bytes()) for item in found._sslobj.get_unverified_chain()]


def _spki(certificate: bytes) -> str:
    """Base64 SHA-256 of the public key, as Chromium's list has it; "" for what is no certificate."""
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except (ValueError, UnsupportedAlgorithm):
        return ""
    info = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(info).digest()).decode()
