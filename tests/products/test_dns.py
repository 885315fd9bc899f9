"""Name servers that filter: what they answer, what a browser shows of it, and what is said when they do not answer."""

import asyncio
import os
import signal
import socket
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import dns.message
import dns.query
import dns.rcode
import pytest

from harness.internet.room import Room
from harness.model.errors import ProductFault, UsageError
from harness.model.words import Validity, Verdict
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK, Context, Route
from harness.products.dns import DnsProduct
from harness.products.emulated import resolve
from harness.profile import product as profiles
from harness.report import course
from tests import live
from tests.products.test_known_answer import SEED, Web, stopped

PRODUCTS = [pytest.param(name, marks=pytest.mark.product(name)) for name in ("dnsmasq", "unbound", "bind")]
ANSWERS = {"nxdomain": "", "zero": "0.0.0.0", "sinkhole": "127.0.0.3"}
PAGE, REFUSED, DENIED = "blocked.block-page", "blocked.connection-refused", "blocked.dns"
ROOM = "network namespace: the browser's own resolver asks the product"
SLOW_SECONDS = 2.5  # unbound drops what has waited for 1.9 s, unless it is told otherwise
CONNECTED, SLOW_TO_ASK = 30, 1.0  # unbound takes ten by itself, and gives the last of them 0.2 s
HTTPS = "network namespace: the browser asks the product by DNS over HTTPS"
EMULATED = "emulated: "
MANY = 50_000  # domains that take named a moment to read


@asynccontextmanager
async def emulated(name: str, work: Path, listed: str, **params: str) -> AsyncIterator[tuple[DnsProduct, Route]]:
    """The product, started in no room, with the domains that are listed."""
    lists = work / "lists" / "adult"
    lists.mkdir(parents=True)
    (lists / "domains").write_text(listed)
    profile = profiles.load(name)
    given = profile.checked_params({"blocklists": str(lists.parent), "route": "emulated", **params})
    (work / "product").mkdir()
    product = DnsProduct(Context(profile, given, work / "product", 1))
    try:
        yield product, await product.start("moderate")
    finally:
        await product.stop()


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("name", PRODUCTS)
def test_listed_names_and_those_below_them_are_answered_so_and_no_others(
    name: str, answer: str, tmp_path: Path
) -> None:
    _answered(name, tmp_path, ANSWERS[answer], answer=answer)


@pytest.mark.product("pdns-recursor")
def test_a_recursor_with_a_policy_zone_for_each_list_denies_their_names() -> None:
    with live.scratch() as work:  # whose name is short, as names of sockets have to be
        _answered("pdns-recursor", work, ANSWERS["nxdomain"])


def _answered(name: str, work: Path, denied: str, **params: str) -> None:
    blocked = ("bad.test", "www.bad.test", "a.b.bad.test", "BAD.test", "deep.worse.example", "under_score.test")
    allowed = ("notbad.test", "bad.test.example", "worse.example", "bad.invalid", "test", CANARY_ALLOW)

    async def look() -> dict[str, str]:
        listed = "bad.test\nsub.bad.test\ndeep.worse.example\nunder_score.test\n"
        async with emulated(name, work, listed, **params) as (product, _):
            return {host: await resolve(host, product.variables["port"]) for host in (*blocked, CANARY_BLOCK, *allowed)}

    seen = asyncio.run(look())
    expected = dict.fromkeys((*blocked, CANARY_BLOCK), denied)
    assert seen == {**expected, **dict.fromkeys(allowed, Room.names[0])}


@pytest.mark.parametrize("name", [*PRODUCTS, pytest.param("pdns-recursor", marks=pytest.mark.product("pdns-recursor"))])
def test_a_name_server_is_ready_once_it_has_read_its_lists(name: str) -> None:
    """named answers before, and lets through what it has not read."""
    asked = (CANARY_BLOCK, "a-2.test", "z-2.test")

    async def look(work: Path) -> dict[str, str]:
        listed = "".join(f"{first}-{number}.test\n" for number in range(MANY // 2) for first in "az")
        async with emulated(name, work, listed) as (product, _):
            assert product._emulation
            return await product._emulation.ask(asked, product.port)

    with live.scratch() as work:
        assert asyncio.run(look(work)) == dict.fromkeys(asked, "")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "params", "how", "every"),
    [
        pytest.param(
            name, params, how, every, marks=pytest.mark.product(name), id=f"{name}-{'-'.join(params.values())}"
        )
        for name, params, how, every in (
            ("dnsmasq", {"answer": "sinkhole"}, ROOM, 4),
            ("bind", {"answer": "zero"}, ROOM, 4),
            ("unbound", {"answer": "nxdomain", "transport": "doh"}, HTTPS, 6),
            ("unbound", {"answer": "sinkhole", "route": "emulated"}, EMULATED, 4),
        )
    ],
)
def test_a_name_server_blocks_the_hosts_that_are_listed_and_nothing_else(
    name: str, params: dict[str, str], how: str, every: int, tmp_path: Path
) -> None:
    web = Web(SEED)
    names = [item for item in web.domains if not item[0].isdigit()]
    cases = web.cases()[::every]
    given = {"blocklists": str(web.write_lists(tmp_path / "lists")), "route": "room", **params}
    criteria = live.write_criteria(tmp_path / "criteria.toml", bound=0.99, minimum_n=1)
    corpus = live.write_corpus(tmp_path / "corpus", cases)
    derived = live.carried_out(live.planned(tmp_path, name, corpus, criteria=criteria, params=given))
    assert derived.voids == ()
    assert [item for item in derived.scored if item.judgement.validity is not Validity.VALID] == []
    seen = {item.case.url: item.judgement for item in derived.scored}
    known = {url for url in seen if stopped(url, names, [])}
    blocked = {url for url, judgement in seen.items() if judgement.verdict is Verdict.BLOCKED}
    assert {"too much": blocked - known, "too little": known - blocked} == {"too much": set(), "too little": set()}
    assert {judgement.verdict for judgement in seen.values()} == {Verdict.BLOCKED, Verdict.ALLOWED}
    assert {url: seen[url].rule_id for url in known} == {url: _shown(url, params["answer"]) for url in known}
    told = course.identities(derived)
    assert [row[told.head.index("route")].startswith(how) for row in told.rows] == [True, True]


