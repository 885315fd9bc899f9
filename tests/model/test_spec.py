"""A spec survives its file, and one of another version is refused."""

import json

import pytest

from harness.model import canonical
from harness.model.spec import spec_from
from tests.builders import spec


def test_round_trip() -> None:
    made = spec(settings=("least", "most"))
    assert spec_from(json.loads(canonical.pretty(made))) == made


def test_another_version() -> None:
    with pytest.raises(ValueError, match="schema"):
        spec_from({**canonical.plain(spec()), "schema": "pas-harness/spec/0"})


def test_missing_and_unknown_keys_are_named() -> None:
    data = canonical.plain(spec())
    data["sede"] = data.pop("seed")
    with pytest.raises(ValueError, match="sede, seed"):
        spec_from(data)
