"""Which attempt a case still needs. The same question drives a run and its resumption, so neither repeats nor forgets
one."""

from harness.classify.facts import control_valid, is_fault
from harness.model.observation import CaseEvidence
from harness.model.spec import Limits
from harness.model.words import Arm, End


def next_arms(evidence: CaseEvidence, limits: Limits) -> list[Arm]:
    """The arms to attempt next, none when the case is finished. What the product was expected to do plays no part."""
    arms = []
    if _control_open(evidence, limits):
        arms.append(Arm.CONTROL)
    elif not any(control_valid(item) for item in evidence.control):
        return []
    if _test_open(evidence, limits):
        arms.append(Arm.TEST)
    return arms


def _control_open(evidence: CaseEvidence, limits: Limits) -> bool:
    return len(evidence.control) <= limits.fault_retries and not any(control_valid(item) for item in evidence.control)


def _test_open(evidence: CaseEvidence, limits: Limits) -> bool:
    faults = sum(1 for item in evidence.test if is_fault(item))
    if faults > limits.fault_retries:
        return False
    measured = [item for item in evidence.test if not is_fault(item)]
    if not measured:
        return True
    if any(item.end is not End.NETWORK_ERROR for item in measured):
        return False
    return len(measured) < 1 + limits.confirmations
