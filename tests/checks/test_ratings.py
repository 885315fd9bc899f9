"""Labelled pages: what a good and a bad product make of every one of them, and the same through real rooms."""

import asyncio
import gzip
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from mitmproxy.http import Headers

from harness.browser.sight import Sight
from harness.checks.answers import answered
from harness.checks.ground import Ground
from harness.checks.ratings import answer, labelled, listed
from harness.checks.shown import Shown
from harness.classify.checks import assess
from harness.corpus.answer import parse
from harness.internet.coding import unpacked
from harness.model.check import Assessment, Check, Standing, Tried
from harness.model.words import Arm, End
from harness.products.base import Context
from harness.products.zoo import ZooProduct
from harness.products.zoo_labels import LABELS, Confusing, Demanding, Gullible, Ignoring, Labelled, Suspicious
from harness.profile import checks, product, shipped
from tests.checks.test_ground import ground

CHECKS = {check.id.removeprefix("ratings."): check for check in checks.read(shipped.CHECKS / "ratings.toml")}
LABELLED = {name: check for name, check in CHECKS.items() if check.by == "labelled"}
BLOCKED = {name for name, check in LABELLED.items() if check.given["expect"] == "blocked"}
BROKEN: dict[type[Labelled], set[str]] = {
    Labelled: set(),
    Confusing: set(),
    Ignoring: BLOCKED,
    Gullible: {"in-a-comment", "in-text"},
    Suspicious: {"pics-harmless", "malformed", "malformed-pics"},
    Demanding: {"unlabelled"},
}


def assessed(check: Check, *shown: Shown) -> Assessment:
    tries = [Tried(check.id, Arm.TEST, "s", 1, item.came_through, item.facts, (), item.inapplicable) for item in shown]
    return assess(check, "s", [Tried(check.id, Arm.CONTROL, "", 1, True), *tries, *tries])


def made_of(zoo: Labelled, given: dict[str, Any]) -> bool:
    """Whether the product lets the page through, as far as its label goes."""
    page = parse(answer(given), "a page")
    body = unpacked(page.body, page.header("content-encoding")).decode()
    headers = Headers([(name.encode(), value.encode()) for name, value in page.headers])
    return not zoo.adult(headers, body)


@pytest.mark.parametrize(
    ("came", "outcome"),
    [([True], True), ([False, False], False), ([False, True, True], True), ([False, True, False], False)],
)
def test_a_page_that_was_lost_once_is_not_one_that_is_stopped(came: list[bool], outcome: bool) -> None:
    left = iter(came)

    async def look(url: str, **_: object) -> Sight:
        return Sight(url, End.NETWORK_ERROR, error="net::ERR_NAME_NOT_RESOLVED", token_seen=next(left))

    profile = SimpleNamespace(fingerprint=(), error_page=(), ratings=SimpleNamespace(labels=()))
    here = SimpleNamespace(look=look, arm=Arm.CONTROL, setting="", profile=profile)
    shown = asyncio.run(labelled(cast(Ground, here), CHECKS["rta-meta"]))
    assert shown.came_through is outcome
    assert next(left, None) is None


@pytest.mark.parametrize("kind", BROKEN, ids=lambda kind: kind.__name__)
def test_each_bad_product_breaks_what_it_says_and_nothing_else(kind: type[Labelled], tmp_path: Any) -> None:
    zoo = kind(Context(product.load("zoo-considerate"), {}, tmp_path, 0))
    plain = made_of(zoo, {})
    found = {
        name: assessed(
            check,
            Shown(
                came := made_of(zoo, check.given),
                {"came": came, "how": "", "plain_came": plain, "plain_how": "", "unlabelled_blocked": False},
            ),
        ).standing
        for name, check in LABELLED.items()
    }
    assert {name for name, value in found.items() if value is Standing.BROKEN} == BROKEN[kind]
    if plain:
        assert Standing.NOT_ASSESSED not in found.values()
    else:
        assert {name for name, value in found.items() if value is Standing.HELD} == set()


def test_every_product_of_the_zoo_that_heeds_labels_is_specified() -> None:
    assert {*BROKEN} == {*LABELS.values()}


def test_pages_are_made_as_given() -> None:
    page = parse(answer(CHECKS["compressed"].given), "a page")
    assert b"RTA-5042" in gzip.decompress(page.body)
    assert parse(answer(CHECKS["rta-header"].given), "a page").header("rating").startswith("RTA-5042")
    assert len(answer(CHECKS["huge"].given)) > 300_000


@pytest.mark.browser
@pytest.mark.room
def test_labels_and_categories_through_a_room() -> None:
    async def life() -> None:
        async with ground("zoo-considerate") as here:
            zoo = here.product
            assert isinstance(zoo, ZooProduct)
            assert assessed(CHECKS["rta-header"], await labelled(here, CHECKS["rta-header"])).standing is Standing.HELD
            false = [await listed(here, CHECKS["false-harmless"]) for _ in range(2)]
            assert assessed(CHECKS["false-harmless"], *false).standing is Standing.HELD
            few = replace(CHECKS["categories"], given={**CHECKS["categories"].given, "each": 1, "none": 2})
            right = assessed(few, await answered(here, few))
            assert (right.standing, right.figures["accuracy"]["k"], right.figures["kappa"]) == (Standing.HELD, 8, 1.0)
            zoo._behaviour.__class__ = Confusing
            assert assessed(few, await answered(here, few)).standing is Standing.BROKEN
            zoo._behaviour.__class__ = Ignoring
            assert assessed(CHECKS["rta-meta"], await labelled(here, CHECKS["rta-meta"])).standing is Standing.BROKEN

    asyncio.run(life())


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.product("privoxy-labels")
def test_privoxy_can_heed_labels() -> None:
    async def life() -> None:
        async with ground("privoxy-labels") as here:
            for name in ("rta-meta-https", "pics-header", "huge"):
                assert (name, assessed(CHECKS[name], await labelled(here, CHECKS[name])).standing) == (
                    name,
                    Standing.HELD,
                )
            shown = await answered(here, CHECKS["categories"])
            assert "names no place" in shown.inapplicable

    asyncio.run(life())


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.product("pdns-recursor")
def test_a_name_server_names_categories_in_extended_errors() -> None:
    async def life() -> None:
        lists = str(shipped.PRODUCTS / "reference" / "lists")
        async with ground("pdns-recursor", blocklists=lists) as here:
            shown = await answered(here, CHECKS["categories"])
            found = assessed(CHECKS["categories"], shown)
            said = {page[2] for page in shown.facts["pages"] if page[3] != "none"}
            assert {"15 gambling", "15 hate"} <= said
            assert found.figures["accuracy"]["n"] == len(shown.facts["pages"]) == 32
            assert found.figures["accuracy"]["k"] >= 26
            # It reads no labels, and promises nothing of them.
            unread = await labelled(here, CHECKS["rta-meta"])
            assert unread.inapplicable.endswith("RTA labels in a meta tag; the page comes through")

    asyncio.run(life())
