"""Several proxies in one process: each has its own addons answer."""

import asyncio
from pathlib import Path

from mitmproxy.http import HTTPFlow, Response

from harness.internet.proxy import LeanProxy


class Answering:
    def __init__(self, words: bytes) -> None:
        self._words = words

    def request(self, flow: HTTPFlow) -> None:
        flow.response = Response.make(200, self._words)


async def asked(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer.rpartition(b"\r\n\r\n")[2]


def test_the_first_of_two_proxies_keeps_its_own_addons(tmp_path: Path) -> None:
    async def life() -> None:
        first = LeanProxy([Answering(b"first")], tmp_path)
        await first.start()
        second = LeanProxy([Answering(b"second")], tmp_path)
        await second.start()
        assert await asked(first.ports[0]) == b"first"
        assert await asked(second.ports[0]) == b"second"
        await second.stop()
        assert await asked(first.ports[0]) == b"first"
        await first.stop()

    asyncio.run(life())
