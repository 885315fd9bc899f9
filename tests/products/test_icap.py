"""An ICAP service as a product: started, asked, identified, found broken, and stopped."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest

from harness.evidence.folder import RunFolder
from harness.internet.pages import MISS_MARK
from harness.model.errors import ProductFault, UsageError
from harness.model.words import Outcome, Validity
from harness.products.base import CANARY_BLOCK, Context
from harness.products.icap import IcapProduct
from harness.profile import product as profiles
from harness.report.derive import derive
from tests import live
from tests.products.icap_peer import BLOCK, NONE, Message, listening

ELSEWHERE = """
schema = "pas-harness/product/1"
name = "elsewhere"
title = "A service that runs elsewhere"
kind = "icap"
description = "Made for a test."
limitations = []

[settings]
default = "only"

[settings.level.only]
title = "The only setting"

[params.reqmod]
kind = "text"
description = "Address of the service"
"""


@asynccontextmanager
async def internet() -> AsyncIterator[int]:
    """The port of a proxy that answers everything with a page."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npage")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def visit(proxy: str, host: str) -> tuple[int, str]:
    """Status and body of http://host/ through the proxy."""

    def get() -> tuple[int, str]:
        opener = build_opener(ProxyHandler({"http": proxy}))
        try:
            with opener.open(f"http://{host}/", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    return await asyncio.to_thread(get)


def context(work: Path, params: dict[str, str], port: int = 9) -> Context:
    """A product of that kind without a process of ours."""
    return Context(profiles.load("cicap").model_copy(update={"process": ()}), params, work, port)


def judge(message: Message) -> bytes:
    return BLOCK if b"//bad.test/" in message.heads["req-hdr"] else NONE


def test_a_service_that_runs_elsewhere(tmp_path: Path) -> None:
    async def life() -> None:
        async with internet() as port:
            async with listening(judge) as peer:
                product = IcapProduct(context(tmp_path, {"reqmod": peer.address}, port))
                route = await product.start("moderate")
                assert route.how == f"the harness's own proxy as an ICAP client: REQMOD {peer.address}"
                assert await visit(route.proxy, "good.test") == (200, "page")
                assert await visit(route.proxy, "bad.test") == (403, "<h1>Access denied</h1>")
                assert product.alive
                assert await product.identity() == {"reqmod service": "a peer", "reqmod ISTag": "t-1"}
            status, body = await visit(route.proxy, "good.test")
            assert status == 502
            assert MISS_MARK in body
            assert not product.alive
            with pytest.raises(ProductFault, match="no connection"):
                await product.identity()
            await product.stop()
            with pytest.raises(OSError):  # noqa: PT011
                await visit(route.proxy, "good.test")

            async with listening(judge) as other:
                again = IcapProduct(context(tmp_path, {"respmod": other.address}, port))
                first = await again.start("moderate")
                await again.stop()
                assert await again.start("moderate") == first
                assert again.alive
                assert await visit(first.proxy, "bad.test") == (403, "<h1>Access denied</h1>")
                await again.stop()

    asyncio.run(life())


def test_a_service_that_does_something_else(tmp_path: Path) -> None:
    async def life() -> None:
        async with listening(options=b"ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\n\r\n") as peer:
            await IcapProduct(context(tmp_path, {"reqmod": peer.address})).start("moderate")

    with pytest.raises(ProductFault, match="offers 'RESPMOD', not REQMOD"):
        asyncio.run(life())


def test_a_service_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProductFault, match="no connection to icap://"):
        asyncio.run(IcapProduct(context(tmp_path, {"reqmod": "icap://127.0.0.1:1/x"})).start("moderate"))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, r"cicap/profile\.toml: params: .* needs a parameter reqmod or respmod"),
        ({"reqmod": "", "respmod": ""}, "needs a parameter"),
        ({"reqmod": "http://a.test/"}, "--param reqmod: 'http://a.test/' is no address of an ICAP service"),
        ({"respmod": "url_check"}, "--param respmod: 'url_check' is no address"),
    ],
)
def test_what_to_ask_has_to_be_said(params: dict[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        IcapProduct(context(tmp_path, params))


@pytest.mark.product("cicap")
def test_c_icap() -> None:
    """REQMOD by url_check and RESPMOD by echo, which gives every page back; nothing of it stays."""

    async def life(work: Path) -> None:
        profile = profiles.load("cicap")
        async with internet() as port:
            product = IcapProduct(Context(profile, profile.checked_params({"respmod": "echo"}), work, port))
            before = {item.pid for item in live.descendants()}
            route = await product.start("moderate")
            assert await visit(route.proxy, "good.test") == (200, "page")
            status, body = await visit(route.proxy, CANARY_BLOCK)
            assert (status, "Access denied" in body) == (403, True)
            said = await product.identity()
            assert said["reqmod service"].startswith(f"C-ICAP/{said['version']} server - Url_Check")
            assert said["respmod service"].startswith(f"C-ICAP/{said['version']} server - Echo")
            assert said["reqmod ISTag"]
            assert product.alive
            await product.stop()
            assert not product.alive
            assert {item.pid for item in live.descendants()} == before

    with live.scratch() as work:
        asyncio.run(life(work))


@pytest.mark.browser
def test_a_service_that_breaks_in_mid_run_makes_no_verdict(tmp_path: Path) -> None:
    """Once ten cases have been asked about, every block page breaks off, those of earlier cases too."""
    profile = tmp_path / "elsewhere" / "profile.toml"
    profile.parent.mkdir()
    profile.write_text(ELSEWHERE, "utf-8")
    cases = [live.block(f"bad-{n}", f"http://bad-{n}.test/") for n in range(10)]
    cases += [live.allow(f"good-{n}", f"https://good-{n}.test/") for n in range(10)]
    asked: set[bytes] = set()

    def reply(message: Message) -> bytes:
        head = message.heads["req-hdr"]
        asked.update(re.findall(rb"//((?:bad|good)-\d)\.test/ ", head))
        if b"//bad-" not in head and CANARY_BLOCK.encode() not in head:
            return NONE
        return BLOCK if len(asked) < 10 else BLOCK[:-9]

    async def life() -> RunFolder:
        async with listening(reply) as peer:
            corpus = live.write_corpus(tmp_path / "corpus", cases)
            folder = live.planned(tmp_path, str(profile.parent), corpus, params={"reqmod": peer.address})
            await live.session(folder)
            return folder

    derived = derive(asyncio.run(life()))
    assert any("could not be started again" in why or "restarts are allowed" in why for why in derived.voids)
    outcomes = {item.outcome for item in derived.scored}
    assert outcomes == {Outcome.CORRECT, Outcome.UNSCORED}
    assert {item.judgement.validity for item in derived.scored} <= {
        Validity.VALID,
        Validity.PRODUCT_FAULT,
        Validity.NOT_MEASURED,
        Validity.REPLAY_MISS,  # asked again by the browser once the attempt was over
    }
