"""The rule "passage": what the product is to stop must not come through the way that the check goes."""

from collections.abc import Sequence

from harness.classify.finding import AGREE, Found, broken, held, not_assessed, unconfirmed
from harness.model.check import Check, Tried

LATE_TIMES = 4  # as long as without the product, after which what has not come is held back and not merely slow


def judge(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """Once through is through, as a token cannot come by accident. Facts that it reads beside `came_through`:
    `ordinary_way` ("blocked", "open"), what became of the same by the ordinary way with the product, `allowed_way`
    ("stopped", "open", "late"), what became of something allowed by this way, and `how`, words for what was seen;
    with "late" go the `ms` that it takes without the product, and the `allowed_ms` for which it was waited."""
    if check.control and not any(item.came_through for item in control):
        return not_assessed("no-control", f"this way leads nowhere even without the product{_how(control)}")
    if any(item.facts.get("ordinary_way") == "open" for item in test):
        return not_assessed("not-filtering", "the product does not stop it by the ordinary way either")
    if any(item.came_through for item in test):
        return broken("came-through", f"it came through{_how([item for item in test if item.came_through])}")
    if len(test) < AGREE:
        return unconfirmed(f"tried {len(test)} times, of {AGREE} that must agree")
    late = [item for item in test if item.facts.get("allowed_way") == "late"]
    if late and (words := _too_soon(control, late)):
        return not_assessed("late", words)
    if late or any(item.facts.get("allowed_way") == "stopped" for item in test):
        return held("all-stopped", f"stopped, as is what is allowed, that way{_how(test)}")
    return held("stopped", f"it did not come through{_how(test)}")


def _too_soon(control: Sequence[Tried], late: Sequence[Tried]) -> str:
    """Why what has not come may have been merely slow, "" where it was waited for long enough."""
    waited = min(item.facts["allowed_ms"] for item in late)
    usual = max((item.facts["ms"] for item in control if item.came_through), default=waited)
    if waited >= LATE_TIMES * usual:
        return ""
    return (
        f"not even what is allowed came within {waited / 1000:.1f} s; without the product it took {usual / 1000:.1f} s"
    )


def _how(tries: Sequence[Tried]) -> str:
    words = next((str(item.facts["how"]) for item in reversed(tries) if item.facts.get("how")), "")
    return f": {words}" if words else ""
