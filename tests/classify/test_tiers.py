"""Which tier a case needs, and which speaks for it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.classify.tiers import certain, deciding, next_step
from harness.classify.verdict import judge
from harness.model import canonical
from harness.model.observation import CaseEvidence, Observation, observation_from
from harness.model.spec import Limits
from harness.model.words import Arm, Tier
from tests.builders import control, fault, net_error, observation, replaced
from tests.classify.strategies import observations

BLOCK_PAGES = [{"name": "block page", "status": 403}]
LIMITS = Limits(fault_retries=1, confirmations=1)
FAST: dict[str, Any] = {"tier": Tier.FAST}
ARRIVED = CaseEvidence([control(**FAST)], [observation(**FAST)])


def step(evidence: CaseEvidence, sampled: bool = False) -> tuple[Tier, list[Arm]]:
    return next_step(evidence, LIMITS, sampled, lambda seen: judge(seen, BLOCK_PAGES, LIMITS))


@pytest.mark.parametrize(
    ("test", "sampled", "expected"),
    [
        ((), False, (Tier.FAST, [Arm.TEST])),
        ((observation(**FAST),), False, (Tier.BROWSER, [])),
        ((observation(**FAST),), True, (Tier.BROWSER, [Arm.CONTROL, Arm.TEST])),
        ((observation(text_digest="other", **FAST),), False, (Tier.BROWSER, [Arm.CONTROL, Arm.TEST])),
        ((replaced(**FAST),), False, (Tier.BROWSER, [Arm.CONTROL, Arm.TEST])),  # a page that nobody knows
        ((replaced(returns_to_case=True, **FAST),), False, (Tier.BROWSER, [Arm.CONTROL, Arm.TEST])),
        ((net_error("ERR_CONNECTION_RESET", **FAST),), False, (Tier.FAST, [Arm.TEST])),
        ((net_error("ERR_CONNECTION_RESET", **FAST),) * 2, False, (Tier.BROWSER, [])),
        ((net_error("ERR_FAILED", **FAST),) * 2, False, (Tier.BROWSER, [Arm.CONTROL, Arm.TEST])),
        ((fault(**FAST), fault(**FAST)), False, (Tier.BROWSER, [Arm.CONTROL, Arm.TEST])),
    ],
)
def test_next(test: tuple[Observation, ...], sampled: bool, expected: tuple[Tier, list[Arm]]) -> None:
    assert step(CaseEvidence([control(**FAST)], list(test)), sampled) == expected


def test_a_case_begins_with_the_fast_tier() -> None:
    assert step(CaseEvidence()) == (Tier.FAST, [Arm.CONTROL, Arm.TEST])


@given(st.data(), st.booleans())
def test_it_ends(data: st.DataObject, sampled: bool) -> None:
    seen = CaseEvidence()
    for _ in range(20):
        tier, arms = step(seen, sampled)
        if not arms:
            break
        for arm in arms:
            item = replace(data.draw(observations[arm]), tier=tier)
            (seen.control if arm is Arm.CONTROL else seen.test).append(item)
    assert not step(seen, sampled)[1]
    if sampled or not certain(judge(seen.of(Tier.FAST), BLOCK_PAGES, LIMITS)):
        assert seen.of(Tier.BROWSER).control
        assert seen.of(Tier.BROWSER) == deciding(seen) or not seen.of(Tier.BROWSER).test
    else:
        assert deciding(seen) == seen.of(Tier.FAST) == seen


def test_the_browser_speaks_where_it_saw() -> None:
    both = CaseEvidence([*ARRIVED.control, control()], [*ARRIVED.test, replaced()])
    assert deciding(ARRIVED) == ARRIVED
    assert deciding(both) == CaseEvidence([control()], [replaced()])


def test_what_the_browser_sees_is_written_as_before() -> None:
    assert "tier" not in canonical.plain(observation())
    assert canonical.plain(ARRIVED.test[0])["tier"] == "fast"
    for item in (*ARRIVED.test, observation()):
        assert observation_from(canonical.plain(item)) == item
