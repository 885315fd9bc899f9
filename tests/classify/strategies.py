"""Evidence of every kind, for property tests: all ends, each with every feature, in any order."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from harness.classify.facts import is_fault
from harness.classify.rules import STANDARD
from harness.model.observation import Asset, Observation
from harness.model.words import Arm, End
from tests.builders import fault, net_error, observation, receipt, replaced

KINDS = {
    "arrived": observation(),
    "replaced": replaced(),
    **{
        name: net_error(name)
        for name in (*STANDARD.errors, "ERR_PROXY_CONNECTION_FAILED", "ERR_CERT_AUTHORITY_INVALID")
    },
    **{f"{whose}-fault": fault(f"{whose}-fault: gone") for whose in ("browser", "internet", "product")},
    "timeout": replaced(end=End.TIMEOUT),
    "crash": replaced(end=End.CRASH),
    "download": observation(end=End.DOWNLOAD, token_seen=False),
    "other-download": replaced(end=End.DOWNLOAD),
}
FEATURES: dict[str, dict[str, Any]] = {
    "plain": {},
    "403": {"status": 403},
    "407": {"status": 407},
    "502": {"status": 502},
    "dead": {"product_alive": False},
    "foreign": {"foreign_token": True},
    "harness-page": {"harness_page": True},
    "returns": {"returns_to_case": True},
    "challenge": {"challenge": True},
    "altered": {"text_digest": "other"},
    "emptied": {"text_digest": "other", "text_length": 0},
    "away": {"final_url": "http://blocked.test/"},
    "redirected": {"receipts": (receipt(served="redirect"), receipt())},
    "asset": {"assets": (Asset("http://case.test/a.png", "200"),)},
}
OFTEN = [*KINDS.values(), *[KINDS["arrived"], KINDS["replaced"]] * 3]


def _any_of(arm: Arm) -> st.SearchStrategy[Observation]:
    pool = [replace(kind, arm=arm, **feature) for kind in OFTEN for feature in FEATURES.values()]
    return st.integers(0, len(pool) - 1).map(lambda index: pool[index])


observations = {arm: _any_of(arm) for arm in Arm}
control_arm = st.lists(observations[Arm.CONTROL], max_size=2).flatmap(
    lambda seen: st.permutations([observation(Arm.CONTROL), *seen]) | st.just(seen)
)
product_arm = st.lists(observations[Arm.TEST], max_size=5) | observations[Arm.TEST].map(lambda seen: [seen] * 3)
faulty = observations[Arm.TEST].filter(is_fault)
