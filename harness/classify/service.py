"""The rule "service": a service is stopped or left open as the product promises."""

from collections.abc import Sequence

from harness.classify.finding import AGREE, Found, broken, held, not_applicable, not_assessed, unconfirmed
from harness.model.check import Check, Tried


def judge(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """Facts that it reads beside `came_through`: `promise`, what the profile says the service is ("blocked", "allowed",
    "filtered", "" for nothing), `by`, what carried it, and `how`, words for what was seen."""
    if not any(item.came_through for item in control):
        return not_assessed("no-control", f"nothing arrives even without the product{_how(control)}")
    through = any(item.came_through for item in test)
    if not through and len(test) < AGREE:
        return unconfirmed(f"tried {len(test)} times, of {AGREE} that must agree")
    what = f"it arrived, by the {_by(test)}" if through else f"nothing arrived{_how(test)}"
    promise = str(test[-1].facts["promise"])
    if not promise:
        found = "open" if through else "closed"
        return not_applicable(
            "no-promise", f"found {found} ({what}); the product's profile makes no statement about it"
        )
    if (promise == "blocked") == through:
        return broken("otherwise", f"promised {promise}, but {what}")
    return held("as-promised", f"promised {promise}: {what}")


def _by(tries: Sequence[Tried]) -> str:
    carriers = {"proxy": "product's proxy", "browser": "browser", "itself": "program's own connection"}
    return carriers[str(tries[-1].facts["by"])]


def _how(tries: Sequence[Tried]) -> str:
    words = next((str(item.facts["how"]) for item in reversed(tries) if item.facts.get("how")), "")
    return f": {words}" if words else ""
