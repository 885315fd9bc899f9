"""The rule "contacts": only those on the product's list may be talked to, and they may."""

from collections.abc import Sequence

from harness.classify.finding import Found, broken, held, not_assessed
from harness.model.check import Check, Tried


def judge(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """Facts that it reads: `promise`, whom the profile says may be talked to; `people`, whether what was said to each
    `arrived`; `how`, words for what was seen."""
    if silent := [name for name, arrived in control[-1].facts["people"].items() if not arrived]:
        return not_assessed("no-control", f"without the product nothing reaches {', '.join(silent)} either")
    promise, people = test[-1].facts["promise"], test[-1].facts["people"]
    reached = [name for name, arrived in people.items() if arrived]
    if not [name for name in people if name in promise]:
        return not_assessed("nobody-known", f"nobody of {', '.join(promise)} is there to talk to")
    if strangers := [name for name in reached if name not in promise]:
        return broken("stranger", f"{', '.join(strangers)} could be talked to, and is not on the list")
    if lost := [name for name in people if name in promise and name not in reached]:
        how = str(test[-1].facts.get("how", ""))
        return broken("friend", f"{', '.join(lost)} is on the list and could not be talked to{f': {how}' * bool(how)}")
    return held("limited", f"{', '.join(reached)} could be talked to, and nobody else")
