"""The way round a browser's policies by a mount of one's own, which takes no rights where the system permits it."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from harness.browser.chromium import Chromium
from harness.browser.find import full
from harness.checks.ground import BLOCKED, VISIT_SECONDS, Ground
from harness.checks.passages import ended, ordinary_way, seen
from harness.checks.shown import Shown
from harness.internet.room import Room
from harness.model.check import Check
from harness.model.words import Arm
from harness.products.policy import FOLDERS

CHILD = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
MOUNT = ("unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/etc")
HIDE = f"cd /etc; for folder in {' '.join(FOLDERS)}; do test -d $folder && mount -t tmpfs none $folder; done"


class Hidden:
    """A place in a room where nothing is in the folders of policies."""

    def __init__(self, room: Room, folder: Path) -> None:
        self._room, self._folder = room, folder

    def command(self, arguments: Sequence[str]) -> list[str]:
        return self._room.command(["unshare", "--mount", "sh", "-c", f'{HIDE}; exec "$@"', "sh", *arguments], True)

    def executable(self, program: Path) -> Path:
        script = self._folder / f"{program.name}-without-policy"
        script.write_text(f'#!/bin/sh\nexec {shlex.join(self.command([str(program)]))} "$@"\n', "utf-8")
        script.chmod(0o755)
        return script

    async def expose(self, port: int) -> int:
        return await self._room.expose(port)


async def policy_hidden(ground: Ground, check: Check) -> Shown:
    """Open the page that is blocked in the product's browser, where an ordinary user may hide folders from it.
    Raises Untried."""
    mounted = await ground.execute([*CHILD, *MOUNT])
    if mounted.code != 0:
        return Shown(False, {"how": f"ordinary users may not mount here: {mounted.errors.strip()[-200:]}"})
    own = await ground.browser()
    browser = Chromium(full(own.executable), ground.spkis, place=Hidden(ground.room, ground.work))
    await browser.start()
    try:
        async with await ground.serve(BLOCKED) as page:
            tab = await browser.tab(ground.proxy)
            sight = await tab.visit(BLOCKED, page.token, VISIT_SECONDS)
    finally:
        await browser.stop()
    if not sight.token_seen:
        ended(sight)
    facts = {"how": seen(sight)}
    if ground.arm is Arm.TEST and sight.token_seen:
        facts["ordinary_way"] = await ordinary_way(ground)
    return Shown(sight.token_seen, facts)
