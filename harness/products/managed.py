"""Products that run as processes of ours: everything about them comes from their profile."""

import asyncio
import contextlib
import datetime
import getpass
import os
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from harness.internet import spki
from harness.internet.proxy import free_ports
from harness.model.errors import ProductFault, UsageError
from harness.products import dialects, lists
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK, Context
from harness.products.lists import BlockList
from harness.products.process import Process, run
from harness.profile.product import Process as How
from harness.profile.product import which

PREPARE_SECONDS = 120.0


class Managed:
    """Renders a profile's files, runs its commands and processes, reads its lists and asks who it is; a kind of product
    adds the route. Templates see `work`, `port`, `ports` (those the profile names), `upstream_port`, `ca_cert`,
    `ca_key`, `user`, `python`, `params`, `setting`, the values of the setting, and `lists` (those of the parameter of
    kind "blocklists", or the profile's own). Raises UsageError when the profile lacks what it needs."""

    def __init__(self, context: Context) -> None:
        profile = context.profile
        if not profile.process:
            raise UsageError(
                f"a product of kind {profile.kind!r} needs a [process]",
                file=profile.folder / "profile.toml",
                key="process",
            )
        if missing := profile.missing_programs():
            raise UsageError(
                f"product {profile.name!r} is not installed: {', '.join(missing)} not found. {profile.install.advice}"
            )
        self._profile = profile
        self.context = context
        self.port = self._own_port()
        self._processes: list[tuple[How, Process]] = []
        self._users = {how.user for how in profile.process if how.user} if os.geteuid() == 0 else set()
        self._lists = self._read_lists()
        certificate, key = spki.make_authority(context.work, datetime.datetime.now(datetime.UTC))
        self.spki = spki.of_pem(certificate)
        self._environment = SandboxedEnvironment(
            undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True
        )
        self._environment.filters.update(dialects.FILTERS)
        self.variables: dict[str, Any] = {
            "work": str(context.work),
            "port": self.port,
            "ports": dict(zip(profile.ports, free_ports(len(profile.ports)), strict=True)),
            "upstream_port": context.upstream_port,
            "ca_cert": str(certificate),
            "ca_key": str(key),
            "user": next(iter(self._users), getpass.getuser()),
            "python": sys.executable,
            "profile": str(profile.folder),
            "params": context.params,
            "lists": self._lists,
            "canary_allow": CANARY_ALLOW,
            "canary_block": CANARY_BLOCK,
        }

    def _own_port(self) -> int:
        """The port of a parameter of kind "port" if one is given, or a free one."""
        given = [self.context.params[key] for key, item in self._profile.params.items() if item.kind == "port"]
        return next((int(value) for value in given if value), 0) or free_ports(1)[0]

    def _read_lists(self) -> tuple[BlockList, ...]:
        given = [
            self.context.params[key]
            for key, item in self._profile.params.items()
            if item.kind == "blocklists" and self.context.params[key]
        ]
        folders = [Path(value) for value in given] or [
            path for path in [self._profile.folder / "lists"] if path.is_dir()
        ]
        found = [item for folder in folders for item in lists.read(folder)]
        return (BlockList("canary", (CANARY_BLOCK,), (), (), ()), *found)

    def around(self, command: list[str]) -> list[str]:
        """The command that runs `command` where the product runs; a kind may say otherwise."""
        return command

    async def launch(self, setting: str) -> None:
        """Render the templates, then prepare and run each process, and wait until it is ready. Raises ProductFault with
        its own words."""
        variables = {**self.variables, "setting": setting, **self._profile.settings.level[setting].values}
        self._render(variables)
        for how in self._profile.process:
            if self._rendered((how.when,), variables) == ["False"]:
                continue
            become = how.user if os.geteuid() == 0 else ""
            for command in how.prepare:
                arguments = self._arguments(command, variables)
                code, words = await run(arguments, self.context.work, PREPARE_SECONDS, become, self.around)
                if code != 0:
                    raise ProductFault(
                        f"{self._profile.name}: `{shlex.join(arguments)}` ended with {code}: {words[-1500:].strip()}"
                    )
            arguments = self._arguments(how.command, variables)
            process = await Process.start(arguments, self.context.work, become, self.around)
            self._processes.append((how, process))
            (port,) = self._rendered((how.ready,), variables)
            if port:
                await self._ready(process, port, how.ready_seconds)

    async def stop(self) -> None:
        """Stop all of it, the last started first, and remove what it left elsewhere."""
        while self._processes:
            how, process = self._processes.pop()
            await process.stop(how.stop_seconds)
            for pattern in self._rendered(how.leftovers, self.variables):
                for path in Path(pattern).parent.glob(Path(pattern).name):
                    with contextlib.suppress(OSError):  # another user's
                        path.unlink(missing_ok=True)

    async def identity(self) -> dict[str, str]:
        """What the identity commands print, and the digest of the lists loaded."""
        found = {}
        for item in self._profile.identity:
            code, words = await run(self._arguments(item.command, self.variables), self.context.work, PREPARE_SECONDS)
            match = re.search(item.pattern, words)
            if match is None:
                raise ProductFault(
                    f"{self._profile.name}: no {item.name} in the output of `{item.command[0]}`"
                    f" (exit {code}): {words[:300]}"
                )
            found[item.name] = match[1]
        found["lists"] = (
            f"{sum(len(item.domains) + len(item.ips) + len(item.urls) for item in self._lists)} entries,"
            f" sha256 {lists.digest(self._lists)}"
        )
        if skipped := sum(len(item.skipped) for item in self._lists):
            found["lists skipped"] = f"{skipped} entries that are neither host nor URL"
        return found

    @property
    def alive(self) -> bool:
        return bool(self._processes) and all(process.alive for _, process in self._processes)

    def _render(self, variables: dict[str, Any]) -> None:
        work = self.context.work
        for item in self._profile.files:
            source = self._profile.folder / item.template
            try:
                template = self._environment.from_string(source.read_text("utf-8"))
                every = self._environment.compile_expression(item.each)(**variables) if item.each else [None]
                for index, value in enumerate(every or ()):
                    local = {**variables, "item": value, "index": index}
                    target = work / self._environment.from_string(item.target).render(local)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with target.open("w", encoding=item.encoding, newline="\n") as file:
                        file.writelines(template.generate(local))
            except (TemplateError, OSError, UnicodeError, TypeError) as error:
                raise UsageError(f"template cannot be rendered: {error}", file=source) from None
        for user in self._users:
            for path in [work, *work.rglob("*")]:
                shutil.chown(path, user)

    def _arguments(self, command: tuple[str, ...], variables: dict[str, Any]) -> list[str]:
        first, *rest = self._rendered(command, variables)
        return [which(first) or first, *rest]

    def _rendered(self, texts: tuple[str, ...], variables: dict[str, Any]) -> list[str]:
        try:
            return [self._environment.from_string(text).render(variables) for text in texts]
        except TemplateError as error:
            raise UsageError(f"{texts!r}: {error}", file=self._profile.folder / "profile.toml") from None

    async def accepts(self, port: str) -> bool:
        """Whether the product accepts connections on that TCP port."""
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", int(port))
        except OSError:
            return False
        writer.close()
        return True

    async def _ready(self, process: Process, port: str, seconds: float) -> None:
        deadline = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < deadline:
            if not process.alive:
                await asyncio.sleep(0.1)
                raise ProductFault(
                    f"{self._profile.name} ended at once with exit code {process.returncode}:"
                    f" {process.words[-1500:].strip()}"
                )
            if await self.accepts(port):
                return
            await asyncio.sleep(0.05)
        words = process.words[-1500:].strip()
        await self.stop()
        raise ProductFault(f"{self._profile.name} did not accept connections within {seconds:.0f} s: {words}")
