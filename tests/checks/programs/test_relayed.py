"""Relays of any kind are reached one by the other, and by a proxy, whose refusal is told."""

import asyncio
import datetime
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from harness.checks.programs import relayed
from harness.internet import spki
from harness.internet.ports import free_ports

ANSWER = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\na page"


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """Of relays that lead anywhere, by scheme."""
    certificate, key = spki.make_authority(tmp_path_factory.mktemp("relays"), datetime.datetime.now(datetime.UTC))
    schemes = ("http", "socks5", "http+ssl", "h2+ssl")
    ports = dict(zip(schemes, free_ports(len(schemes)), strict=True))
    listeners = [part for scheme, port in ports.items() for part in ("-l", f"{scheme}://127.0.0.1:{port}")]
    command = [sys.executable, "-m", "pproxy", *listeners, "--ssl", f"{certificate},{key}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while not _listens(ports["h2+ssl"]):
            assert process.poll() is None
            time.sleep(0.05)
        yield ports
        process.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as there:
        return there.connect_ex(("127.0.0.1", port)) == 0


async def got(relays: str, refuses: bool = False, hangs: bool = False) -> bytes:
    """What is had of a site here by those relays, the first of which is reached by a proxy."""

    async def site(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        writer.close()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode().split(":")
        if refuses:
            writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            writer.close()
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        if hangs:
            await reader.read()
        there, back = await asyncio.open_connection(*to)
        await asyncio.gather(relayed._copy(reader, back), relayed._copy(there, writer))

    async with (
        await asyncio.start_server(site, "127.0.0.1", 0) as here,
        await asyncio.start_server(proxy, "127.0.0.1", 0) as between,
    ):
        address, by = (item.sockets[0].getsockname()[1] for item in (here, between))
        relayed_to = relayed._get

        async def at_port(reach: relayed.Open, host: str) -> bytes:
            return await relayed_to(lambda name, _: reach(name, address), host)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(relayed, "_get", at_port)
            return await relayed.fetch(relays, "127.0.0.1", f"http://127.0.0.1:{by}")


@pytest.mark.parametrize("schemes", ["http", "h2+ssl", "http+ssl socks5 http", "socks5 h2+ssl"])
def test_one_leads_to_the_other(schemes: str, ports: dict[str, int]) -> None:
    relays = "__".join(f"{scheme}://127.0.0.1:{ports[scheme]}" for scheme in schemes.split())
    assert asyncio.run(got(relays)) == ANSWER


@pytest.mark.parametrize("scheme", ["http", "h2+ssl"])
def test_what_the_proxy_refuses_is_told(scheme: str, ports: dict[str, int]) -> None:
    with pytest.raises(ConnectionRefusedError, match=r"the proxy says HTTP/1\.1 403 Forbidden"):
        asyncio.run(got(f"{scheme}://127.0.0.1:{ports[scheme]}", refuses=True))


@pytest.mark.parametrize("scheme", ["http+ssl", "h2+ssl"])
def test_a_tunnel_that_leads_nowhere_ends_without_a_word_of_our_own(
    scheme: str, ports: dict[str, int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(relayed, "SECONDS", 0.3)
    with pytest.raises(TimeoutError):
        asyncio.run(got(f"{scheme}://127.0.0.1:{ports[scheme]}", hangs=True))
    assert caplog.records == []
