"""Canaries: a page the product must allow and one it must block, in the same run as the cases."""

from enum import StrEnum

from harness.classify.facts import delivered, is_fault
from harness.model.observation import Observation


class Canary(StrEnum):
    ALLOW = "allow"
    BLOCK = "block"


def sings(which: Canary, observation: Observation) -> bool | None:
    """Whether the canary is as it must be; None when the attempt failed and says nothing."""
    if is_fault(observation):
        return None
    return delivered(observation) is (which is Canary.ALLOW)
