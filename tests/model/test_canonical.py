"""Same value, same bytes."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import canonical
from harness.model.words import Arm
from tests.builders import observation, receipt

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_round_trip(value: Any) -> None:
    assert json.loads(canonical.dumps(value)) == value
    assert canonical.dumps(json.loads(canonical.dumps(value))) == canonical.dumps(value)
    assert "\n" not in canonical.dumps(value)


def test_order_does_not_matter() -> None:
    assert canonical.dumps({"b": {3, 1, 2}, "a": (Arm.TEST,)}) == '{"a":["test"],"b":[1,2,3]}'


def test_dataclasses_keep_their_shape() -> None:
    plain = canonical.plain(observation(receipts=(receipt(),)))
    assert plain["error"] == ""
    assert plain["receipts"][0]["served"] == "page"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_no_number_outside_json(value: object) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical.dumps(value)


def test_digest() -> None:
    assert canonical.digest("é") == canonical.digest("é".encode()) == hashlib.sha256("é".encode()).hexdigest()
    assert canonical.digest("\ud800") != canonical.digest("?")
