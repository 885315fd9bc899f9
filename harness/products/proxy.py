"""Products that are proxies: everything about them comes from their profile."""

import asyncio
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
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK, Context, Route
from harness.products.lists import BlockList
from harness.products.process import Process, run
from harness.profile.product import which

PREPARE_SECONDS = 120.0


class ProxyProduct:
    """kind = "proxy". Templates see `work`, `port`, `upstream_port`, `ca_cert`, `ca_key`, `user`, `python`, `params`,
    `setting`,
    the values of the setting, and `lists` (the lists of the parameter of kind "blocklists", or the profile's own)."""

    def __init__(self, context: Context) -> None:
        profile = context.profile
        if profile.process is None:
            raise UsageError(
                "a product of kind 'proxy' needs a [process]", file=profile.folder / "profile.toml", key="process"
            )
        if missing := profile.missing_programs():
            raise UsageError(
                f"product {profile.name!r} is not installed: {', '.join(missing)} not found. {profile.install.advice}"
            )
        self._profile, self._how = profile, profile.process
        self._context = context
        self._port = self._own_port()
        self._process: Process | None = None
        self._become = self._how.user if os.geteuid() == 0 else ""
        self._lists = self._read_lists()
        certificate, key = spki.make_authority(context.work, datetime.datetime.now(datetime.UTC))
        self._spki = spki.of_pem(certificate)
        self._environment = SandboxedEnvironment(
            undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True
        )
        self._environment.filters.update(dialects.FILTERS)
        self._variables: dict[str, Any] = {
            "work": str(context.work),
            "port": self._port,
            "upstream_port": context.upstream_port,
            "ca_cert": str(certificate),
            "ca_key": str(key),
            "user": self._become or getpass.getuser(),
            "python": sys.executable,
            "profile": str(profile.folder),
            "params": context.params,
            "lists": self._lists,
            "canary_allow": CANARY_ALLOW,
            "canary_block": CANARY_BLOCK,
        }

    def _own_port(self) -> int:
        """The port of a parameter of kind "port" if one is given, or a free one."""
        given = [self._context.params[key] for key, item in self._profile.params.items() if item.kind == "port"]
        return next((int(value) for value in given if value), 0) or free_ports(1)[0]

    def _read_lists(self) -> tuple[BlockList, ...]:
        given = [
            self._context.params[key]
            for key, item in self._profile.params.items()
            if item.kind == "blocklists" and self._context.params[key]
        ]
        folders = [Path(value) for value in given] or [
            path for path in [self._profile.folder / "lists"] if path.is_dir()
        ]
        found = [item for folder in folders for item in lists.read(folder)]
        return (BlockList("canary", (CANARY_BLOCK,), (), (), ()), *found)

    async def start(self, setting: str) -> Route:
        """Render the templates, prepare, run, and wait until the port accepts."""
        variables = {**self._variables, "setting": setting, **self._profile.settings.level[setting].values}
        self._render(variables)
        for command in self._how.prepare:
            arguments = self._arguments(command, variables)
            code, words = await run(arguments, self._context.work, PREPARE_SECONDS, self._become)
            if code != 0:
                raise ProductFault(
                    f"{self._profile.name}: `{shlex.join(arguments)}` ended with {code}: {words[-1500:].strip()}"
                )
        arguments = self._arguments(self._how.command, variables)
        self._process = await Process.start(arguments, self._context.work, self._become)
        await self._ready(self._process)
        return Route(f"http://127.0.0.1:{self._port}", spkis=(self._spki,))

    async def stop(self) -> None:
        if self._process is not None:
            await self._process.stop(self._how.stop_seconds)
            self._process = None
            for pattern in self._rendered(self._how.leftovers, self._variables):
                for path in Path(pattern).parent.glob(Path(pattern).name):
                    path.unlink(missing_ok=True)

    async def identity(self) -> dict[str, str]:
        """What the identity commands print, and the digest of the lists loaded."""
        found = {}
        for item in self._profile.identity:
            code, words = await run(self._arguments(item.command, self._variables), self._context.work, PREPARE_SECONDS)
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
        return self._process is not None and self._process.alive

    def _render(self, variables: dict[str, Any]) -> None:
        work = self._context.work
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
        if self._become:
            for path in [work, *work.rglob("*")]:
                shutil.chown(path, self._become)

    def _arguments(self, command: tuple[str, ...], variables: dict[str, Any]) -> list[str]:
        first, *rest = self._rendered(command, variables)
        return [which(first) or first, *rest]

    def _rendered(self, texts: tuple[str, ...], variables: dict[str, Any]) -> list[str]:
        try:
            return [self._environment.from_string(text).render(variables) for text in texts]
        except TemplateError as error:
            raise UsageError(f"{texts!r}: {error}", file=self._profile.folder / "profile.toml") from None

    async def _ready(self, process: Process) -> None:
        deadline = asyncio.get_running_loop().time() + self._how.ready_seconds
        while asyncio.get_running_loop().time() < deadline:
            if not process.alive:
                await asyncio.sleep(0.1)
                raise ProductFault(
                    f"{self._profile.name} ended at once with exit code {process.returncode}:"
                    f" {process.words[-1500:].strip()}"
                )
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
        words = process.words[-1500:].strip()
        await self.stop()
        raise ProductFault(
            f"{self._profile.name} did not accept connections within {self._how.ready_seconds:.0f} s: {words}"
        )
