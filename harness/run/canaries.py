"""The canaries of a run: which are sung when, and what it means when one is silent."""

from harness.classify.canary import Canary
from harness.classify.facts import is_fault
from harness.model.observation import Observation
from harness.model.words import Arm
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK
from harness.run.attempt import Errand

# Before and after the cases; during them only the last two.
ROUNDS = (
    (Canary.ALLOW, Arm.CONTROL, "http"),
    (Canary.ALLOW, Arm.TEST, "https"),
    (Canary.ALLOW, Arm.TEST, "http"),
    (Canary.BLOCK, Arm.TEST, "http"),
)


def errand(which: Canary, arm: Arm, scheme: str, setting: str, number: int) -> Errand:
    """The attempt that asks one canary."""
    host = CANARY_ALLOW if which is Canary.ALLOW else CANARY_BLOCK
    picture = None if arm is Arm.CONTROL else which is Canary.BLOCK
    return Errand(f"canary:{which}", f"{scheme}://{host}/", None, arm, setting, number, picture)


def silence(which: Canary, arm: Arm, scheme: str, when: str, seen: Observation) -> str:
    """Why a canary failed, in plain words; `when` is put in as it is."""
    facts = [seen.end, seen.error, f"status {seen.status}" if seen.status else "", seen.fault]
    saw = ", ".join(fact for fact in facts if fact)
    when = f" {when}" if when else ""
    if arm is Arm.CONTROL:
        return (
            f"the canary to allow did not arrive without the product{when} ({saw}): the test bench itself does not work"
        )
    if which is Canary.BLOCK and is_fault(seen):
        return f"the canary to block came to no end over {scheme}{when} ({saw}): the product does not work"
    if which is Canary.BLOCK:
        return f"the canary to block got through over {scheme}{when} ({saw}): the product is not filtering"
    hint = "; is the product's certificate trusted?" if "CERT" in seen.error else ""
    return (
        f"the canary to allow did not arrive over {scheme}{when} ({saw}): the product stops everything or does not work"
        + hint
    )
