"""Products that are managed policies of the browser."""

import json
import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.browser.chromium import RESOLVES_NOTHING
from harness.model import canonical
from harness.model.errors import ProductFault, UsageError
from harness.products.base import Context, Route
from harness.products.managed import Managed
from harness.products.process import run

POLICY = "policy.json"
# Where Chromium, Debian's and Ubuntu's, Google Chrome and Chrome for Testing look, below /etc; each looks in one only.
FOLDERS = ("chromium", "chromium-browser", "opt/chrome", "opt/chrome_for_testing")
NAME = "zzzz-harness.json"  # of several files the last one, by name, decides
LISTS = ("URLBlocklist", "URLAllowlist")
# https://chromeenterprise.google/policies/#URLAllowlist: what comes after is ignored without a word, in Chromium 156
# from the 1,501st entry on.
MAX_ENTRIES = 1000
TRY_SECONDS = 10.0


class Overlaid:
    """A place that differs from here in /etc alone: over what is there lie the files of `layer`. The mount is for what
    is started here, and ends with it; /etc itself is never written to."""

    def __init__(self, layer: Path) -> None:
        self.layer = layer

    def command(self, arguments: Sequence[str]) -> list[str]:
        """The command that runs `arguments` here."""
        mount = f"mount -t overlay overlay -o lowerdir={shlex.quote(str(self.layer))}:/etc /etc"
        users: list[str] = []
        become: list[str] = []
        if os.geteuid() != 0:
            # Root of users of one's own may mount; Chromium has to be who started it again, or it runs unsandboxed.
            users = ["--user", "--map-root-user"]
            become = ["unshare", "--user", f"--map-user={os.geteuid()}", f"--map-group={os.getegid()}"]
        return ["unshare", *users, "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh", *become, *arguments]

    def executable(self, program: Path) -> Path:
        """A program that runs `program` here, with the same arguments."""
        script = self.layer.with_name(f"{program.name}-with-policy")
        script.write_text(f'#!/bin/sh\nexec {shlex.join(self.command([str(program)]))} "$@"\n', "utf-8")
        script.chmod(0o755)
        return script

    async def expose(self, port: int) -> int:
        """The loopback is the same."""
        return port


class PolicyProduct(Managed):
    """kind = "policy": what the profile renders to `policy.json` is the managed policy of a full Chromium that goes
    straight to the replayed Internet; policies that the machine has already hold on both arms."""

    needs_process = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        profile = context.profile
        if not any(item.target == POLICY for item in profile.files):
            raise UsageError(
                f"a product of kind {profile.kind!r} needs a file with the target {POLICY!r}",
                file=profile.folder / "profile.toml",
                key="files",
            )
        self._layer = context.work / "etc"

    async def start(self, setting: str) -> Route:
        await self.launch(setting)
        text = canonical.pretty(self._policy())
        for name in FOLDERS:
            managed = self._layer / name / "policies" / "managed"
            managed.mkdir(parents=True, exist_ok=True)
            (managed / NAME).write_text(text, "utf-8")
        place = Overlaid(self._layer)
        code, words = await run(place.command(["true"]), self.context.work, TRY_SECONDS)
        if code != 0:
            raise ProductFault(
                "this machine does not let a browser have policies of its own (a mount namespace with an overlay, which"
                f" takes root or unprivileged user namespaces, and Linux 5.11): {words.strip()}"
            )
        return Route(
            f"http://127.0.0.1:{self.context.upstream_port}",
            arguments=(RESOLVES_NOTHING,),
            full=True,
            place=place,
            how="managed policies of the browser, in a mount namespace of its own",
        )

    async def identity(self) -> dict[str, str]:
        """The digest of the policy, as the browser has no other version of it."""
        return {"policy": f"sha256 {canonical.digest(canonical.dumps(self._policy()))}", **await super().identity()}

    def _policy(self) -> dict[str, Any]:
        """The policy rendered. Raises UsageError when it is none, or more than Chromium heeds."""
        profile = self.context.profile
        (template,) = [profile.source(item.template) for item in profile.files if item.target == POLICY]
        try:
            policy = json.loads((self.context.work / POLICY).read_bytes())
        except ValueError as error:
            raise UsageError(f"does not make JSON: {error}", file=template) from None
        if not isinstance(policy, dict):
            raise UsageError("does not make a JSON object", file=template)
        for name in LISTS:
            if not isinstance(policy.get(name, []), list):
                raise UsageError("is not a list", file=template, key=name)
            if (count := len(policy.get(name, []))) > MAX_ENTRIES:
                raise UsageError(
                    f"has {count} entries, of which Chromium is sure to heed the first {MAX_ENTRIES} only;"
                    " give shorter block lists",
                    file=template,
                    key=name,
                )
        return policy
