"""What a profile says of its product, carried out without a process of the product's: files, command lines, lists."""

import datetime
import getpass
import grp
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from harness.internet import spki
from harness.internet.ports import free_ports
from harness.model.errors import ProductFault, UsageError
from harness.products import dialects, lists
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK, Context
from harness.products.lists import BlockList
from harness.products.process import run
from harness.profile.product import which

COMMAND_SECONDS = 120.0


class Rendered:
    """Renders a profile's files and commands, reads its lists and asks who the product is. Templates see `work`,
    `port`, `ports` (those the profile names), `upstream_port`, `ca_cert`, `ca_key`, `user`, `group`, `python`,
    `params`, `setting`, the values of the setting, those of all by its name in `levels`, and `lists` (those of the
    parameter of kind "blocklists", or the profile's own). Raises UsageError when the product is not installed."""

    def __init__(self, context: Context) -> None:
        profile = context.profile
        if missing := profile.missing_programs():
            raise UsageError(
                f"product {profile.name!r} is not installed: {', '.join(missing)} not found. {profile.install.advice}"
            )
        self._profile = profile
        self.context = context
        self.port = self._own_port()
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
            "group": next(iter(self._users), _own_group()),
            "python": sys.executable,
            "profile": str(profile.folder),
            "params": context.params,
            "levels": {name: level.values for name, level in profile.settings.level.items()},
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

    def read_anew(self) -> None:
        """Take the lists as their folders have them now. Raises UsageError."""
        self._lists = self.variables["lists"] = self._read_lists()

    def seen(self, setting: str) -> dict[str, Any]:
        """The variables that templates see at that setting."""
        return {**self.variables, "setting": setting, **self._profile.settings.level[setting].values}

    def render(self, setting: str) -> dict[str, Any]:
        """Write the files for that setting; returns the variables they saw. Raises UsageError."""
        variables = self.seen(setting)
        work = self.context.work
        for item in self._profile.files:
            source = self._profile.source(item.template)
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
        return variables

    def arguments(self, command: tuple[str, ...], variables: dict[str, Any]) -> list[str]:
        """A command of the profile's, its program by its path. Raises UsageError."""
        first, *rest = self.texts(command, variables)
        return [which(first) or first, *rest]

    def texts(self, templates: tuple[str, ...], variables: dict[str, Any]) -> list[str]:
        """Short templates of the profile's, rendered. Raises UsageError."""
        try:
            return [self._environment.from_string(text).render(variables) for text in templates]
        except TemplateError as error:
            raise UsageError(f"{templates!r}: {error}", file=self._profile.folder / "profile.toml") from None

    async def identity(self) -> dict[str, str]:
        """What the identity commands print, and the digest of the lists loaded."""
        found = {}
        for item in self._profile.identity:
            code, words = await run(self.arguments(item.command, self.variables), self.context.work, COMMAND_SECONDS)
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


def _own_group() -> str:
    """By name, or by number where it has none."""
    try:
        return grp.getgrgid(os.getegid()).gr_name
    except KeyError:
        return str(os.getegid())
