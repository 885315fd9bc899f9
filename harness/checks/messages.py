"""What a child is shown in place of a page that the product blocks, and what becomes of links to help."""

import contextlib
import json
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path
from typing import Any

from harness.browser.sight import Sight
from harness.browser.tab import Tab
from harness.checks import readability
from harness.checks.faulty import sound
from harness.checks.ground import VISIT_SECONDS, Ground
from harness.checks.shown import Shown, Untried
from harness.model.check import Check
from harness.model.words import End

MESSAGE, KEYBOARD = (
    resources.files("harness.checks").joinpath(f"{name}.js").read_text("utf-8") for name in ("message", "keyboard")
)
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FLAWS = """(async () => {{ {axe}
  const how = {{runOnly: {rules}, resultTypes: ["violations"], preload: false, iframes: false}};
  const found = await axe.run(document, how);
  return {{version: found.testEngine.version, flaws: found.violations.map(
    (item) => [item.id, item.help, item.nodes.length, item.nodes[0].html.slice(0, 200)])}};
}})()"""
NARROW = {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": False}  # WCAG 2.2, 1.4.10
PAGE = "<!doctype html><title>A page</title>"
STOPS = 60  # of the keyboard on its way through the page; the rest of a longer one is not looked at
TAB = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}


async def message(ground: Ground, check: Check) -> Shown:
    """What is shown in place of the page at `given.url`, which says `given.html`. Raises Untried."""
    async with _shown(ground, check) as (tab, sight):
        facts = _facts(sight)
        if facts["shown"] != "page":
            return Shown(sight.token_seen, facts)
        said = await tab.ask(MESSAGE)
        facts |= said | {"reading": readability.counts(said["text"])}
        facts["product"] = [ground.profile.title, ground.profile.name]
        facts["asked_for"] = [item.url for item in sight.assets]
        return Shown(False, facts, kept={"picture": await tab.screenshot()})


async def axe(ground: Ground, check: Check) -> Shown:
    """What axe-core finds wrong with the page shown, in light and in dark. Raises Untried."""
    async with _shown(ground, check) as (tab, sight):
        facts = _facts(sight)
        if facts["shown"] != "page":
            return Shown(sight.token_seen, facts)
        light = await tab.ask(FLAWS.format(axe=AXE, rules=json.dumps({"type": "tag", "values": WCAG})))
        await tab.send("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        dark = await tab.ask(FLAWS.format(axe=AXE, rules=json.dumps(["color-contrast", "link-in-text-block"])))
        facts |= {"axe": light["version"], "flaws": {"light": light["flaws"], "dark": dark["flaws"]}}
        return Shown(False, facts, kept={"picture": await tab.screenshot()})


async def keyboard(ground: Ground, check: Check) -> Shown:
    """Where the Tab key leads on the page shown, one stop after the other. Raises Untried."""
    async with _shown(ground, check) as (tab, sight):
        facts = _facts(sight)
        if facts["shown"] != "page":
            return Shown(sight.token_seen, facts)
        await tab.send("Emulation.setFocusEmulationEnabled", {"enabled": True})
        asked = await tab.ask(KEYBOARD)
        facts |= {"mouse": asked["mouse"], "stops": asked["stops"][:STOPS], "reached": []}
        for _ in facts["stops"]:
            for kind in ("rawKeyDown", "keyUp"):
                await tab.send("Input.dispatchKeyEvent", {"type": kind, **TAB})
            facts["reached"].append(await tab.ask("globalThis.focused()"))
        return Shown(False, facts)


async def narrow(ground: Ground, check: Check) -> Shown:
    """How wide the page shown is on a narrow screen. Raises Untried."""
    async with _shown(ground, check) as (tab, sight):
        facts = _facts(sight)
        if facts["shown"] != "page":
            return Shown(sight.token_seen, facts)
        await tab.send("Emulation.setDeviceMetricsOverride", NARROW)
        facts |= {"screen": NARROW["width"], "wide": await tab.ask("document.documentElement.scrollWidth")}
        return Shown(False, facts, kept={"picture": await tab.screenshot()})


async def allowed(ground: Ground, check: Check) -> Shown:
    """What is shown of the page at `given.url`, which says `given.html` and is none to block. Raises Untried."""
    async with _shown(ground, check) as (tab, sight):
        facts = _facts(sight)
        if not sight.token_seen:
            return Shown(False, facts)
        said = await tab.ask(MESSAGE)
        facts |= {name: said[name] for name in ("title", "text", "links")}
        return Shown(True, facts, kept={"picture": await tab.screenshot()})


@contextlib.asynccontextmanager
async def _shown(ground: Ground, check: Check) -> AsyncIterator[tuple[Tab, Sight]]:
    """A tab with what is shown of the page at `given.url`, or in its place, where a network error has to come twice.
    Raises Untried."""
    url = str(check.given["url"])
    async with await ground.serve(url, Path("page.html"), str(check.given.get("html", PAGE)).encode()) as page:
        async with ground.tab() as tab:
            sight = await tab.visit(url, page.token, VISIT_SECONDS)
            if sight.token_seen or sight.end is End.PAGE:
                if not sight.token_seen:
                    sound(ground, sight)
                yield tab, sight
                return
        async with ground.tab() as tab:
            again = await tab.visit(url, page.token, VISIT_SECONDS)
            sound(ground, again)
            if (again.end, again.error) != (sight.end, sight.error):
                raise Untried(f"{url} was shown in two ways: {sight.end} {sight.error}, then {again.end} {again.error}")
            yield tab, again


def _facts(sight: Sight) -> dict[str, Any]:
    """`shown` is "asked-for", the page itself, "page", one in its stead, or "nothing"."""
    shown = "asked-for" if sight.token_seen else "page" if sight.end is End.PAGE else "nothing"
    return {
        "shown": shown,
        "url": sight.requested_url,
        "final_url": sight.final_url,
        "status": sight.status,
        "error": sight.error or ("" if sight.end is End.PAGE else str(sight.end)),
    }
