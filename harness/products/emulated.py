"""What a browser would see of a DNS product where no room can be made: the product is asked for every host beforehand.

Hosts that it lets through are carried by the replayed Internet's proxy; the others go round it, with the browser's own
resolver told the answer, so that the browser's native errors show.
"""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Mapping, Sequence

import dns.asyncquery
import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype

from harness.browser.chromium import RESOLVES_NOTHING
from harness.internet.names import Names, listen
from harness.model.errors import ProductFault, UsageError
from harness.products.base import Route

ADDRESS = "127.0.0.1"
ASK_SECONDS = 10.0
AT_ONCE = 32
PORTS_TRIED = 20
MAX_ARGUMENT = 128 * 1024 - 1  # Linux: MAX_ARG_STRLEN
HOW = "emulated: the product was asked once for each host of the corpus; the browser was told what it answered"


class Emulation:
    """Made by `start`; has a name server for the product to ask, and a port on which every connection is refused."""

    def __init__(self, names: Names, names_port: int) -> None:
        self._names, self.names_port = names, names_port
        self._refusing = socket.socket()
        self._refusing.bind((ADDRESS, 0))  # bound and not listening: nobody else can listen there

    @classmethod
    async def start(cls, address: str) -> "Emulation":
        """A name server that answers every name with `address`. Raises ProductFault when no port is free."""
        for _ in range(PORTS_TRIED):
            with contextlib.suppress(OSError):  # the port that is free for the one protocol is taken for the other
                udp, tcp = listen(ADDRESS, 0)
                break
        else:
            raise ProductFault("no port is free for the name server behind the product")
        names = Names(address)
        await names.serve(udp, tcp)
        return cls(names, udp.getsockname()[1])

    def close(self) -> None:
        """Answer no more."""
        self._names.close()
        self._refusing.close()

    async def ask(self, hosts: Sequence[str], port: int) -> dict[str, str]:
        """The address that the product on that port answers for each host, "" for none. Raises ProductFault when it
        does not answer."""
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(host: str) -> str:
            async with limit:
                return await resolve(host, port)

        return dict(zip(hosts, await asyncio.gather(*map(one, hosts)), strict=True))

    def route(self, answers: Mapping[str, str], upstream_port: int, page_port: int) -> Route:
        """The route on which a browser meets those answers; a block page on the loopback is at `page_port` in place of
        80. Raises UsageError when the browser cannot be told so many."""
        stopped = {host: address for host, address in answers.items() if not _outside(address)}
        refused = f"{ADDRESS}:{self._refusing.getsockname()[1]}"
        rules = []
        for host, address in stopped.items():
            if not address:
                continue  # as no name is found that no rule speaks of
            if ipaddress.ip_address(address).is_loopback:
                rules.append(f"MAP {host}:80 {address}:{page_port}")
            rules.append(f"MAP {host} {refused}")
        switch, _, nothing = RESOLVES_NOTHING.partition("=")
        argument = f"{switch}={' , '.join([*rules, nothing])}"
        if len(argument) > MAX_ARGUMENT:
            raise UsageError(
                f"{len(stopped)} blocked hosts are more than a browser can be told; use --limit, or a machine that"
                " permits a room",
                key="--param route",
            )
        return Route(f"http://{ADDRESS}:{upstream_port}", tuple(stopped), arguments=(argument,), how=HOW)


async def resolve(host: str, port: int) -> str:
    """The first IPv4 address in the answer of the name server on that loopback port, "" when there is none, whatever
    the reason. Raises ProductFault when it does not answer."""
    query = dns.message.make_query(host, "A")
    try:
        reply, _ = await dns.asyncquery.udp_with_fallback(query, ADDRESS, ASK_SECONDS, port)
    except (dns.exception.DNSException, OSError) as error:
        raise ProductFault(f"the product does not answer for {host}: {error}") from None
    found = [record.address for item in reply.answer if item.rdtype == dns.rdatatype.A for record in item]
    return found[0] if found and reply.rcode() == dns.rcode.NOERROR else ""


def _outside(address: str) -> bool:
    """Whether it leads away from the machine; in a room all such addresses are the replayed Internet's."""
    parsed = ipaddress.ip_address(address or "0.0.0.0")
    return not (parsed.is_unspecified or parsed.is_loopback)
