"""Validity: may the attempts of a case carry a verdict at all?"""

from harness.classify.facts import PRODUCT_UNREACHABLE as UNREACHABLE
from harness.classify.facts import control_valid, error_name, is_fault, led_away
from harness.model.observation import CaseEvidence, Observation
from harness.model.spec import Limits
from harness.model.words import End, Validity


def validity(evidence: CaseEvidence, limits: Limits) -> Validity:
    """VALID, or the first reason for leaving the case unscored."""
    if not evidence.control or not evidence.test:
        return Validity.NOT_MEASURED
    if not any(control_valid(item) for item in evidence.control):
        faults = [item for item in evidence.control if is_fault(item)]
        return _fault(faults[-1]) if len(faults) == len(evidence.control) else Validity.CONTROL_FAILED
    measured = [item for item in evidence.test if not is_fault(item)]
    if not measured:
        return _fault(evidence.test[-1])
    if all(item.end is End.NETWORK_ERROR for item in measured) and len(measured) < 1 + limits.confirmations:
        return _fault(evidence.test[-1]) if is_fault(evidence.test[-1]) else Validity.NOT_MEASURED
    last = measured[-1]
    if last.harness_page and not led_away(last):
        return Validity.REPLAY_MISS
    return Validity.VALID


def _fault(item: Observation) -> Validity:
    if item.fault.startswith(Validity.INTERNET_FAULT):
        return Validity.INTERNET_FAULT
    if not item.product_alive or error_name(item) in UNREACHABLE or item.fault.startswith(Validity.PRODUCT_FAULT):
        return Validity.PRODUCT_FAULT
    return Validity.TIMEOUT if item.end is End.TIMEOUT else Validity.BROWSER_FAULT
