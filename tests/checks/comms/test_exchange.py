"""Exchanges through real rooms, servers and clients: what is said without a product arrives, and a product that keeps
its promises is found to."""

import asyncio
import secrets
from fnmatch import fnmatchcase

import pytest

from harness.browser.find import find
from harness.checks.bench import Bench
from harness.checks.comms.exchange import WAYS
from harness.checks.performers import PERFORMERS
from harness.classify.checks import RULES, assess
from harness.evidence import scratch
from harness.evidence.blobs import Blobs
from harness.model.check import Assessment, Tried
from harness.profile import checks, product, shipped
from harness.profile.communications import SERVICES

CHECKS = {
    check.id.removeprefix("communications."): check for check in checks.read(shipped.CHECKS / "communications.toml")
}


def assessed(name: str, patterns: str, **params: str) -> dict[str, Assessment]:
    """What is made of those checks on a product, by their own names."""
    profile, tries, work = product.load(name), list[Tried](), scratch.make("exchange")
    chosen = {own: check for own, check in CHECKS.items() if any(fnmatchcase(own, item) for item in patterns.split())}
    (work / "blobs").mkdir()
    setting = profile.settings.default
    bench = Bench(
        profile,
        profile.checked_params(params),
        setting,
        find(),
        work,
        secrets.token_hex(8),
        Blobs(work / "blobs"),
        tries.append,
        lambda *_: None,
    )
    try:
        asyncio.run(bench.perform([*chosen.values()], (), lambda _: None))
    finally:
        scratch.remove(work)
    return {own: assess(check, setting, tries) for own, check in chosen.items()}


def test_every_check_can_be_performed_and_judged() -> None:
    assert all(check.by in PERFORMERS and check.judged in RULES for check in CHECKS.values())
    assert {check.given["way"] for check in CHECKS.values() if check.by == "said"} == set(WAYS)
    assert {way.service for way in WAYS.values()} | {"files"} == set(SERVICES)


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.program("prosody", "prosody")
@pytest.mark.program("ngircd", "ngircd")
def test_a_good_product_keeps_its_promises() -> None:
    found = assessed(
        "zoo-chaperone",
        "web-chat instant-messaging irc games-datagrams personal-web-mail flagged-web-chat files-by-type",
    )
    assert {own: item.words for own, item in found.items() if item.standing != "held"} == {}


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.product("dnsmasq")
@pytest.mark.program("dovecot", "dovecot-imapd")
def test_products_that_promise_nothing_are_found_open() -> None:
    found = assessed("dnsmasq", "mail mailbox newsgroups file-sharing-tracker")
    assert {own: item.words for own, item in found.items() if item.standing != "not-applicable"} == {}
    assert all("found open" in item.words for item in found.values())


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.product("squid")
@pytest.mark.program("ngircd", "ngircd")
def test_squid_refuses_tunnels_of_chats() -> None:
    found = assessed("squid", "irc", tunnels="web", https="tunnel")
    assert found["irc"].standing == "held", found["irc"].words
    assert "403" in found["irc"].words


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.product("e2guardian")
def test_e2guardian_refuses_files_by_name_and_looks_into_none() -> None:
    found = assessed("e2guardian", "files-by-name files-disguised", files="refused")
    assert [item.standing for item in found.values()] == ["held", "broken"]
