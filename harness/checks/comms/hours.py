"""A service within the hours at which the product is set to leave it open, and outside them."""

import time

from harness.checks.comms.exchange import WAYS, exchange
from harness.checks.comms.promise import UNPROMISED, promised
from harness.checks.ground import Ground
from harness.checks.shown import Shown
from harness.classify.finding import AGREE
from harness.model.check import Check
from harness.model.words import Arm

ALWAYS, MORNING, EVENING = "00:00-23:59", "01:00-02:00", "21:00-22:00"


async def perform(ground: Ground, check: Check) -> Shown:
    """Say something by the way `given.way`; with the product on two further grounds, at hours that are now and at
    others. Raises Untried."""
    way = str(check.given["way"])
    if not (parameter := str(promised(ground, WAYS[way].service)["hours"])):
        return Shown(inapplicable=f"{UNPROMISED} of hours at which it is open")
    if ground.arm is Arm.CONTROL:
        arrived, _ = await _said(ground, way)
        return Shown(facts={"way": way, "arrived": arrived})
    shut = MORNING if time.localtime().tm_hour >= 12 else EVENING
    facts: dict[str, object] = {"way": way, "promise": parameter}
    for name, hours in (("within", ALWAYS), ("outside", shut)):
        params = {**ground.params, parameter: hours}
        there = await ground.beside(ground.profile, f"{name}-{ground.token()}", params=params)
        try:
            arrived, how = await _said(there, way)
        finally:
            await there.close()
        facts[name] = {"hours": hours, "arrived": arrived, "how": how}
    return Shown(facts=facts)


async def _said(ground: Ground, way: str) -> tuple[bool, str]:
    how = ""
    for _ in range(AGREE):
        token = ground.token()
        went = await exchange(ground, way, "friend", [f"marker-message-4 on example.test {token}"])
        if any(token in item.text for item in went.heard):
            return True, ""
        how = went.how
    return False, how
