"""Talking to somebody who is on a list of contacts, and to somebody who is not."""

from harness.checks.comms.exchange import WAYS, exchange
from harness.checks.comms.promise import UNPROMISED, promised
from harness.checks.comms.world import NAMES
from harness.checks.ground import Ground
from harness.checks.shown import Shown
from harness.classify.finding import AGREE
from harness.model.check import Check


async def perform(ground: Ground, check: Check) -> Shown:
    """Say something to each of NAMES by the way `given.way`. Raises Untried."""
    way, people, how = str(check.given["way"]), {}, ""
    if not (promise := promised(ground, WAYS[way].service)["contacts"]):
        return Shown(inapplicable=f"{UNPROMISED} of a list of contacts there")
    for name in NAMES:
        for _ in range(AGREE):
            token = ground.token()
            went = await exchange(ground, way, name, [f"marker-message-4 on example.test {token}"])
            people[name] = any(token in item.text and item.to == name for item in went.heard)
            if people[name]:
                break
            how = went.how
    facts = {"service": WAYS[way].service, "way": way, "how": how, "people": people}
    return Shown(facts={**facts, "promise": promise})
