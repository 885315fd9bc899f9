"""Addresses asked for on a ground, blocked and allowed ones, each with a mark that nothing else has."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.checks.ground import Ground
from harness.checks.shown import Untried
from harness.checks.templates import variables
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK

SECONDS = 8
MISSING = 127


@dataclass(frozen=True, slots=True)
class Attempt:
    """`mark` is in the host and the path of `url`. `began` and `ended` are seconds since 1970; `came` is "through",
    "blocked", or "unclear" where an address that is allowed did not arrive."""

    mark: str
    url: str
    user: str
    began: float
    ended: float
    came: str


def users(ground: Ground) -> tuple[str, ...]:
    """The settings that are users whom the one running product tells apart by the port they come to, or none."""
    ports = variables(ground).get("ports", {})
    found = tuple(name for name in ground.profile.settings.level if name in ports)
    return found if len(found) > 1 and ground.proxy else ()


async def lead(ground: Ground) -> None:
    """Let every user's port be reached."""
    ports = variables(ground).get("ports", {})
    for user in users(ground):
        if user != ground.setting:
            await ground.room.lead(ports[user], ports[user])


async def ask(
    ground: Ground, blocked: bool, *, user: str = "", scheme: str = "http", more: Sequence[str] = (), query: str = ""
) -> Attempt:
    """Ask for a page below the address that is blocked, or the one that is allowed, with curl and `more` of its
    arguments, as the user. Raises Untried."""
    mark = ground.word()
    url = f"{scheme}://m{mark}.{CANARY_BLOCK if blocked else CANARY_ALLOW}/page-{mark}{f'?{query}' if query else ''}"
    proxy = f"http://127.0.0.1:{variables(ground)['ports'][user]}" if user else ground.proxy
    began = time.time()
    through = await fetch(ground, url, proxy=proxy, more=more)
    came = "through" if through else "blocked" if blocked else "unclear"
    return Attempt(mark, url, user or ground.setting, began, time.time(), came)


async def fetch(
    ground: Ground, url: str, *, proxy: str | None = None, more: Sequence[str] = (), fixture: Path | None = None
) -> bool:
    """Whether what the replayed Internet has at the URL, the fixture if one is given, comes through to curl. Raises
    Untried."""
    proxy = ground.proxy if proxy is None else proxy
    through = ["--proxy", proxy] if proxy else []
    command = ["curl", "--silent", "--show-error", "--insecure", "--max-time", str(SECONDS), *through, *more, url]
    async with await ground.serve(url, fixture) as page:
        done = await ground.execute(command, SECONDS + 2)
    if done.code == MISSING:
        raise Untried("curl is not on this machine. On Debian or Ubuntu: apt-get install curl")
    return page.token in done.out
