"""The questions that rules ask."""

import pytest

from harness.classify.canary import Canary, sings
from harness.classify.facts import delivered, error_name, is_fault, led_away, missing_assets, same_resource
from harness.classify.fingerprint import matching
from harness.model.observation import Asset
from harness.model.words import End
from tests.builders import URL, control, fault, net_error, observation, receipt, replaced


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.test/", "https://a.test/", True),
        ("http://a.test/#x", "http://A.test", True),
        ("http://a.test/", "http://a.test:8080/", False),
        ("http://a.test/", "http://a.test/?", True),
        ("http://a.test/a", "http://a.test/b", False),
        ("chrome-error://chromewebdata/", "http://a.test/", False),
        ("", "", False),
    ],
)
def test_same_resource(one: str, other: str, same: bool) -> None:
    assert same_resource(one, other) is same


def test_led_away() -> None:
    away = {"final_url": "http://blocked.test/"}
    assert led_away(replaced(**away))
    assert not led_away(replaced(final_url=""))
    assert not led_away(replaced(final_url=URL + "#top"))
    assert not led_away(replaced(**away, receipts=(receipt(served="redirect"),)))


def test_delivered() -> None:
    assert delivered(observation())
    assert not delivered(observation(end=End.NETWORK_ERROR))
    assert not delivered(replaced())
    bare = control(token_seen=False)
    assert delivered(bare)
    assert delivered(observation(token_seen=False), bare)
    assert not delivered(replaced(), bare)
    assert not delivered(observation(token_seen=False), control())
    assert not delivered(replaced(body_digest=""), control(token_seen=False, body_digest=""))


def test_is_fault() -> None:
    assert error_name(net_error("ERR_FAILED")) == "ERR_FAILED"
    assert is_fault(fault())
    assert is_fault(net_error("ERR_PROXY_CONNECTION_FAILED"))
    assert is_fault(net_error("ERR_NETWORK_CHANGED"))
    assert is_fault(observation(product_alive=False))
    assert not is_fault(net_error("ERR_TUNNEL_CONNECTION_FAILED"))


@pytest.mark.parametrize(
    ("result", "missing"), [("200", False), ("399", False), ("400", True), ("net::ERR_FAILED", True)]
)
def test_missing_assets(result: str, missing: bool) -> None:
    seen = observation(assets=(Asset("http://case.test/a", result), Asset("http://case.test/more", "200")))
    wanted = ["http://case.test/a"] if missing else []
    assert missing_assets(seen, control(assets=(Asset("http://case.test/a", "200"),))) == wanted


def test_canaries() -> None:
    assert sings(Canary.ALLOW, observation()) is True
    assert sings(Canary.ALLOW, replaced()) is False
    assert sings(Canary.BLOCK, replaced()) is True
    assert sings(Canary.BLOCK, net_error("ERR_CONNECTION_RESET")) is True
    assert sings(Canary.BLOCK, observation()) is False
    assert sings(Canary.ALLOW, fault()) is sings(Canary.BLOCK, fault()) is None


PAGE = replaced(
    status=403,
    title="Access DENIED",
    text_start="By order of the filter",
    final_url="http://block.test/why",
    chain=(URL, "http://block.test/why"),
    headers=(("X-Filter", "Acme 2"),),
)


@pytest.mark.parametrize(
    ("features", "matches"),
    [
        ({"status": 403}, True),
        ({"status": 40}, False),
        ({"title": "access denied"}, True),
        ({"text": "filter"}, True),
        ({"location": "block.test"}, True),
        ({"location": "case.test"}, False),
        ({"header": "x-filter: acme"}, True),
        ({"status": 403, "title": "Welcome"}, False),
        ({"unheard_of": "a"}, False),
        ({}, False),
        ({"status": 0, "title": ""}, False),
    ],
)
def test_fingerprints(features: dict[str, object], matches: bool) -> None:
    assert matching(PAGE, [{"name": "other", "title": "Welcome"}, {"name": "mine", **features}]) == (
        "mine" if matches else ""
    )
