"""The watertight product of the zoo stops every way that the battery's browser goes, and each hole is found by its
checks alone."""

from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from mitmproxy.http import Request

from harness.checks.way import way
from harness.model import url as urls
from harness.model.check import Check
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK, Context
from harness.products.zoo_ways import HOLES, Watertight
from harness.profile import checks, product, shipped

CHECKS = [check for check in checks.read(shipped.CHECKS / "battery.toml") if check.by == "visit"]
PROFILE = product.load("zoo-watertight")
OTHER_SITES = "address-in-a-name translation* search-cache archive amp web-proxy* image-search"
CAUGHT = {
    "none": "",
    "addresses": "address-[!i]* address-ipv6 address-ipv4-in-ipv6",
    "ipv6": "address-ipv6 address-ipv4-in-ipv6",
    "ports": "port port-https",
    "root-dot": "trailing-dot",
    "subdomains": "www mobile chunked slow",
    "look-alikes": "look-alike",
    "other-sites": OTHER_SITES,
    "long": "long-url",
    "pictures": "picture",
    "posts": "form-post",
}


def through(check: Check, hole: str, host: str) -> bool:
    """Whether what lies at the end of the way comes through, as far as the product is concerned."""
    behaviour = Watertight(Context(PROFILE, PROFILE.checked_params({"hole": hole}), Path(), 0))
    method = "POST" if "method=post" in str(check.given) else "GET"
    return not behaviour.stops(Request.make(method, urls.parse(way(check.given, host).content).href))


def name(check: Check) -> str:
    return check.id.removeprefix("battery.")


@pytest.mark.parametrize("hole", HOLES)
def test_each_hole_is_found_by_its_checks_and_by_no_other(hole: str) -> None:
    found = {name(check) for check in CHECKS if through(check, hole, CANARY_BLOCK)}
    assert found == {name(check) for check in CHECKS if any(fnmatchcase(name(check), p) for p in CAUGHT[hole].split())}


def test_what_is_allowed_comes_through_by_every_way() -> None:
    assert [name(check) for check in CHECKS if not through(check, "none", CANARY_ALLOW)] == []


def test_every_hole_can_be_asked_for() -> None:
    assert PROFILE.params["hole"].choices == tuple(HOLES)
