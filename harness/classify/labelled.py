"""The rule "label": a page is dealt with as its label asks, or as one without a label where it has no valid one."""

from collections.abc import Sequence

from harness.classify.finding import Found, broken, held, not_assessed
from harness.model.check import Check, Tried


def judge(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """`expect` is "blocked", "open", "as-unlabelled" or, for a page without a label, "unlabelled". Facts: `came`,
    whether the page came through, and `plain_came`, whether the same page without its label did; `unlabelled_blocked`,
    whether the product says that pages without a label are blocked at the setting."""
    facts, expect = test[-1].facts, check.given["expect"]
    if not any(item.came_through for item in control):
        return not_assessed("no-control", "the page does not open even without the product")
    if not facts["plain_came"] and not facts["unlabelled_blocked"] and expect != "unlabelled":
        return not_assessed(
            "blocked-anyway", f"the page does not come through without a label either: {facts['plain_how']}"
        )
    wanted = {
        "blocked": False,
        "open": True,
        "as-unlabelled": facts["plain_came"],
        "unlabelled": not facts["unlabelled_blocked"],
    }[expect]
    words = "the page came through" if facts["came"] else f"the page did not come through: {facts['how']}"
    if facts["came"] is wanted:
        return held("open" if wanted else "blocked", words)
    return broken("blocked" if wanted else "open", f"{words}; it should {'' if wanted else 'not '}have")
