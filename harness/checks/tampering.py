"""Whether another account of the computer can change what a product records."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.checks import attempts, monitoring
from harness.checks.ground import Ground
from harness.checks.shown import Shown, Untried
from harness.checks.templates import text
from harness.model.check import Check
from harness.profile.logs import Log

CHILD = 65534  # an account that owns nothing
KINDS = ("file", "database")
# Each says what it did; the last ones take away what the first ones would change.
TRIES = {
    "read": 'head -c 1 -- "$1" > /dev/null',
    "add to": 'printf "an entry of another account\\n" >> "$1"',
    "empty": ': > "$1"',
    "rename": 'mv -f -- "$1" "$1.moved" && mv -f -- "$1.moved" "$1"',
    "delete": 'rm -f -- "$1"',
}


async def tampered(ground: Ground, _: Check) -> Shown:
    """What an account that is neither root nor the product's can do to the logs on the computer, each really tried.
    Raises Untried."""
    if missing := monitoring.without(ground):
        return Shown(inapplicable=missing)
    logs = [log for log in monitoring.kept(ground) if log.kind in KINDS]
    if not logs:
        return Shown(inapplicable="what it records is sent away and not kept on the computer")
    if os.geteuid() != 0:
        raise Untried("being another account of the computer takes root")
    await _control(ground)
    async with monitoring.watched_all(ground) as sources:
        before = [await attempts.ask(ground, blocked) for blocked in (True, False)]
        await monitoring.settled(sources, before)
        found = [await _tried(ground, log) for log in logs]
    return Shown(facts={"attempts": [asdict(item) for item in before], "logs": found})


async def _tried(ground: Ground, log: Log) -> dict[str, Any]:
    path = Path(text(ground, log.path))
    if not path.exists():
        raise Untried(f"the log {log.name!r} is not there")
    could = await _can(ground, path)
    return {"name": log.name, "could": could, "mode": oct(path.stat().st_mode & 0o777) if path.exists() else ""}


async def _can(ground: Ground, path: Path) -> list[str]:
    """Which of TRIES the account can do."""
    become = ["setpriv", "--reuid", str(CHILD), "--regid", str(CHILD), "--clear-groups", "--"]
    done = {what: await ground.execute([*become, "sh", "-c", how, "sh", str(path)]) for what, how in TRIES.items()}
    return [what for what, one in done.items() if one.code == 0]


async def _control(ground: Ground) -> None:
    """What is open to all is open to the account. Raises Untried when it is not."""
    folder = ground.work / f"open-{ground.word()}"
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "log").write_text("an entry\n", "utf-8")
    (folder / "log").chmod(0o666)
    if (could := await _can(ground, folder / "log")) != list(TRIES):
        raise Untried(f"another account can only {' and '.join(could) or 'do nothing to'} a file that is open to all")
