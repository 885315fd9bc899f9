"""The way round by a browser's own setting: names asked for by https, of a server that is the person's choice."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from harness.browser.chromium import RESOLVES_NOTHING, Chromium
from harness.browser.devtools import ProtocolError
from harness.browser.find import full
from harness.browser.sight import Sight
from harness.checks import servers
from harness.checks.ground import ALLOWED, BLOCKED, VISIT_SECONDS, Ground
from harness.checks.passages import ended, ordinary_way, seen
from harness.checks.programs import names_server
from harness.checks.shown import Shown, Untried
from harness.internet import spki
from harness.model.check import Check
from harness.model.words import Arm
from harness.products.base import Route

SETTINGS = "chrome://settings/security"
# As "Use secure DNS" there does, and the field beside it; comes to whether the browser lets it be set.
SET = """new Promise((done) => {
  const set = (name, value, then) => chrome.settingsPrivate.setPref("dns_over_https." + name, value, "", then);
  set("templates", %s, (one) => set("mode", "secure", (other) => done(one && other)));
})"""


async def secure_names(ground: Ground, check: Check) -> Shown:
    """Open the page that is blocked in the product's browser, once its settings say to ask a name server of the
    Internet by https, and the page to allow where that comes to nothing. Raises Untried, UsageError where there is no
    full Chromium."""
    await servers.names(ground)
    async with _set(ground) as (browser, settable):
        sight = await _look(ground, browser, BLOCKED)
        facts = {"how": seen(sight), "settable": settable}
        if ground.arm is Arm.TEST and not sight.token_seen:
            opened = (await _look(ground, browser, ALLOWED)).token_seen
            facts["allowed_way"] = "open" if opened else "stopped"
    if ground.arm is Arm.TEST and sight.token_seen:
        facts["ordinary_way"] = await ordinary_way(ground)
    if facts.get("allowed_way") == "stopped" and not (await ground.look(ALLOWED)).token_seen:
        raise Untried("the product lets nothing through by the ordinary way, not even the page to allow")
    return Shown(sight.token_seen, facts)


@asynccontextmanager
async def _set(ground: Ground) -> AsyncIterator[tuple[Chromium, bool]]:
    """A full Chromium like that of the product's, set so, if it lets it."""
    own, route = await ground.browser(), ground.route or Route()
    keys = (*own.spkis, spki.of_pem(Path(servers.certified(ground)[0])))
    arguments = tuple(item for item in route.arguments if item != RESOLVES_NOTHING)
    browser = Chromium(full(own.executable), keys, arguments, ground.room, lasting=True)
    await browser.start()
    try:
        tab = await browser.tab("")
        await tab.visit(SETTINGS, "", VISIT_SECONDS)
        template = json.dumps(f"https://{names_server.ADDRESS}/dns-query")
        try:
            # Its own scripts alone may set it.
            said = await tab.send(
                "Runtime.evaluate", {"expression": SET % template, "awaitPromise": True, "returnByValue": True}
            )
        except ProtocolError as error:
            raise Untried(f"the browser's settings cannot be reached: {error}") from None
        if "exceptionDetails" in said:
            raise Untried(f"the browser's settings cannot be reached: {said['exceptionDetails'].get('text', '')}")
        yield browser, bool(said["result"]["value"])
    finally:
        await browser.stop()


async def _look(ground: Ground, browser: Chromium, url: str) -> Sight:
    route = ground.route or Route()
    async with await ground.serve(url) as page:
        tab = await browser.tab(ground.proxy, route.bypass, private=not route.lasting)
        sight = await tab.visit(url, page.token, VISIT_SECONDS)
    if not sight.token_seen:
        ended(sight)
    return sight
