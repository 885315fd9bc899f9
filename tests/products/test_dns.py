"""Name servers that filter: what they answer, what a browser shows of it, and what is said when they do not answer."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

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
HTTPS = "network namespace: the browser asks the product by DNS over HTTPS"
EMULATED = "emulated: "


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
    blocked = ("bad.test", "www.bad.test", "a.b.bad.test", "BAD.test", "deep.worse.example", "under_score.test")
    allowed = ("notbad.test", "bad.test.example", "worse.example", "bad.invalid", "test", CANARY_ALLOW)

    async def look() -> dict[str, str]:
        listed = "bad.test\nsub.bad.test\ndeep.worse.example\nunder_score.test\n"
        async with emulated(name, tmp_path, listed, answer=answer) as (product, _):
            return {host: await resolve(host, product.variables["port"]) for host in (*blocked, CANARY_BLOCK, *allowed)}

    seen = asyncio.run(look())
    expected = dict.fromkeys((*blocked, CANARY_BLOCK), ANSWERS[answer])
    assert seen == {**expected, **dict.fromkeys(allowed, Room.names[0])}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "params", "how", "every"),
    [
        pytest.param(
            name, params, how, every, marks=pytest.mark.product(name), id=f"{name}-{'-'.join(params.values())}"
        )
        for name, params, how, every in (
            ("dnsmasq", {"answer": "sinkhole"}, ROOM, 2),
            ("bind", {"answer": "zero"}, ROOM, 4),
            ("unbound", {"answer": "nxdomain", "transport": "doh"}, HTTPS, 4),
            ("unbound", {"answer": "sinkhole", "route": "emulated"}, EMULATED, 1),
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


def _shown(url: str, answer: str) -> str:
    """The rule by which a blocked URL is known: a sinkhole has a page on port 80 alone."""
    parts = urlsplit(url)
    if answer == "nxdomain":
        return DENIED
    return PAGE if answer == "sinkhole" and (parts.scheme, parts.port) == ("http", None) else REFUSED


@pytest.mark.parametrize("name", PRODUCTS)
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
