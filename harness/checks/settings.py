"""Whether somebody who has no password can switch a product off: by its pages, by programs, by removing it."""

import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from harness.checks.disturbance import ask
from harness.checks.ground import Ground
from harness.checks.programs import asking
from harness.checks.shown import Shown, Untried
from harness.checks.templates import text
from harness.model.check import Check
from harness.model.words import Arm
from harness.profile.product import which
from harness.profile.settings_page import Request, SettingsPage

LOOPBACK = ("127.0.0.1", "localhost")
Facts = dict[str, Any]


async def perform(ground: Ground, check: Check) -> Shown:
    """Try to switch filtering off, `given.how`, and ask for the page to block; where that stays blocked, see whether
    the password does switch it off. Raises Untried."""
    page, how = ground.profile.settings_page, str(check.given["how"])
    if page is None:
        return Shown(inapplicable="it has no settings page: its profile names none")
    needed, attack = ATTACKS[how]
    if any(getattr(page, name) in (None, "", ()) for name in needed):
        return Shown(inapplicable=f"its profile names no {' or '.join(needed)}")
    before = await ask(ground, 1)
    if ground.arm is Arm.CONTROL:
        return Shown(facts={"before": before})
    await _reachable(ground, page)
    facts: Facts = {"before": before, **await attack(ground, page, check), "after": await ask(ground, 1)}
    if not facts["after"]["blocked_through"]:
        facts["with_password"] = await _with_password(ground, page, how)
    return Shown(facts=facts)


async def _reachable(ground: Ground, page: SettingsPage) -> None:
    """Have the computer's loopback lead to pages of a product that runs beside it."""
    if ground.route is None or ground.route.place is not None:
        return
    urls = [urlsplit(text(ground, item.url, password="")) for item in (page.login, page.off, page.api) if item]
    for port in {item.port for item in urls if item.hostname in LOOPBACK and item.port}:
        await ground.room.lead(port, port)


async def _requests(ground: Ground, requests: Sequence[Facts], seconds: float = 20.0) -> list[Facts]:
    """What came of each, of as many as were made in that time. Raises Untried when none was."""
    proxy = {"http_proxy": ground.proxy, "no_proxy": ",".join(LOOPBACK)}
    done = await ground.execute(
        [sys.executable, "-m", asking.__name__, json.dumps(requests)], seconds, env={**os.environ, **proxy}
    )
    made = [json.loads(line) for line in done.out.splitlines()]
    if not made:
        raise Untried(f"the requests could not be made: {done.errors.strip()[-200:]}")
    return made


def _said(ground: Ground, request: Request | None, password: str) -> list[Facts]:
    """The request with its templates rendered, none where there is none."""
    if request is None:
        return []
    filled = {key: text(ground, value, password=password) for key, value in request.headers.items()}
    url, body = (text(ground, item, password=password) for item in (request.url, request.body))
    return [{"url": url, "method": request.method, "body": body, "headers": filled}]


def _off(ground: Ground, page: SettingsPage, password: str) -> list[Facts]:
    return [*_said(ground, page.login, password), *_said(ground, page.off, password)]


async def _page(ground: Ground, page: SettingsPage, check: Check) -> Facts:
    return {"requests": await _requests(ground, _said(ground, page.off, ""))}


async def _api(ground: Ground, page: SettingsPage, check: Check) -> Facts:
    return {"requests": await _requests(ground, _said(ground, page.api, ""))}


async def _defaults(ground: Ground, page: SettingsPage, check: Check) -> Facts:
    tried = list(check.given["passwords"])
    made = [item for word in tried for item in await _requests(ground, _off(ground, page, word))]
    return {"requests": made, "tried": len(tried)}


async def _guess(ground: Ground, page: SettingsPage, check: Check) -> Facts:
    """Wrong passwords one after the other, then the right one."""
    wrong = [item for number in range(check.given["tries"]) for item in _said(ground, page.login, f"wrong-{number}")]
    made = await _requests(ground, [*wrong, *_off(ground, page, text(ground, page.password))], check.given["seconds"])
    guesses = made[: len(wrong)]
    seconds = [item["seconds"] for item in guesses]
    return {
        "guesses": len(guesses),
        "seconds": round(sum(seconds), 1),
        "first_seconds": seconds[0],
        "last_seconds": seconds[-1],
        "statuses": sorted({item["status"] for item in guesses}),
    }


async def _uninstall(ground: Ground, page: SettingsPage, check: Check) -> Facts:
    return await _remove(ground, page, "")


async def _remove(ground: Ground, page: SettingsPage, password: str) -> Facts:
    first, *rest = [text(ground, item, password=password) for item in page.uninstall]
    done = await ground.execute([which(first) or first, *rest])
    return {"code": done.code, "said": (done.errors or done.out).strip()[-200:]}


ATTACKS: Mapping[str, tuple[Sequence[str], Callable[[Ground, SettingsPage, Check], Awaitable[Facts]]]] = {
    "page": (("off",), _page),
    "api": (("api",), _api),
    "default": (("login", "off"), _defaults),
    "guess": (("login", "off", "password"), _guess),
    "uninstall": (("uninstall",), _uninstall),
}


async def _with_password(ground: Ground, page: SettingsPage, how: str) -> Facts:
    """Whether there is a password, and with it what was tried does switch filtering off, on a ground of its own."""
    password = text(ground, page.password)
    if not password:
        return {"there": False, "off": False}
    other = await ground.beside(ground.profile, "with-password")
    try:
        await _reachable(other, page)
        if how == "uninstall":
            await _remove(other, page, password)
        else:
            await _requests(other, [*_off(other, page, password), *_said(other, page.api, password)])
        return {"there": True, "off": bool((await ask(other, 1))["blocked_through"])}
    finally:
        await other.close()
