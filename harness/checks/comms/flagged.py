"""A conversation with a marker in it, which a product is set to tell of, and one without."""

import asyncio

from harness.checks.comms.exchange import WAYS, exchange
from harness.checks.comms.promise import UNPROMISED, promised
from harness.checks.ground import Ground
from harness.checks.shown import Shown
from harness.model.check import Check

TELL_SECONDS = 2.0
KEPT = 2000


async def perform(ground: Ground, check: Check) -> Shown:
    """Hold both by the way `given.way`, the ordinary one first, its lines `given.lines` with another in the place of
    the marker `given.marker`. Raises Untried."""
    way, marker = str(check.given["way"]), str(check.given["marker"])
    if not (alerts := str(promised(ground, WAYS[way].service)["alerts"])):
        return Shown(inapplicable=f"{UNPROMISED} of alerts there")
    arrived, flagged, told = {}, {}, {}
    for name, word in (("ordinary", "marker-message-4"), ("marked", marker)):
        before, token = _size(ground, alerts), ground.token()
        lines = [f"{line.replace(marker, word)} {token}" for line in check.given["lines"]]
        went = await exchange(ground, way, "friend", lines)
        arrived[name] = all(any(line in item.text for item in went.heard) for line in lines)
        told[name] = await _told(ground, alerts, before)
        flagged[name] = bool(told[name])
    facts = {"service": WAYS[way].service, "way": way, "promise": alerts, "arrived": arrived}
    return Shown(facts={**facts, "flagged": flagged, "told": told})


def _size(ground: Ground, alerts: str) -> int:
    path = ground.work / "product" / alerts
    return path.stat().st_size if alerts and path.is_file() else 0


async def _told(ground: Ground, alerts: str, before: int) -> str:
    """What was added to the file since it had that size, "" for nothing within two seconds."""
    path = ground.work / "product" / alerts
    for _ in range(int(TELL_SECONDS * 10) if alerts else 0):
        if _size(ground, alerts) > before:
            return path.read_bytes()[before : before + KEPT].decode("utf-8", "replace")
        await asyncio.sleep(0.1)
    return ""