@pytest.mark.product("dnsmasq")
def test_a_name_server_that_hangs_is_told_from_one_that_denies(tmp_path: Path) -> None:
    async def look() -> list[bool]:
        async with emulated("dnsmasq", tmp_path, "bad.test\n") as (product, _):
            found = [await product.answers()]
            for number in (signal.SIGSTOP, signal.SIGCONT):
                os.kill(product.pids[0], number)
                found.append(await product.answers())
            return found

    assert asyncio.run(look()) == [True, False, True]


@pytest.mark.product("unbound")
def test_whoever_asks_is_answered_although_the_internet_is_slow_to_answer(tmp_path: Path) -> None:
    async def look() -> list[dns.rcode.Rcode]:
        async with emulated("unbound", tmp_path, "bad.test\n") as (product, _):

            def ask(host: str) -> dns.rcode.Rcode:
                query = dns.message.make_query(host, "A")
                return dns.query.udp(query, "127.0.0.1", timeout=30, port=product.variables["port"]).rcode()

            quick = await asyncio.to_thread(ask, "quick.test")
            slow = asyncio.create_task(asyncio.to_thread(ask, "slow.test"))
            await asyncio.sleep(0)
            time.sleep(SLOW_SECONDS)  # noqa: ASYNC251  the Internet's name server answers on this very loop
            return [quick, await slow]

    assert asyncio.run(look()) == [dns.rcode.NOERROR, dns.rcode.NOERROR]


@pytest.mark.product("unbound")
def test_whoever_is_slow_to_ask_is_answered_however_many_are_connected(tmp_path: Path) -> None:
    """As a browser is on a busy machine, whose profiles have connections of their own for DNS over HTTPS."""
    query = dns.message.make_query("good.test", "A").to_wire()

    async def look() -> list[dns.rcode.Rcode]:
        async with emulated("unbound", tmp_path, "bad.test\n") as (product, _):
            pairs = [await asyncio.open_connection("127.0.0.1", product.variables["port"]) for _ in range(CONNECTED)]
            await asyncio.sleep(SLOW_TO_ASK)
            found = []
            for reader, writer in pairs:
                writer.write(struct.pack("!H", len(query)) + query)
                (size,) = struct.unpack("!H", await reader.readexactly(2))
                found.append(dns.message.from_wire(await reader.readexactly(size)).rcode())
                writer.close()
            return found

    assert asyncio.run(look()) == [dns.rcode.NOERROR] * CONNECTED


def _shown(url: str, answer: str) -> str:
    """The rule by which a blocked URL is known: a sinkhole has a page on port 80 alone."""
    parts = urlsplit(url)
    if answer == "nxdomain":
        return DENIED
    return PAGE if answer == "sinkhole" and (parts.scheme, parts.port) == ("http", None) else REFUSED


@pytest.mark.parametrize("name", [*PRODUCTS, pytest.param("pdns-recursor", marks=pytest.mark.product("pdns-recursor"))])
def test_a_list_that_it_cannot_read_is_a_fault_in_its_own_words(name: str, tmp_path: Path) -> None:
    async def look() -> None:
        async with emulated(name, tmp_path, f"{'long' * 16}.test\n"):
            pass

    with pytest.raises(ProductFault, match=f"(?i){name}.*ended.*(label|bad|too long|cannot|syntax|range|error)"):
        asyncio.run(look())


@pytest.mark.product("unbound")
def test_dns_over_https_takes_a_room(tmp_path: Path) -> None:
    async def look() -> None:
        async with emulated("unbound", tmp_path, "", transport="doh"):
            pass

    with pytest.raises(UsageError, match="room only"):
        asyncio.run(look())


def test_a_name_server_that_is_silent_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.products.emulated.ASK_SECONDS", 0.05)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        with pytest.raises(ProductFault, match=r"does not answer for good\.test"):
            asyncio.run(resolve("good.test", silent.getsockname()[1]))
