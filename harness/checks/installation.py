"""A product installed by what its profile says, and removed again: what it takes, whether it protects at once, and what
it leaves."""

import asyncio
import contextlib
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from harness.checks import attempts
from harness.checks.ground import ALLOWED, BLOCKED, Ground
from harness.checks.passages import ended
from harness.checks.shown import Shown, Untried
from harness.checks.templates import text
from harness.model.check import Check
from harness.model.words import Arm
from harness.products.process import run
from harness.run.traces import Traces

# Where programs leave files, and how many folders deep is looked.
PLACES = {"/etc": 4, "/usr/local": 4, "/var/lib": 3, "/var/log": 2, "/var/spool": 3, "/opt": 3, "~": 2}
# Where a file of whatever name changes what every program or browser does.
TELLING = (
    "/etc/chromium",
    "/etc/chromium-browser",
    "/etc/environment",
    "/etc/hosts",
    "/etc/opt",
    "/etc/profile.d",
    "/etc/resolv.conf",
    "/etc/ssl/certs",
    "/usr/local/share/ca-certificates",
    "~/.config/chromium",
    "~/.pki",
)
UNINSTALL_SECONDS = 60.0


async def installed(ground: Ground, _: Check) -> Shown:
    """Installed and started anew with nothing said, at the setting that it comes with: what that takes, and what
    becomes of the first requests. Raises HarnessError."""
    profile = ground.profile
    if any(item.required for item in profile.params.values()):
        raise Untried("it needs parameters, so it does not stand by itself")
    other = await ground.beside(
        profile, f"new-{ground.word()}", params=profile.checked_params({}), setting=profile.settings.default
    )
    try:
        first = await attempts.fetch(other, BLOCKED)
        allowed = await attempts.fetch(other, ALLOWED)
        commands = sum(1 + len(item.prepare) for item in profile.process if text(other, item.when) != "False")
        files = len(profile.files)
    finally:
        await other.close()
    return Shown(
        facts={
            "setting": other.setting,
            "seconds": round(other.start_seconds, 2),
            "commands": commands,
            "files": files,
            "prompts": list(profile.life_cycle.prompts),
            "first_open": first,
            "allowed": allowed,
        }
    )


async def removed(ground: Ground, _: Check) -> Shown:
    """Installed beside, used, and removed as its profile says: what is left of it, and whether what it blocked is
    reached by a browser and a program. Raises HarnessError, Untried."""
    profile = ground.profile
    name = f"gone-{ground.word()}"
    traces = Traces(ground.work / name)
    before = await asyncio.to_thread(_files)
    with traces.marking():
        other = await ground.beside(profile, name)
        try:
            await attempts.fetch(other, BLOCKED)
            await other.look(ALLOWED)
            marks = _marks(other)
            uninstall = [[text(other, word) for word in command] for command in profile.life_cycle.uninstall]
        finally:
            await other.close()
        for command in uninstall:
            await run(command, ground.work, UNINSTALL_SECONDS)
    users = {item.user for item in profile.process if item.user}
    after = await asyncio.to_thread(_files)
    port = urlsplit(other.proxy).port or 0
    left = {
        "process": await traces.left(),
        "file": sorted({*traces.left_files(marks, users), *_left(before, after, marks)}),
        "port": [str(port)] if port and _listens(port) else [],
    }
    bare = await ground.beside(profile, f"bare-{ground.word()}", arm=Arm.CONTROL)
    try:
        ended(sight := await bare.look(BLOCKED))
        reached = {"programs": await attempts.fetch(bare, BLOCKED), "browsers": sight.token_seen}
    finally:
        await bare.close()
    return Shown(facts={"left": left, "reached": reached, "looked_at": len(after)})


def _marks(ground: Ground) -> set[str]:
    """Words that name the product: itself, its port and its programs."""
    port = urlsplit(ground.proxy).port
    programs = {Path(item.command[0]).name for item in ground.profile.process if "{{" not in item.command[0]}
    return {ground.profile.name, *({str(port)} if port else set()), *(programs - {"sh"})}


def _left(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]], marks: set[str]) -> Iterator[str]:
    """Files that are new and named after the product, or new or changed where every program looks."""
    named = re.compile("|".join(rf"(?<![^\W_]){re.escape(mark)}(?![^\W_])" for mark in sorted(marks)))
    telling = tuple(str(Path(item).expanduser()) for item in TELLING)
    for path, state in after.items():
        if (path not in before and named.search(path)) or (state != before.get(path) and path.startswith(telling)):
            yield path


def _files() -> dict[str, tuple[int, int]]:
    """Size and time of change of every file in PLACES."""
    found: dict[str, tuple[int, int]] = {}
    for place, depth in PLACES.items():
        root = str(Path(place).expanduser())
        for folder, below, names in os.walk(root):
            if folder.count(os.sep) - root.count(os.sep) >= depth - 1:
                below.clear()
            for name in names:
                with contextlib.suppress(OSError):
                    state = os.lstat(path := os.path.join(folder, name))  # noqa: PTH118
                    found[path] = (state.st_size, state.st_mtime_ns)
    return found


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
