"""A way round a network's filter: a proxy on loopback that asks another name server, or leaves by another address."""

import asyncio
import ipaddress
import socket
from pathlib import Path

import dns.asyncresolver
import dns.exception
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from harness.internet.proxy import LeanProxy

SECONDS = 5.0


class Names:
    """Asks one name server, or as programs on this machine do if `server` is ""; by a source address of its own, if one
    is given."""

    def __init__(self, server: str = "", source: str = "") -> None:
        self._as_programs_do = not server and not source
        self._resolver = dns.asyncresolver.Resolver(configure=not server)
        if server:
            self._resolver.nameservers = [server]
        self._resolver.lifetime = SECONDS
        self._source = source or None

    async def addresses(self, host: str) -> tuple[str, ...]:
        """The IPv4 addresses of a host, as the name server has them, in order; none when it has none or is silent."""
        try:
            return (str(ipaddress.ip_address(host.strip("[]"))),)
        except ValueError:
            pass
        try:
            if self._as_programs_do:
                loop = asyncio.get_running_loop()
                found = await loop.getaddrinfo(host, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
                return tuple(sorted(str(item[4][0]) for item in found))
            answer = await self._resolver.resolve(host, "A", source=self._source)
        except (dns.exception.DNSException, OSError):
            return ()
        return tuple(sorted(record.address for record in answer))


class Outwards:
    """A guard that lets every connection out: to the addresses that `names` gives, from `source` ("" is any)."""

    def __init__(self, names: Names, source: str = "") -> None:
        self._names, self._source = names, source

    async def server_connect(self, data: ServerConnectionHookData) -> None:
        """Called by mitmproxy before each connection."""
        assert data.server.address
        host, port = data.server.address[:2]
        addresses = await self._names.addresses(host)
        if not addresses:
            data.server.error = f"no address for {host}"
            return
        data.server.address = (addresses[0], port)
        if self._source:
            data.server.sockname = (self._source, 0)


class Gateway:
    """Tunnels, decrypting nothing; connections go to the addresses that `names` gives, from `source` ("" is any)."""

    def __init__(self, work: Path, names: Names, source: str = "") -> None:
        self._proxy = LeanProxy([], work, guard=Outwards(names, source))
        self._proxy.master.options.update(ignore_hosts=[".*"])
        self.url = f"http://127.0.0.1:{self._proxy.ports[0]}"

    async def start(self) -> None:
        """Raises InternetGone when it does not listen."""
        await self._proxy.start()

    async def stop(self) -> None:
        await self._proxy.stop()
