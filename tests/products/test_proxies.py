"""More proxies and modes: known answers, how a block shows, and what is said when nothing is behind them."""

import asyncio
import http.client
import re
import string
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.classify.fingerprint import matching
from harness.classify.verdict import judge
from harness.internet.ports import free_ports
from harness.model.observation import Observation
from harness.model.spec import Limits
from harness.model.words import Expectation, Metric, Outcome, Verdict
from harness.products import kinds
from harness.products.base import CANARY_BLOCK, Context
from harness.products.dialects import decoded, encodable
from harness.profile import product as profiles
from tests import builders, live
from tests.products.test_known_answer import SEED, Web

PAGE = "block-page"
# Product, https, whether it sees more of an https URL than the host, and how a block on https shows.
WAYS = (
    ("privoxy", "inspect", True, PAGE),
    ("squid", "tunnel", False, "tunnel-refused"),
    ("e2guardian", "block-pages", False, PAGE),
)
CANARY_URL = f"http://{CANARY_BLOCK}/"
LATIN_1 = st.text(st.characters(codec="latin-1"))
FEW = st.text("aA./% ", max_size=4)
UNRESERVED = string.ascii_letters + string.digits + "-._~/?&="


@pytest.mark.browser
@pytest.mark.parametrize(
    ("product", "https", "sees_paths", "mechanism"),
    [pytest.param(*way, marks=pytest.mark.product(way[0]), id="-".join(way[:2])) for way in WAYS],
)
def test_a_proxy_blocks_what_is_listed_and_nothing_else(
    product: str, https: str, sees_paths: bool, mechanism: str, tmp_path: Path
) -> None:
    web = Web(SEED)
    cases = web.cases()[::2]
    params = {"blocklists": str(web.write_lists(tmp_path / "lists")), "https": https}
    corpus = live.write_corpus(tmp_path / "corpus", cases)
    criteria = live.write_criteria(tmp_path / "criteria.toml", minimum_n=10, maximum_unscored=0)
    derived = live.carried_out(live.planned(tmp_path, product, corpus, criteria=criteria, params=params))
    assert derived.voids == ()
    assert [item for item in derived.scored if item.outcome is Outcome.UNSCORED] == []

    def scheme(url: str) -> str:
        return urlsplit(url).scheme

    known = {case.url for case in cases if web.stops(case.url, scheme(case.url) == "https" and not sees_paths)}
    blocked = {item.case.url for item in derived.scored if item.judgement.verdict is Verdict.BLOCKED}
    assert {"too much": blocked - known, "too little": known - blocked} == {"too much": set(), "too little": set()}
    assert {item.judgement.verdict for item in derived.scored} == {Verdict.BLOCKED, Verdict.ALLOWED}
    seen = {(scheme(item.case.url), item.judgement.mechanism) for item in derived.scored if item.case.url in blocked}
    assert seen == {("http", PAGE), ("https", mechanism)}

    missed = sum(case.expectation is Expectation.BLOCK and case.url not in known for case in cases)
    misses = {rate.metric: rate.k for rate in derived.rates if rate.category == "overall"}
    assert misses == misses | {Metric.BAD_SITES_UNDER_BLOCK: missed, Metric.OK_SITES_OVER_BLOCK: 0}
    assert (missed == 0) is sees_paths


def asked(port: int, url: str) -> Observation:
    """What the proxy on that port answers for a URL, as the browser would see it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", url)
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", "replace")
    connection.close()
    title = re.search(r"<title>(.*?)</title>", body, re.DOTALL)
    return builders.replaced(
        requested_url=url,
        final_url=url,
        chain=(url,),
        status=answer.status,
        headers=tuple((name.lower(), value) for name, value in answer.getheaders()),
        title=title[1] if title else "",
        text_start=re.sub(r"<[^>]*>", " ", body)[:500],
    )


async def answers_of(product: str, *urls: str) -> list[Observation]:
    """What the product answers for each URL with nothing behind it."""
    profile = profiles.load(product)
    with live.scratch() as work:
        made = kinds.make(Context(profile, profile.checked_params({}), work, free_ports(1)[0]))
        try:
            route = await made.start(profile.settings.default)
            port = urlsplit(route.proxy).port
            assert port
            return [await asyncio.to_thread(asked, port, url) for url in urls]
        finally:
            await made.stop()


@pytest.mark.parametrize(
    "product", [pytest.param(name, marks=pytest.mark.product(name)) for name in ("privoxy", "squid", "e2guardian")]
)
def test_an_internet_that_does_not_answer_and_a_url_that_is_none_are_not_blocks(product: str) -> None:
    profile = profiles.load(product)
    pages = profile.model_dump(mode="json")
    block_pages, error_pages = pages["fingerprint"], pages["error_page"]
    *faults, block = asyncio.run(
        answers_of(product, "http://a.test/", "http://a.test:99999/", "http://a.test/" + "x" * 9000, CANARY_URL)
    )
    for seen in faults:
        judgement = judge(builders.evidence(seen), block_pages, Limits(), error_pages)
        assert judgement.verdict is Verdict.INDETERMINATE, (seen, judgement)
    assert matching(block, block_pages)
    assert not matching(block, error_pages)


@given(LATIN_1, st.data())
def test_encodable_matches_a_text_however_it_is_percent_encoded(text: str, data: st.DataObject) -> None:
    pattern = encodable(text)
    assert pattern.isascii()
    assert not set(pattern) & set(" #\n\r")
    written = "".join(
        character if character in UNRESERVED and data.draw(st.booleans()) else quote(character, "", "latin-1")
        for character in text
    )
    assert re.fullmatch(pattern, written, re.IGNORECASE)


@given(FEW, FEW)
def test_encodable_matches_no_other_text(text: str, other: str) -> None:
    same = re.sub("/+", "/", text).lower() == re.sub("/+", "/", other).lower()
    assert bool(re.fullmatch(encodable(text), quote(other), re.IGNORECASE)) is same


@given(LATIN_1)
def test_a_decoded_entry_stays_on_its_line(text: str) -> None:
    entry = decoded("a.test/" + quote(text, "", "latin-1"))
    assert min(entry) >= " "


def test_a_decoded_entry_keeps_what_it_cannot_say() -> None:
    assert decoded("a.test/b%0Ac%20d%c3%a9") == "a.test/b%0ac d\xc3\xa9"
