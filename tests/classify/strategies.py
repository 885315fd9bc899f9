"""Evidence of every kind, for property tests: all ends, each with every feature, in any order."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from harness.classify.facts import is_fault
from harness.classify.verdict import ERRORS
from harness.model.observation import Asset, Observation
from harness.model.words import Arm, End
from tests.builders import fault, net_error, observation, receipt, replaced

KINDS = [
    *(observation() for _ in range(4)),
    *(replaced() for _ in range(4)),
    *(net_error(name) for name in (*ERRORS, "ERR_PROXY_CONNECTION_FAILED", "ERR_CERT_AUTHORITY_INVALID")),
    *(fault(f"{whose}-fault: gone") for whose in ("browser", "internet", "product")),
    replaced(end=End.TIMEOUT),
    replaced(end=End.CRASH),
    observation(end=End.DOWNLOAD, token_seen=False),
    replaced(end=End.DOWNLOAD),
]
FEATURES: list[dict[str, Any]] = [
    {},
    {"status": 403},
    {"status": 407},
    {"status": 502},
    {"product_alive": False},
    {"foreign_token": True},
    {"harness_page": True},
    {"returns_to_case": True},
    {"challenge": True},
    {"text_digest": "other"},
    {"text_digest": "other", "text_length": 0},
    {"final_url": "http://blocked.test/"},
    {"receipts": (receipt(served="redirect"), receipt())},
    {"assets": (Asset("http://case.test/a.png", "200"),)},
]


def _any_of(arm: Arm) -> st.SearchStrategy[Observation]:
    pool = [replace(kind, arm=arm, **feature) for kind in KINDS for feature in FEATURES]
    return st.integers(0, len(pool) - 1).map(lambda index: pool[index])


observations = {arm: _any_of(arm) for arm in Arm}
control_arm = st.lists(observations[Arm.CONTROL], max_size=2).flatmap(
    lambda seen: st.permutations([observation(Arm.CONTROL), *seen]) | st.just(seen)
)
product_arm = st.lists(observations[Arm.TEST], max_size=5) | observations[Arm.TEST].map(lambda seen: [seen] * 3)
faulty = observations[Arm.TEST].filter(is_fault)
