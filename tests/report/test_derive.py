"""What makes a run void although it came to its end."""

from typing import Any

import pytest

from harness.report.derive import _changes


def asked(**changes: Any) -> dict[str, Any]:
    return {"product": {"version": "1", "lists": "a"}, "browser": "Chromium/1", "route": "proxy", **changes}


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (asked(), []),
        (asked(product={"version": "2", "lists": "a"}), ["the product's version changed from 1 to 2"]),
        (asked(product={"version": "1"}), ["the product's lists changed from a to nothing"]),
        (asked(browser="Chromium/2"), ["the browser changed from Chromium/1 to Chromium/2"]),
        (asked(route="emulated"), ["the route changed from proxy to emulated"]),
    ],
    ids=["nothing", "version", "lists", "browser", "route"],
)
def test_a_change_is_named(later: dict[str, Any], words: list[str]) -> None:
    assert _changes([asked(), asked(), later]) == words
    assert _changes([]) == []
