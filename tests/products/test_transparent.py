"""A product in the path of connections that the browser makes as on any network, as root and as an ordinary user."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.internet.client import Internet
from harness.internet.room import Room
from harness.model.errors import ProductFault
from harness.model.words import Arm, Verdict
from harness.products.base import Context
from harness.products.transparent import TransparentProduct
from harness.profile import product as profiles
from tests import live
from tests.internet.test_room import ROOT, ordinary_python, visits

CASES = (
    live.block("host", "http://bad.test/"),
    live.block("host-secure", "https://sub.bad.test/x?y=1"),
    live.block("host-dot-secure", "https://bad.test./"),
    live.block("path", "http://shared.example/bad/page.html"),
    live.block("path-secure", "https://shared.example/bad/"),
    live.block("other-port", "http://bad.test:8080/"),
    live.block("address-listed", "http://192.0.2.9/"),
    live.block("address-listed-secure", "https://192.0.2.9/"),
    live.block("address-path-secure", "https://192.0.2.80/bad"),
    live.allow("plain", "http://good.test/"),
    live.allow("secure", "https://good.test/"),
    live.allow("path-beside", "https://shared.example/good"),
    live.allow("address", "http://192.0.2.7/"),
    live.allow("name-alike", "http://notbad.test/"),
    live.allow("address-6", "http://[2001:db8::7]/"),
)

PROFILE = """
schema = "pas-harness/product/1"
name = "mine"
title = "Mine"
kind = "transparent"
description = "It answers everything itself."
[settings]
default = "moderate"
[settings.level.moderate]
title = "Moderate"
[[files]]
template = "index.html"
target = "page/index.html"
[[files]]
template = "redirect.nft"
target = "redirect.nft"
[process]
command = ["{{ python }}", "-m", "http.server", "--directory", "{{ work }}/page", "{{ port }}"]
"""
RULES = """table ip nat {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    iifname "browser" tcp dport 80 redirect to :{{ port }}
  }
}
"""

PLAIN = {"host", "path", "address-listed"}
SECURE_HOSTS = {"host-secure", "address-listed-secure"}
# What the profiles declare, case for case, and how a block on https shows.
WAYS = (
    (
        "squid-transparent",
        "inspect",
        {*PLAIN, *SECURE_HOSTS, "host-dot-secure", "path-secure", "address-path-secure"},
        "block-page",
    ),
    ("squid-transparent", "none", PLAIN, ""),
    ("e2guardian-transparent", "inspect", {*PLAIN, *SECURE_HOSTS, "host-dot-secure", "path-secure"}, "block-page"),
    ("e2guardian-transparent", "tunnel", {*PLAIN, *SECURE_HOSTS}, "reset"),
)


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.parametrize(
    ("product", "https", "filtered", "mechanism"),
    [pytest.param(*way, marks=pytest.mark.product(way[0]), id="-".join(way[:2])) for way in WAYS],
)
def test_what_passes_it_is_filtered_and_nothing_else(
    product: str, https: str, filtered: set[str], mechanism: str, tmp_path: Path
) -> None:
    lists = tmp_path / "lists" / "adult"
    lists.mkdir(parents=True)
    (lists / "domains").write_text("bad.test\n192.0.2.9\n")
    (lists / "urls").write_text("shared.example/bad\n192.0.2.80/bad\n")
    corpus = live.write_corpus(tmp_path / "corpus", CASES)
    criteria = live.write_criteria(tmp_path / "criteria.toml", bound=0.9, minimum_n=1)
    params = {"blocklists": str(tmp_path / "lists"), "https": https}
    derived = live.carried_out(live.planned(tmp_path, product, corpus, criteria=criteria, params=params))
    assert derived.voids == ()
    blocked = {item.case.case_id for item in derived.scored if item.judgement.verdict is Verdict.BLOCKED}
    allowed = {item.case.case_id for item in derived.scored if item.judgement.verdict is Verdict.ALLOWED}
    assert blocked == filtered
    assert allowed == {case.case_id for case in CASES} - blocked
    shown = {item.judgement.mechanism for item in derived.scored if item.case.case_id == "host-secure"}
    assert shown == {mechanism}
    routes = {fact["route"] for fact in derived.state.of_kind("identity")}
    assert len(routes) == 1
    assert "network namespace" in routes.pop()


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.product("squid-transparent")
@pytest.mark.product("e2guardian-transparent")
@pytest.mark.skipif(os.geteuid() != 0, reason="we are an ordinary user already")
def test_an_ordinary_user_has_the_same() -> None:
    paths = os.pathsep.join([str(ROOT), *[path for path in sys.path if path.endswith("-packages")]])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*ordinary_python(environment), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "inspect", __file__],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


async def tried(folder: Path, rules: str) -> None:
    """A product whose rules lead port 80 to it: it answers that, and nothing else, and sees the Internet itself."""
    (folder / "mine").mkdir()
    for name, text in (("profile.toml", PROFILE), ("index.html", "<p>in the path"), ("redirect.nft", rules)):
        (folder / "mine" / name).write_text(text, "utf-8")
    (folder / "work").mkdir()
    internet = Internet(folder, {}, {}, "nonce")
    await internet.start()
    profile = profiles.load(str(folder / "mine"))
    product = TransparentProduct(Context(profile, {}, folder / "work", internet.test_port, (), internet.doors))
    try:
        for _ in range(2):
            route = await product.start("moderate")
            room = route.place
            assert isinstance(room, Room)
            token = await internet.open("one", Arm.TEST, "https://case.test/", None)
            urls = ["http://case.test/", "https://case.test/", "http://192.0.2.1/", "http://[2001:db8::1]/"]
            assert await visits(room, *urls) == ["<p>in the path", token, "<p>in the path", "miss"]
            await internet.close("one")
            await product.stop()
            assert not room.alive
    finally:
        await product.stop()
        await internet.stop()


@pytest.mark.room
@pytest.mark.program("nft", "nftables")
def test_what_the_rules_lead_to_it_is_its_own_and_the_rest_goes_on(tmp_path: Path) -> None:
    asyncio.run(tried(tmp_path, RULES))


@pytest.mark.room
@pytest.mark.program("nft", "nftables")
def test_rules_that_are_none_are_its_fault(tmp_path: Path) -> None:
    with pytest.raises(ProductFault, match=r"cannot be led through mine: (?s:.*)syntax error"):
        asyncio.run(tried(tmp_path, "table of contents"))
