"""Which attempt comes next, and that there is always a last one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.classify.steps import next_arms
from harness.classify.validity import validity
from harness.model.observation import CaseEvidence
from harness.model.spec import Limits
from harness.model.words import Arm, End, Validity
from tests.builders import control, evidence, fault, net_error, observation, replaced
from tests.classify.strategies import observations

LIMITS = Limits(fault_retries=2, confirmations=2)
RESET = net_error("ERR_CONNECTION_RESET")


@pytest.mark.parametrize(
    ("case", "arms"),
    [
        (CaseEvidence(), [Arm.CONTROL, Arm.TEST]),
        (evidence(), [Arm.TEST]),
        (evidence(observation()), []),
        (evidence(replaced()), []),
        (evidence(RESET), [Arm.TEST]),
        (evidence(RESET, RESET), [Arm.TEST]),
        (evidence(RESET, RESET, RESET), []),
        (evidence(RESET, replaced()), []),
        (evidence(fault()), [Arm.TEST]),
        (evidence(fault(), fault()), [Arm.TEST]),
        (evidence(fault(), fault(), fault()), []),
        (evidence(fault(), RESET, fault(), RESET), [Arm.TEST]),
        (evidence(replaced(end=End.TIMEOUT)), [Arm.TEST]),
        (evidence(observation(), controls=(fault(),)), [Arm.CONTROL]),
        (evidence(observation(), controls=(fault(), fault(), control())), []),
        (evidence(controls=(fault(), fault(), fault())), []),
    ],
)
def test_next(case: CaseEvidence, arms: list[Arm]) -> None:
    assert next_arms(case, LIMITS) == arms


@given(st.data(), st.integers(0, 3), st.integers(0, 3))
def test_it_ends_with_an_answer(data: st.DataObject, retries: int, confirmations: int) -> None:
    """Whatever is seen, a case takes a bounded number of attempts and is never left unmeasured."""
    limits = Limits(fault_retries=retries, confirmations=confirmations)
    seen = CaseEvidence()
    while arms := next_arms(seen, limits):
        assert len(set(arms)) == len(arms)
        for arm in arms:
            (seen.control if arm is Arm.CONTROL else seen.test).append(data.draw(observations[arm]))
        assert len(seen.control) <= retries + 1
        assert len(seen.test) <= (retries + 1) + (confirmations + 1)
    assert validity(seen, limits) is not Validity.NOT_MEASURED
