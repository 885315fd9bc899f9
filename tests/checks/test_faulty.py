"""What a fault is: nothing that a product shows in earnest is one, and no fault passes for what it shows."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.browser.sight import Sight
from harness.checks.faulty import sound
from harness.checks.ground import Ground
from harness.checks.shown import Untried
from harness.model.words import Arm, End
from harness.profile import product


def look(name: str, **seen: Any) -> None:
    ground = SimpleNamespace(arm=Arm.TEST, setting="moderate", profile=product.load(name))
    sound(cast(Ground, ground), Sight("http://a.example/", **{"end": End.PAGE, "status": 403, **seen}))


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("zoo-perfect", {}),
        ("zoo-perfect", {"status": 200}),
        ("privoxy", {"title": "Request blocked (Privoxy@harness.invalid)"}),
        ("dnsmasq", {"end": End.NETWORK_ERROR, "status": 0, "error": "net::ERR_NAME_NOT_RESOLVED"}),
    ],
)
def test_what_a_product_shows_is_no_fault(name: str, seen: dict[str, Any]) -> None:
    look(name, **seen)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("zoo-perfect", {"status": 502}),
        ("zoo-perfect", {"harness_page": True}),
        ("zoo-perfect", {"end": End.TIMEOUT}),
        ("privoxy", {"status": 503}),
        ("privoxy", {"status": 400, "text": "Invalid header received from client."}),
    ],
)
def test_a_fault_is_never_taken_for_what_a_product_shows(name: str, seen: dict[str, Any]) -> None:
    with pytest.raises(Untried):
        look(name, **seen)
