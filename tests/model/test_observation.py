"""An observation survives the journal."""

import json

import pytest

from harness.model import canonical
from harness.model.observation import Asset, observation_from
from tests.builders import control, fault, net_error, observation, receipt


@pytest.mark.parametrize(
    "seen",
    [
        observation(assets=(Asset("http://a.test/x.png", "200"),), headers=(("Via", "1.1 product"),)),
        control(receipts=(receipt(), receipt(served="redirect"))),
        net_error("ERR_CONNECTION_RESET"),
        fault(),
    ],
)
def test_round_trip(seen: object) -> None:
    assert observation_from(json.loads(canonical.dumps(seen))) == seen


@pytest.mark.parametrize(
    "change",
    [{"end": "sleep"}, {"arm": ""}, {"receipts": [{"url": "x"}]}, {"unheard_of": 1}, {"headers": [["one"]]}],
)
def test_refused(change: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        observation_from({**canonical.plain(observation()), **change})
