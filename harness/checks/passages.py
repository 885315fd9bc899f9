"""Ways to a page that the product blocks, gone by a browser alone: other spellings, other sites, other windows."""

import json
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.browser.devtools import ProtocolError
from harness.browser.sight import Sight
from harness.checks.ground import ALLOWED, BLOCKED, Ground
from harness.checks.pieces import in_pieces
from harness.checks.shown import Shown, Untried
from harness.checks.way import PICTURE, Way, way
from harness.corpus.answer import parse
from harness.internet.pages import MISS_MARK, with_token
from harness.model.check import Check
from harness.model.words import Arm, End
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK

FAULTS = (End.FAULT, End.CRASH, End.TIMEOUT)
SCRIPT_SECONDS = 8  # within which a script is to come to something by itself
NOTHING = "nothing came"
# Whatever a script is refused is said by it in words.
RUN = """(() => {
  const late = new Promise((resolve) => setTimeout(resolve, %d, "%s"));
  const run = (async () => String(await (async () => { %s })()))().catch((error) => String(error));
  return Promise.race([run, late]);
})()"""


async def visit(ground: Ground, check: Check) -> Shown:
    """Go the `way` that is given to the site of the canary to block. With the product, also see that it filters where
    that was had, and where it was not, whether the same way leads to the site of the canary to allow. Raises
    Untried."""
    gone = await go(ground, way(check.given, CANARY_BLOCK))
    facts = dict(gone.facts)
    if ground.arm is Arm.TEST and gone.came_through:
        facts["ordinary_way"] = await ordinary_way(ground)
    elif ground.arm is Arm.TEST:
        facts["allowed_way"] = await allowed_way(ground, check)
    return Shown(gone.came_through, facts)


async def ordinary_way(ground: Ground) -> str:
    """ "blocked" or "open", what becomes of the blocked page by the ordinary way, "" without the product. Raises
    Untried."""
    if ground.arm is Arm.CONTROL:
        return ""
    sight = await ground.look(BLOCKED)
    ended(sight)
    return "open" if sight.token_seen else "blocked"


async def allowed_way(ground: Ground, check: Check) -> str:
    """ "open" or "stopped", what becomes of the page to allow by the way that the check goes. Raises Untried, also
    where nothing at all comes through the product."""
    if (await go(ground, way(check.given, CANARY_ALLOW))).came_through:
        return "open"
    sight = await ground.look(ALLOWED)
    ended(sight)
    if not sight.token_seen:
        raise Untried("the product lets nothing through by the ordinary way, not even the page to allow")
    return "stopped"


@dataclass(frozen=True, slots=True)
class Gone:
    """What came of a way: whether what lies at its end was had, and facts."""

    came_through: bool
    facts: dict[str, Any] = field(default_factory=dict)


async def go(ground: Ground, way: Way) -> Gone:
    """Serve what is on the way, and go it. Raises Untried where that came to no end."""
    async with AsyncExitStack() as stack:
        # What a redirect leads to before it, which answers for what nobody else does.
        content = await stack.enter_async_context(await ground.serve(way.content, Path("page.http"), way.answer))
        if way.pause is not None:
            page = with_token(parse(way.answer, way.content), content.token).body
            await stack.enter_async_context(in_pieces(ground, way.content, page, way.pause))
        tokens = {}
        for url in way.inward:
            text = way.pages[url]
            name = "page.http" if text.startswith("HTTP/") else "script.js" if url.endswith(".js") else "page.html"
            served = await stack.enter_async_context(await ground.serve(url, Path(name), text.encode()))
            tokens[url] = served.token
        if way.script:
            gone = await _script(ground, way, content.token, tokens.get(way.url, ""))
        else:
            gone = await _visit(ground, way, content.token)
    digests = {item.body_digest for item in content.receipts if item.served == "page"}
    came_through = gone.came_through or gone.facts.get("file") in digests
    arrived = {"arrived": len(content.receipts)} if way.pause is None else {}
    return Gone(came_through, {**gone.facts, **arrived})


async def _visit(ground: Ground, way: Way, token: str) -> Gone:
    sight = await ground.visit(way.url, token, arguments=way.arguments, proxied=way.proxied, which=way.browser)
    if not sight.token_seen:
        ended(sight)
        if sight.harness_page:
            raise Untried(f"nothing is at {sight.final_url[:200]}: has the product made another address of one?")
        if sight.foreign_token:  # it may have been looked at too soon
            raise Untried(f"the page at {sight.final_url[:200]} did not lead on")
    facts = {"how": (how := seen(sight)), "url": sight.requested_url[:200], "final_url": sight.final_url[:200]}
    if sight.body_digest:
        facts |= {"file": sight.body_digest, "how": f"{how}, {sight.mime or 'a file'}"}
    return Gone(sight.token_seen, facts)


async def _script(ground: Ground, way: Way, token: str, around: str) -> Gone:
    """Run the script in the page at `url`, whose own token is `around`, once that has opened. Raises Untried."""
    async with ground.tab(way.arguments, way.proxied, way.browser) as tab:
        sight = await tab.visit(way.url, around, SCRIPT_SECONDS)
        if not sight.token_seen:
            ended(sight)
            return Gone(False, {"how": f"the page around it: {seen(sight)}", "url": way.url[:200]})
        try:
            said = str(await tab.ask(RUN % (1000 * SCRIPT_SECONDS, NOTHING, way.script)))
        except ProtocolError as error:
            raise Untried(f"the script did not run: {error}") from None
    if MISS_MARK in said:
        raise Untried(f"the product has made another address of {way.content[:200]}, where nothing is")
    if said == NOTHING:
        raise Untried(f"a script in {way.url[:80]} came to no end within {SCRIPT_SECONDS} s")
    wanted = "{}x{}".format(*PICTURE) if way.shows == "picture" else token
    came_through = wanted in said
    how = f"{json.dumps(said[:80])}" if not came_through else f"had by a script in {way.url[:80]}"
    return Gone(came_through, {"how": how, "url": way.url[:200]})


def seen(sight: Sight) -> str:
    """What a visit saw, in words."""
    return sight.error or f"status {sight.status}{f', {sight.title!r}' if sight.title else ''}"


def ended(sight: Sight) -> None:
    """Raises Untried when the visit came to no end."""
    if sight.end in FAULTS:
        raise Untried(
            f"the visit to {sight.requested_url} ended as {sight.end}{f': {sight.fault}' * bool(sight.fault)}"
        )
