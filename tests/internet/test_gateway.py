"""The way round a filter, over real sockets on loopback."""

import asyncio
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest

from harness.internet import gateway, names
from harness.internet.gateway import Gateway


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says by which address it was reached, and for which host."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    host = next(line for line in head.splitlines() if line.lower().startswith("host:"))
    text = f"{writer.get_extra_info('peername')[0]} {host.split()[1]}"
    writer.write(f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
    await writer.drain()
    writer.close()


def fetch(proxy: str, url: str) -> str:
    with build_opener(ProxyHandler({"http": proxy})).open(url, timeout=10) as answered:
        return str(answered.read().decode())


async def through(work: Path, way: gateway.Names, source: str) -> tuple[str, int]:
    """What a site `site.example` on loopback answers by the gateway."""
    site = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = site.sockets[0].getsockname()[1]
    made = Gateway(work, way, source)
    await made.start()
    try:
        return await asyncio.to_thread(fetch, made.url, f"http://site.example:{port}/"), port
    finally:
        await made.stop()
        site.close()


def test_names_are_asked_of_the_name_server_given_and_connections_made_from_the_address_given(tmp_path: Path) -> None:
    async def life() -> None:
        udp, tcp = names.listen("127.0.0.1", 0)
        server = names.Names("127.0.0.1")
        await server.serve(udp, tcp)
        way = gateway.Names("127.0.0.1")
        way._resolver.port = udp.getsockname()[1]
        assert await way.addresses("anything.example") == ("127.0.0.1",)
        text, port = await through(tmp_path, way, "127.0.0.2")
        assert text == f"127.0.0.2 site.example:{port}"
        server.close()

    asyncio.run(life())


def test_a_name_without_an_address_is_an_error_of_the_gateway(tmp_path: Path) -> None:
    with pytest.raises(HTTPError, match="502"):
        asyncio.run(through(tmp_path, Nobody(), ""))


class Nobody(gateway.Names):
    async def addresses(self, host: str) -> tuple[str, ...]:
        return ()


def test_an_address_needs_no_name_server() -> None:
    way = gateway.Names("127.0.0.1")
    assert asyncio.run(way.addresses("192.0.2.7")) == ("192.0.2.7",)


def test_programs_of_this_machine_know_localhost() -> None:
    assert asyncio.run(gateway.Names().addresses("localhost")) == ("127.0.0.1",)
    assert asyncio.run(gateway.Names().addresses("no-such-name.invalid")) == ()
