"""The canaries of a run: which are sung when, how they are heard, and what it means when one is silent."""

from collections.abc import Callable

from harness.classify import canary, judge_live
from harness.classify.canary import Canary
from harness.classify.facts import control_valid, is_fault
from harness.classify.judge_live import Knowledge
from harness.model.observation import Observation
from harness.model.words import Arm
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK, Live
from harness.run.attempt import Errand

SILENT = 2  # times, after which a canary is: a page may be lost on its way, as when a part of the product dies
# Before and after the cases; during them only the last two. Live, a canary's address has its scheme.
ROUNDS = (
    (Canary.ALLOW, Arm.CONTROL, "http"),
    (Canary.ALLOW, Arm.TEST, "https"),
    (Canary.ALLOW, Arm.TEST, "http"),
    (Canary.BLOCK, Arm.TEST, "http"),
)
LIVE_ROUNDS = (
    (Canary.ALLOW, Arm.CONTROL, "live"),
    (Canary.BLOCK, Arm.CONTROL, "live"),
    (Canary.ALLOW, Arm.TEST, "live"),
    (Canary.BLOCK, Arm.TEST, "live"),
)


def errand(which: Canary, arm: Arm, scheme: str, setting: str, number: int, live: Live | None = None) -> Errand:
    """The attempt that asks one canary."""
    if live:
        url = live.allow if which is Canary.ALLOW else live.block
    else:
        url = f"{scheme}://{CANARY_ALLOW if which is Canary.ALLOW else CANARY_BLOCK}/"
    picture = None if arm is Arm.CONTROL else which is Canary.BLOCK
    return Errand(f"canary:{which}", url, None, arm, setting, number, picture)


class Ear:
    """Hears whether canaries are as they must be; live, by comparison with the control's last. `knowledge` is asked
    for live ones only."""

    def __init__(self, knowledge: Callable[[], Knowledge]) -> None:
        self._knowledge = knowledge
        self._controls: dict[Canary, Observation] = {}

    def sings(self, which: Canary, arm: Arm, seen: Observation) -> bool | None:
        """None when the attempt failed and says nothing."""
        if seen.live is None:
            return canary.sings(which, seen)
        if arm is Arm.CONTROL:
            self._controls[which] = seen
            return None if is_fault(seen) else control_valid(seen)
        return judge_live.sings(which, seen, self._controls[which], self._knowledge())


def by(scheme: str) -> str:
    """How a canary was asked, to be put into a sentence."""
    return "" if scheme == "live" else f" over {scheme}"


def silence(which: Canary, arm: Arm, scheme: str, when: str, seen: Observation) -> str:
    """Why a canary failed, in plain words; `when` is put in as it is."""
    facts = [seen.end, seen.error, f"status {seen.status}" if seen.status else "", seen.fault]
    saw = ", ".join(fact for fact in facts if fact)
    when = f" {when}" if when else ""
    over = by(scheme)
    if arm is Arm.CONTROL and seen.live is not None:
        return f"the page for the canary to {which} did not arrive by the way round the filter{when} ({saw})"
    if arm is Arm.CONTROL:
        return (
            f"the canary to allow did not arrive without the product{when} ({saw}): the test bench itself does not work"
        )
    if which is Canary.BLOCK and is_fault(seen):
        return f"the canary to block came to no end{over}{when} ({saw}): the product does not work"
    if which is Canary.BLOCK:
        return f"the canary to block got through{over}{when} ({saw}): the product is not filtering"
    hint = "; is the product's certificate trusted?" if "CERT" in seen.error else ""
    return (
        f"the canary to allow did not arrive{over}{when} ({saw}): the product stops everything or does not work" + hint
    )
