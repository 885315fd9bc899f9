"""The rule "flagged": a marked conversation is told of, and an ordinary one is not."""

from collections.abc import Sequence

from harness.classify.finding import Found, broken, held, not_assessed
from harness.model.check import Check, Tried


def judge(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """Facts that it reads: `promise`, where the profile says alerts are found; of each conversation, "ordinary" and
    "marked", whether it was `flagged` there and `arrived` as a whole."""
    if lost := [name for name, arrived in control[-1].facts["arrived"].items() if not arrived]:
        return not_assessed(
            "no-control", f"without the product the {', '.join(lost)} conversation does not arrive either"
        )
    facts = test[-1].facts
    if not facts["flagged"]["marked"] and not facts["arrived"]["marked"]:
        return not_assessed(
            "not-held", "the marked conversation did not arrive as a whole, so there was none to tell of"
        )
    if not facts["flagged"]["marked"]:
        return broken("silent", f"nothing in {facts['promise']} tells of the marked conversation")
    if facts["flagged"]["ordinary"]:
        return broken("false-alarm", f"{facts['promise']} tells of an ordinary conversation as well")
    return held("told", f"{facts['promise']} tells of the marked conversation, and of no ordinary one")
