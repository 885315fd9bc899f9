"""Whether a service is stopped or left open, as the product promises."""

from harness.checks.comms.exchange import WAYS, exchange
from harness.checks.comms.promise import UNPROMISED, promised
from harness.checks.ground import Ground
from harness.checks.shown import Lacking, Shown, Untried
from harness.model.check import Check
from harness.model.words import Arm


async def perform(ground: Ground, check: Check) -> Shown:
    """Say one marker by the way `given.way`. Where a program for it is missing, that matters to products alone that
    promise something. Raises Untried."""
    try:
        return await _said(ground, str(check.given["way"]))
    except Lacking as error:
        if promised(ground, WAYS[str(check.given["way"])].service)["are"]:
            raise
        return Shown(inapplicable=f"{UNPROMISED} about it, and what becomes of it was not seen: {error}")


async def _said(ground: Ground, way: str) -> Shown:
    token = ground.token()
    text = f"marker-message-17 on example.test {token}"
    went = await exchange(ground, way, "friend", [text])
    through = any(token in item.text for item in went.heard)
    if not through and ground.arm is Arm.TEST and WAYS[way].client:
        # The far end must be in order for the silence to be the product's.
        again = await exchange(ground, way, "friend", [text], outside=True)
        if not any(token in item.text for item in again.heard):
            raise Untried(f"nothing arrives by {way}, not even past the product: {again.how}")
    facts = {"service": WAYS[way].service, "way": way, "by": went.by, "how": went.how, "text": text}
    facts["promise"] = promised(ground, WAYS[way].service)["are"]
    return Shown(through, {**facts, "arrived": [item.text for item in went.heard if token in item.text]})
