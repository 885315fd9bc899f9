"""The lab's Internet as one process: `python -m bench.isp.world FOLDER`, with `server.pem` in the folder.

A name server for its sites, and a web server for all of them by http and https. Ready once port 443 is open.
"""

import asyncio
import contextlib
import itertools
import re
import ssl
import sys
from functools import partial
from http import HTTPStatus
from pathlib import Path

import dns.exception
import dns.message
import dns.rcode

from bench.isp.pages import page
from bench.isp.sites import RESOLVER, SITES, Kind
from harness.internet import names

EVERY = "0.0.0.0"
VISITS = itertools.count(1)


class Names(asyncio.DatagramProtocol):
    """The name server, by UDP."""

    async def serve(self, address: str) -> None:
        """Answer at port 53 of the address from now on."""
        self._udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, (address, 53))

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if reply := answer(data):
            self._udp.sendto(reply, addr)


def answer(wire: bytes) -> bytes | None:
    """The reply to a query; None to what is none."""
    try:
        query = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError):
        return None
    name = query.question[0].name.to_text(omit_final_dot=True).lower() if query.question else ""
    site = SITES.get(name)
    if site and site.kind is not Kind.GONE:
        return names.answer(wire, site.address)
    reply = dns.message.make_response(query, recursion_available=True)
    reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()


def reply(scheme: str, host: str, path: str) -> bytes:
    """The whole HTTP answer of a site to a GET."""
    site = SITES.get(host)
    fields = ["Content-Type: text/html; charset=utf-8", "Cache-Control: no-store"]
    if site is None:
        status, document = 404, "<p>No such site.</p>"
    elif site.kind is Kind.MOVED:
        status, document = 301, ""
        fields.append(f"Location: {scheme}://www.{host}{path}")
    else:
        status, document = page(site, path, next(VISITS))
    body = document.encode()
    head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *fields, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body


async def attend(scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection until it ends, or sends what is no GET."""
    with contextlib.suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        while found := re.match(r"GET (\S+)", head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")):
            host = re.search(r"\r\nHost: *([^\r:]+)", head, re.IGNORECASE)
            writer.write(reply(scheme, host[1].lower() if host else "", found[1]))
            await writer.drain()
    writer.close()


async def main(folder: Path) -> None:
    """Serve until killed."""
    secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    secure.load_cert_chain(folder / "server.pem")
    await Names().serve(RESOLVER)
    plain = await asyncio.start_server(partial(attend, "http"), EVERY, 80)
    encrypted = await asyncio.start_server(partial(attend, "https"), EVERY, 443, ssl=secure)
    async with plain, encrypted:
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
