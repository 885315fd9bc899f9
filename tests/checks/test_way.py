"""Ways as data: what a check says is a way to either site, and every spelling means the same to a browser."""

import io
import itertools

import pytest
from matplotlib.image import imread

from harness.checks.ground import ALLOWED
from harness.checks.way import ELSEWHERE, PAGE, PICTURE, Way, picture, way, words
from harness.corpus.answer import parse
from harness.internet.coding import unpacked
from harness.internet.holder import WORLD
from harness.model import url as urls
from harness.model.check import Check
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK
from harness.profile import checks, shipped

CHECKS = [check for check in checks.read(shipped.CHECKS / "battery.toml") if check.by == "visit"]
ADDRESSES = {CANARY_BLOCK: WORLD, CANARY_ALLOW: ELSEWHERE}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.id))
def test_every_check_gives_a_way_to_either_site(check: Check) -> None:
    to_block, to_allow = (way(check.given, host) for host in (CANARY_BLOCK, CANARY_ALLOW))
    assert urls.parse(to_block.content).key != urls.parse(to_allow.content).key
    assert to_block.script == "" or not check.given["url"].startswith("http://$host")  # whose page would not open
    for served in (to_block.content, *to_block.pages):
        urls.parse(served)
    parse(to_block.answer, "the page")


@pytest.mark.parametrize("host", ADDRESSES)
@pytest.mark.parametrize("spelling", ["four", "decimal", "hexadecimal", "octal", "short", "mixed"])
def test_every_spelling_of_an_address_is_the_same_to_a_browser(host: str, spelling: str) -> None:
    assert urls.parse(f"http://{words(host)[spelling]}/").hostname == ADDRESSES[host]


@pytest.mark.parametrize("host", ADDRESSES)
def test_every_spelling_of_a_name_is_the_same_to_a_browser_but_the_one_that_looks_alike(host: str) -> None:
    said = words(host)
    for spelling in ("upper", "percent", "wide", "stops"):
        assert said[spelling] != host
        assert urls.parse(f"http://{said[spelling]}/").hostname == host
    assert urls.parse(f"http://{said['alike']}/").hostname.startswith("xn--")


@pytest.mark.parametrize("coding", ["", "gzip", "deflate", "br", "zstd"])
def test_a_page_comes_in_the_coding_that_is_asked_for(coding: str) -> None:
    answer = parse(Way(ALLOWED, coding=coding).answer, "the page")
    assert answer.header("content-encoding") == coding
    assert unpacked(answer.body, coding) == PAGE.encode()


def test_a_picture_is_of_its_size() -> None:
    assert imread(io.BytesIO(picture(*PICTURE)), "png").shape == (PICTURE[1], PICTURE[0])


def test_what_is_no_way_is_refused() -> None:
    with pytest.raises(TypeError, match="arrives"):
        way({"url": "$url", "arrives": True}, CANARY_BLOCK)
    with pytest.raises(KeyError, match="nowhere"):
        way({"url": "http://$nowhere/"}, CANARY_BLOCK)


@pytest.mark.parametrize("order", itertools.permutations(("a", "b", "c")), ids="".join)
def test_what_a_redirect_leads_to_comes_before_it_in_whatever_order_they_are_given(order: tuple[str, ...]) -> None:
    pages = {
        "a": "HTTP/1.1 302 Found\nLocation: b\n\n",
        "b": "HTTP/1.1 302 Found\nLocation: c\n\n",
        "c": "HTTP/1.1 302 Found\nLocation: elsewhere\n\n",
    }
    assert Way("a", pages={key: pages[key] for key in order}).inward == ["c", "b", "a"]


def test_redirects_in_a_ring_are_all_there() -> None:
    assert Way("a", pages={key: f"HTTP/1.1 302 Found\nLocation: {key}\n\n" for key in "ab"}).inward == ["a", "b"]
