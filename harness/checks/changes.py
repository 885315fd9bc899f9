"""A product changed while it runs: another setting, a list with more on it, an address on both lists, a list that
cannot be read."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from harness.checks import attempts
from harness.checks.ground import BLOCKED, Ground
from harness.checks.shown import Shown, Untried
from harness.checks.templates import text
from harness.model.check import Check
from harness.model.errors import ProductFault
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK
from harness.products.managed import Managed
from harness.products.zoo import ZooProduct

AGE = 2.0  # seconds since a product started or was changed last: e2guardian loses a signal within half a second of it
PAUSE = 0.1  # seconds between two requests
SETTLING = 2.0  # seconds that a product has to take a spoilt list
SAID = 2000  # characters
LEAST = 6  # requests in which a product that is changed may let something through
NOT_RUNNING = "it has no process of its own that could be told of a change"
GARBAGE = bytes(range(256)) * 16


async def setting(ground: Ground, check: Check) -> Shown:
    """Put from one setting to another and back while it runs: when does a page that only one lets through come and go?
    Raises HarnessError."""
    cycle = ground.profile.life_cycle
    if sum(not item.as_installed for item in ground.profile.settings.level.values()) < 2:
        return Shown(inapplicable="it has one setting only")
    if not cycle.page:
        raise Untried("its profile names no page that its settings tell apart: life_cycle.page")
    if not isinstance(ground.product, Managed | ZooProduct):
        return Shown(inapplicable=NOT_RUNNING)
    other = await ground.beside(ground.profile, f"setting-{ground.word()}", setting=cycle.open_at)
    page = ground.profile.source(cycle.page)

    async def asked() -> bool:
        return await attempts.fetch(other, f"http://p{other.word()}.{CANARY_ALLOW}/", fixture=page)

    try:
        if not await asked():
            raise Untried(f"the page {cycle.page!r} is not let through at the setting {cycle.open_at!r}")
        await _blocks(other)
        product = _running(other)
        shut = await _until(other, lambda: product.change(cycle.shut_at), asked, False, check)
        back = await _until(other, lambda: product.change(cycle.open_at), asked, True, check)
    finally:
        await other.close()
    how = {"change": f"from {cycle.open_at} to {cycle.shut_at}", "by": cycle.change}
    return Shown(facts={**how, "shut": shut, "opened": back})


class _Feed:
    """A ground beside, on which the product has a list of ours."""

    def __init__(self, ground: Ground, parameter: str) -> None:
        self._parent, self._parameter = ground, parameter
        self.folder = ground.work / f"feed-{ground.word()}" / "fresh"
        self.listed, self.fresh = (f"{what}-{ground.word()}.example" for what in ("listed", "fresh"))
        self.ground: Ground

    async def __aenter__(self) -> "_Feed":
        self.folder.mkdir(parents=True)
        self.write(self.listed)
        given = {self._parameter: str(self.folder.parent)}
        name = f"list-{self._parent.word()}"
        self.ground = await self._parent.beside(self._parent.profile, name, params=given)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.ground.close()

    def write(self, *hosts: str) -> None:
        (self.folder / "domains").write_text("".join(f"{host}\n" for host in hosts), "utf-8")

    async def through(self, host: str) -> bool:
        return await attempts.fetch(self.ground, f"http://p{self.ground.word()}.{host}/")


def feed(ground: Ground) -> str:
    """The parameter that takes block lists, "" where there is none."""
    return next((name for name, item in ground.profile.params.items() if item.kind == "blocklists"), "")


async def updated(ground: Ground, check: Check) -> Shown:
    """A host put on a list, and taken off again, while the product runs: when is it blocked, and when open again?
    Raises HarnessError."""
    if lacking := _listless(ground):
        return Shown(inapplicable=lacking)
    async with _Feed(ground, feed(ground)) as here:
        if await here.through(here.listed) or not await here.through(here.fresh):
            raise Untried("what is on the list is not blocked, or what is not is, before the list is changed")
        await _blocks(here.ground)
        product = _running(here.ground)

        async def asked() -> bool:
            return await here.through(here.fresh)

        here.write(here.listed, here.fresh)
        shut = await _until(here.ground, lambda: product.change(ground.setting), asked, False, check)
        here.write(here.listed)
        back = await _until(here.ground, lambda: product.change(ground.setting), asked, True, check)
    by = ground.profile.life_cycle.change
    return Shown(facts={"change": "a host put on the list", "by": by, "shut": shut, "opened": back})


async def spoilt(ground: Ground, check: Check) -> Shown:
    """The files that the product takes its lists from are `given.how`, "missing", "garbage" or "empty", as it takes
    them anew. Raises HarnessError."""
    patterns = ground.profile.life_cycle.lists
    if lacking := _listless(ground):
        return Shown(inapplicable=lacking)
    if not patterns:
        raise Untried("its profile does not name the files that it reads lists from: life_cycle.lists")
    async with _Feed(ground, feed(ground)) as here:
        if await here.through(here.listed):
            raise Untried("what is on the list is not blocked before the list is spoilt")
        files = [path for item in patterns for path in _found(text(here.ground, item))]
        if not files:
            raise Untried("the files that its profile says it reads lists from are not there")
        product = _running(here.ground)
        await asyncio.sleep(AGE)
        await product.take(ground.setting)  # what it says then it says always
        await asyncio.sleep(AGE)
        before = {_form(line) for line in _words(here.ground)}
        for path in files:
            _spoil(path, str(check.given["how"]))
        failed = ""
        try:
            await product.take(ground.setting)
        except ProductFault as error:
            failed = str(error)
        open_, works = [], []
        deadline = time.monotonic() + SETTLING
        while time.monotonic() < deadline:
            open_.append(await here.through(here.listed))
            works.append(await attempts.fetch(here.ground, f"http://p{here.ground.word()}.{CANARY_ALLOW}/"))
        new = [line for line in _words(here.ground) if _form(line) not in before]
        said = (failed or "\n".join(new)).replace(str(here.ground.work / "product"), "WORK")[:SAID]
        alive = product.alive
    facts = {"how": check.given["how"], "files": len(files), "asked": len(open_), "open": sum(open_)}
    return Shown(facts={**facts, "works": works[-1], "alive": alive, "said": said})


async def both(ground: Ground, _: Check) -> Shown:
    """A host that is on the list of what to block and on that of what to allow. Raises HarnessError."""
    cycle = ground.profile.life_cycle
    if not cycle.allow:
        return Shown(inapplicable="its profile has no list of what to allow")
    other = await ground.beside(ground.profile, f"both-{ground.word()}", params={cycle.allow: CANARY_BLOCK})
    try:
        with_both = await attempts.fetch(other, BLOCKED)
        other_page = await attempts.fetch(other, f"http://{CANARY_ALLOW}/")
    finally:
        await other.close()
    alone = await attempts.fetch(ground, BLOCKED)
    facts = {"documented": cycle.both, "blocked_alone": not alone, "through": with_both, "allowed": other_page}
    return Shown(facts=facts)


async def _until(
    ground: Ground,
    change: Callable[[], Awaitable[None]],
    asked: Callable[[], Awaitable[bool]],
    wanted: bool,
    check: Check,
) -> dict[str, Any]:
    """Carry out the change and ask until the answer is as wanted: after how many seconds, None for not within
    `given.seconds`; meanwhile the address that is always blocked is asked for too."""
    await asyncio.sleep(AGE)
    through = 0
    began = time.monotonic()
    changing = asyncio.ensure_future(change())
    after: float | None = None
    count = 0
    while time.monotonic() - began < check.given["seconds"] and (after is None or count < LEAST):
        count += 1
        through += await attempts.fetch(ground, BLOCKED)
        if after is None and changing.done() and await asked() == wanted:
            after = round(time.monotonic() - began, 2)
        await asyncio.sleep(PAUSE)
    await changing
    return {"after": after, "asked": count, "open": through}


async def _blocks(ground: Ground) -> None:
    """Raises Untried unless the product blocks before it is changed."""
    if await attempts.fetch(ground, BLOCKED):
        raise Untried("what it is always to block comes through before anything is changed")


def _running(ground: Ground) -> Managed | ZooProduct:
    assert isinstance(ground.product, Managed | ZooProduct)
    return ground.product


def _listless(ground: Ground) -> str:
    if not feed(ground):
        return "it takes no lists by its profile"
    return "" if isinstance(ground.product, Managed | ZooProduct) else NOT_RUNNING


def _found(pattern: str) -> list[Path]:
    return [path for path in Path(pattern).parent.glob(Path(pattern).name) if path.is_file()]


def _spoil(path: Path, how: str) -> None:
    match how:
        case "missing":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case _:
            path.write_bytes(GARBAGE)


def _form(line: str) -> str:
    """The line without what changes from one time to the next."""
    return re.sub(r"\d+", "", line)


def _words(ground: Ground) -> list[str]:
    """Lines that the product has printed, and written to the system's log and its own but for those of requests."""
    product = _running(ground)
    logs = {Path(text(ground, log.path)) for log in ground.profile.log if log.path}
    files = [path for path in sorted((ground.work / "product").glob("*.log")) if path not in logs and path.is_file()]
    written = "".join(path.read_text("utf-8", "replace") for path in files)
    logged = ground.log.lines if ground.log else ()
    return [*written.splitlines(), *logged, *(product.words.splitlines() if isinstance(product, Managed) else ())]
