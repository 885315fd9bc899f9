"""The rule "disturbance": a product that is disturbed must not let through what it is to stop, then or afterwards."""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.classify.finding import Found, broken, held, not_assessed
from harness.model.check import Check, Tried


def judge(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """Facts that it reads: `before`, `during`, `after`: how often both pages were `asked` for at once, and how often
    each came through (`blocked_through`, `allowed_through`); `disturbance.loading`, the same of pages that were being
    loaded as it began."""
    if check.control and not any(_all(item.facts["before"]) for item in control):
        return not_assessed("no-control", "the pages cannot be had even without the product")
    facts = test[-1].facts
    before, during, after = facts["before"], facts["during"], facts["after"]
    if before["blocked_through"]:
        return not_assessed("not-filtering", "the product does not stop the page before it is disturbed either")
    if not before["allowed_through"]:
        return not_assessed("not-passing", "the product lets nothing through before it is disturbed either")
    what = str(check.given["what"])
    meanwhile = [item for item in (facts["disturbance"].get("loading"), during) if item]
    asked = sum(item["asked"] for item in meanwhile)
    through = sum(item.get("blocked_through", 0) for item in meanwhile)
    figures = {"asked": asked, "blocked_through": through, "allowed_through": during.get("allowed_through", 0)}
    figures["recovered"] = recovered = bool(after["allowed_through"]) and not after["blocked_through"]
    if through:
        return broken("fails-open", f"fails open: {what}, {through} of {asked} blocked pages came through", **figures)
    if after["blocked_through"]:
        return broken("stays-open", f"afterwards it does not stop the page any more: {what}", **figures)
    ending = "" if recovered else "; it did not come back by itself"
    if not asked and recovered:
        return held("filters-again", f"after {what}, it filters again as before", **figures)
    if not asked:
        return not_assessed("not-back", f"after {what}, nothing came through any more", **figures)
    passed, pages = during["allowed_through"], during["asked"]
    if not passed:
        return held("fails-closed", f"fails closed: nothing came through, {what}{ending}", **figures)
    partly = f"{passed} of {pages} pages to allow came through, and none to block"
    state = "it went on filtering" if passed == pages else partly
    return held("went-on", f"{state}, {what}{ending}", **figures)


def _all(counts: Mapping[str, Any]) -> bool:
    return bool(counts["blocked_through"] == counts["allowed_through"] == counts["asked"])
