"""What a product records of attempts: made on its ground, and looked for in every log that its profile names."""

import asyncio
import base64
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import quote_plus

from harness.checks import attempts
from harness.checks.attempts import Attempt
from harness.checks.ground import Ground
from harness.checks.log_sources import Source, watched
from harness.checks.shown import Shown
from harness.checks.templates import text
from harness.model.check import Check
from harness.profile.logs import Log

NO_LOG = "its profile names no log: it is not a product that monitors"
ROUNDS = 6  # each a blocked and an allowed address, by http and by https
GRACE = 3.0  # seconds that an entry may be later than promised and still be found
SETTLING = 0.3  # seconds for entries that nobody waits for
SECRETS = {
    "body": ("a form and a message", ["--data", "user=marker-user&password={}"], ["--data", '{{"message": "{}"}}']),
    "credentials": ("the password of a site", ["--user", "marker-user:{}"]),
    "query": ("what is searched for", []),
}


async def recorded(ground: Ground, _: Check) -> Shown:
    """What stands in the logs of attempts by all users. The same attempts serve every check on this ground. Raises
    HarnessError."""
    if missing := without(ground):
        return Shown(inapplicable=missing)
    return Shown(facts=(await ground.once(_Records.of)).facts)


class _Records:
    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts

    @classmethod
    async def of(cls, ground: Ground) -> "_Records":
        await ground.quiet()
        await attempts.lead(ground)
        made = []
        async with watched_all(ground) as sources:
            for _ in range(ROUNDS):
                for scheme in ("http", "https"):
                    for user in attempts.users(ground) or ("",):
                        for blocked in (True, False):
                            made.append(await attempts.ask(ground, blocked, user=user, scheme=scheme))
            await settled(sources, made)
            logs = [_facts(ground, source) for source in sources]
        return cls({"attempts": [asdict(item) for item in made], "logs": logs})

    async def close(self) -> None:
        """Nothing of it is left open."""


async def private(ground: Ground, check: Check) -> Shown:
    """Whether something secret that is sent, `given.what`, is kept by a log that is said to leave it out. Raises
    HarnessError."""
    what = str(check.given["what"])
    if missing := without(ground):
        return Shown(inapplicable=missing)
    if not any(what in log.leaves_out for log in kept(ground)):
        return Shown(inapplicable=f"its profile does not say that a log leaves out {SECRETS[what][0]}")
    secrets, made = [], []
    async with watched_all(ground) as sources:
        for scheme in ("http", "https"):
            for arguments in SECRETS[what][1:]:
                secrets.append(secret := f"secret-{ground.word()}")
                more = [item.format(secret) for item in arguments]
                query = f"q={secret}" if what == "query" else ""
                made.append(await attempts.ask(ground, False, scheme=scheme, more=more, query=query))
        await settled(sources, made)
        logs = [
            {
                "name": source.log.name,
                "of": sum(any(item.mark in entry.url for entry in source.entries) for item in made),
                "kept": [secret for secret in secrets if any(form in source.raw for form in _forms(secret))],
            }
            for source in sources
            if what in source.log.leaves_out and source.log.covers == "all"
        ]
    return Shown(facts={"what": SECRETS[what][0], "attempts": [asdict(item) for item in made], "logs": logs})


def _forms(secret: str) -> tuple[str, ...]:
    """Spellings in which it could be kept."""
    plain = f"marker-user:{secret}"
    return (secret, quote_plus(secret), base64.b64encode(plain.encode()).decode(), secret.encode().hex())


def kept(ground: Ground) -> list[Log]:
    """The logs that are kept with these parameters."""
    return [log for log in ground.profile.log if text(ground, log.when) != "False"]


def without(ground: Ground) -> str:
    """Why there is no log to look into, "" when there is one."""
    if not ground.profile.log:
        return NO_LOG
    off = "; ".join(f"its log {log.name!r} is not kept: {log.advice}" for log in ground.profile.log)
    return "" if kept(ground) else off


@contextlib.asynccontextmanager
async def watched_all(ground: Ground) -> AsyncIterator[list[Source]]:
    """Every log that is kept, watched meanwhile. Raises HarnessError."""
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(watched(ground, log)) for log in kept(ground)]


async def settled(sources: Sequence[Source], made: Sequence[Attempt]) -> None:
    """Wait until every attempt has an entry where it should have one, or no more is to be expected."""
    ended, awaited = made[-1].ended, list(sources)
    while awaited:
        await asyncio.sleep(0.05)
        past = time.time() - ended - GRACE
        awaited = [source for source in awaited if past < source.log.seconds and _awaited(source, made)]
    await asyncio.sleep(SETTLING)


def _awaited(source: Source, made: Sequence[Attempt]) -> bool:
    written = " ".join(entry.url for entry in source.entries)
    wanted = [item for item in made if source.log.covers == "all" or item.came == "blocked"]
    return any(item.mark not in written for item in wanted)


def _facts(ground: Ground, source: Source) -> dict[str, Any]:
    log: Log = source.log
    told = attempts.users(ground) or (ground.setting,)
    return {
        "name": log.name,
        "kind": log.kind,
        "covers": log.covers,
        "names": log.names,
        "seconds": log.seconds,
        "waited": log.seconds + GRACE,
        "says": [what for what in ("blocked", "allowed") if getattr(log, what)],
        "users": {user: text(ground, log.user, setting=user) for user in told} if log.user else {},
        "entries": [asdict(entry) for entry in source.entries],
    }
