"""The rule "hours": a service is open within the hours set, and shut outside them."""

from collections.abc import Sequence

from harness.classify.finding import Found, broken, held, not_assessed
from harness.model.check import Check, Tried


def judge(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """Facts that it reads: without the product whether it `arrived`; with it, `within` and `outside` the hours, which
    `hours` were set, whether it `arrived` and `how` that looked."""
    if not control[-1].facts["arrived"]:
        return not_assessed("no-control", "nothing arrives even without the product")
    within, outside = test[-1].facts["within"], test[-1].facts["outside"]
    if outside["arrived"]:
        return broken("open", f"it arrived although open at {outside['hours']} only")
    if not within["arrived"]:
        return broken("shut", f"nothing arrived although open at {within['hours']}{_how(within)}")
    return held(
        "kept", f"it arrived at {within['hours']}, and nothing did when set to {outside['hours']}{_how(outside)}"
    )


def _how(part: dict[str, object]) -> str:
    return f": {part['how']}" if part["how"] else ""
