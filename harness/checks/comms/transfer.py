"""Files of kinds that a product may refuse, fetched and sent by a browser."""

import base64
from collections.abc import Mapping, Sequence

from harness.checks.comms import files, web
from harness.checks.comms.exchange import FAULTS, say
from harness.checks.comms.promise import promised
from harness.checks.comms.world import World
from harness.checks.ground import Ground
from harness.checks.shown import Shown, Untried
from harness.model import canonical
from harness.model.check import Check
from harness.model.words import Arm

SITE = f"http://{web.HOSTS['files']}"
PLAIN = {"kind": "text", "form": "plain", "name": "message.txt", "type": "text/plain"}


async def fetched(ground: Ground, check: Check) -> Shown:
    """Open the address of each of `given.files`: `name` in it, of `type`, saved as `saved` where that is given. Raises
    Untried."""
    items = [{**item, **await _fetch(ground, item)} for item in (PLAIN, *check.given["files"])]
    _arrived(ground, items)
    return Shown(facts={"items": items[1:], "ordinary": items[0], "promise": promised(ground, "files")["refuses"]})


async def sent(ground: Ground, check: Check) -> Shown:
    """Send each of `given.files` by a form. Raises Untried."""
    items = [{**item, **await _send(ground, item)} for item in (PLAIN, *check.given["files"])]
    _arrived(ground, items)
    return Shown(facts={"items": items[1:], "ordinary": items[0], "promise": promised(ground, "files")["holds"]})


def _arrived(ground: Ground, items: Sequence[Mapping[str, object]]) -> None:
    """Raises Untried where something has not although there is no product."""
    lost = [f"{item['name']} ({item['how']})" for item in items if not item["arrived"]]
    if lost and ground.arm is Arm.CONTROL:
        raise Untried(f"without the product these did not arrive: {', '.join(lost)}")


async def _fetch(ground: Ground, item: dict[str, str]) -> dict[str, object]:
    # The token is in the file alone, as a product's page may show the address.
    world, token, path = await ground.once(World.open), ground.token(), f"{ground.token()}/{item['name']}"
    content = files.made(item["kind"], token)
    world.offers[path] = web.Offer(content, item["type"], item.get("saved", ""))
    sight = await ground.visit(f"{SITE}/file/{path}", token)
    if sight.end in FAULTS:
        raise Untried(f"fetching {item['name']} ended as {sight.end}{f': {sight.fault}' * bool(sight.fault)}")
    how = sight.error or f"{sight.end}, status {sight.status}{f', {sight.title!r}' if sight.title else ''}"
    return {"arrived": sight.token_seen or sight.body_digest == canonical.digest(content), "how": how}


async def _send(ground: Ground, item: dict[str, str]) -> dict[str, object]:
    world, token = await ground.once(World.open), ground.token()
    before = len(world.record.at("files"))
    data = base64.b64encode(files.made(item["kind"], token)).decode()
    async with ground.tab() as tab:
        sight = await tab.visit(f"{SITE}/", token, 12)
        if sight.end in FAULTS:
            raise Untried(f"the visit to {SITE}/ ended as {sight.end}{f': {sight.fault}' * bool(sight.fault)}")
        how = await say(tab, "", "a file", {"name": item["name"], "type": item["type"], "data": data})
    heard = await world.record.since("files", before, 2, 0.3)
    return {"arrived": any(token in entry.text for entry in heard), "how": how}
