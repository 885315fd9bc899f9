"""Pages that label themselves, and what a product makes of the labels."""

from pathlib import Path
from typing import Any

from harness.checks.faulty import sound
from harness.checks.ground import Ground
from harness.checks.passages import ordinary_way
from harness.checks.shown import Shown
from harness.classify.finding import AGREE
from harness.internet.coding import packed
from harness.model.check import Check
from harness.model.words import Arm

TOLD = {
    "rta-meta": "RTA labels in a meta tag",
    "rta-header": "RTA labels in a header",
    "pics-meta": "ICRA's PICS labels in a meta tag",
    "pics-header": "ICRA's PICS labels in a header",
}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">{head}<title>A page</title><link rel="icon" href="data:,"></head>
<body><h1>A page</h1><p>This page stands in for another one. It says nothing in particular.</p>{body}</body></html>
"""
FILLER = '<meta name="note" content="A line that says nothing, so that the head of this page is long.">\n'


async def labelled(ground: Ground, check: Check) -> Shown:
    """Whether the page at `given.url` comes through with the label (`head`, `headers`, `body`), and whether it does
    without. Bears on products that promise `given.label`, or any where that is "". Raises Untried."""
    url = str(check.given["url"])
    came, how = await _came(ground, url, answer(check.given))
    facts: dict[str, Any] = {"came": came, "how": how}
    if ground.arm is Arm.CONTROL:
        return Shown(came, facts)
    ratings = ground.profile.ratings
    wanted = check.given.get("label", "")
    if not (wanted in ratings.labels if wanted else ratings.labels):
        found = "comes through" if came else f"does not come through: {how}"
        return Shown(
            inapplicable=f"the product does not promise to heed {TOLD.get(wanted, 'labels')}; the page {found}"
        )
    facts["unlabelled_blocked"] = ground.setting in ratings.unlabelled_blocked
    facts["plain_came"], facts["plain_how"] = await _came(ground, url, answer({}))
    return Shown(came, facts)


async def listed(ground: Ground, check: Check) -> Shown:
    """Whether a page that the product blocks comes through with a label that calls it harmless. Raises Untried."""
    ordinary = await ordinary_way(ground)
    came, how = await _came(ground, str(check.given["url"]), answer(check.given))
    return Shown(came, {"ordinary_way": ordinary, "how": how})


def answer(given: dict[str, Any]) -> bytes:
    """The HTTP answer with `headers`, `head` and `body` as given, after `filler` lines that say nothing, in the
    `coding`."""
    head = FILLER * int(given.get("filler", 0)) + str(given.get("head", ""))
    coding = str(given.get("coding", ""))
    headers = ["Content-Type: text/html; charset=utf-8", *([f"Content-Encoding: {coding}"] if coding else [])]
    lines = "\n".join(["HTTP/1.1 200 OK", *headers, *given.get("headers", ())])
    body = packed(PAGE.format(head=head, body=given.get("body", "")).encode(), coding)
    return lines.encode() + b"\n\n" + body


async def _came(ground: Ground, url: str, data: bytes) -> tuple[bool, str]:
    """Whether the page comes through, and how. What does not is asked for again, since a page may be lost on its way:
    the first answer that is had AGREE times counts."""
    seen: list[tuple[bool, str]] = []
    while True:
        sight = await ground.look(url, fixture=Path("page.http"), data=data)
        if not sight.token_seen:
            sound(ground, sight)
        how = sight.error or f"status {sight.status}{f', {sight.title!r}' if sight.title else ''}"
        seen.append((sight.token_seen, how))
        if (len(seen) == 1 and sight.token_seen) or sum(came == sight.token_seen for came, _ in seen) == AGREE:
            return seen[-1]
