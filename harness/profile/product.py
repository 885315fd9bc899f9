"""Product profiles: who a product is, how it is installed, started, reached and stopped, and how it may be set."""

import shutil
import socket
from pathlib import Path
from typing import Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from harness.model import canonical
from harness.model.errors import UsageError
from harness.profile import shipped, toml
from harness.profile.communications import Communication
from harness.profile.life_cycle import LifeCycle
from harness.profile.logs import Log
from harness.profile.parts import (
    Fingerprint,
    IdentityCommand,
    Install,
    Limit,
    Name,
    Network,
    Parameter,
    Process,
    ReservedPage,
    Settings,
    Strict,
    Template,
)
from harness.profile.ratings import Ratings
from harness.profile.settings_page import SettingsPage


class Product(Strict):
    schema_: Literal["pas-harness/product/1"] = Field(alias="schema")
    name: Name
    title: str
    kind: Name
    description: str
    limit: tuple[Limit, ...] = ()
    limitations: tuple[str, ...] = ()
    behaviour: str = ""
    install: Install = Install()
    identity: tuple[IdentityCommand, ...] = ()
    settings: Settings
    params: dict[Name, Parameter] = Field(default_factory=dict)
    files: tuple[Template, ...] = ()
    process: tuple[Process, ...] = ()
    # Left out where it is as any, so that profiles without it keep their form.
    network: Network = Field(default=Network(), exclude_if=lambda value: value == Network())
    log: tuple[Log, ...] = Field(default=(), exclude_if=lambda value: not value)
    life_cycle: LifeCycle = Field(default=LifeCycle(), exclude_if=lambda value: value == LifeCycle())
    communications: tuple[Communication, ...] = Field(default=(), exclude_if=lambda value: not value)
    ratings: Ratings = Field(default=Ratings(), exclude_if=lambda value: value == Ratings())
    settings_page: SettingsPage | None = Field(default=None, exclude_if=lambda value: value is None)
    ports: tuple[Name, ...] = ()
    fingerprint: tuple[Fingerprint, ...] = ()
    error_page: tuple[Fingerprint, ...] = ()
    page: tuple[ReservedPage, ...] = ()
    _folder: Path = PrivateAttr(default=Path())

    @field_validator("process", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        """One `[process]`, or several `[[process]]`, started in their order."""
        return [value] if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _conditions(self) -> "Product":
        known = {key: item.choices for key, item in self.params.items()} | {"setting": tuple(self.settings.level)}
        stated = [(f"limit.{number}", item.when) for number, item in enumerate(self.limit)]
        stated += [(f"communications.{number}", item.when) for number, item in enumerate(self.communications)]
        for where, when in stated:
            for key, values in when.items():
                if key not in known:
                    raise ValueError(f"{where}.when: {key!r} is no parameter")
                if wrong := sorted({*values} - {*known[key]}) if known[key] else []:
                    raise ValueError(f"{where}.when.{key}: {wrong[0]!r} is not one of {', '.join(known[key])}")
        for number, item in enumerate(self.communications):
            if item.hours and item.hours not in self.params:
                raise ValueError(f"communications.{number}.hours: {item.hours!r} is no parameter")
        return self

    @model_validator(mode="after")
    def _known(self) -> "Product":
        """What logs, life cycle and ratings name has to be there."""
        for number, log in enumerate(self.log):
            if log.port and log.port not in self.ports:
                raise ValueError(f"log.{number}.port: {log.port!r} is not one of `ports`")
        cycle = self.life_cycle
        if cycle.allow and cycle.allow not in self.params:
            raise ValueError(f"life_cycle.allow: {cycle.allow!r} is no parameter")
        for key, level in (("open_at", cycle.open_at), ("shut_at", cycle.shut_at)):
            if (level or cycle.page) and level not in self.settings.level:
                raise ValueError(f"life_cycle.{key}: {level!r} is not one of {', '.join(self.settings.level)}")
        for level in self.ratings.unlabelled_blocked:
            if level not in self.settings.level:
                raise ValueError(
                    f"ratings.unlabelled_blocked: {level!r} is not one of {', '.join(self.settings.level)}"
                )
        return self

    @property
    def folder(self) -> Path:
        return self._folder

    def source(self, template: str) -> Path:
        """Where a template lies: in the profile's own folder or, if it is not there, in that of a shipped profile."""
        own = self._folder / template
        return own if own.exists() else shipped.PRODUCTS / template

    def digest(self) -> str:
        """SHA-256 over the profile, every file of its folder and every template it takes from another."""
        own = [path for path in self._folder.rglob("*") if path.is_file()]
        paths = {str(path.relative_to(self._folder)): path for path in own}
        taken = [*(item.template for item in self.files), *filter(None, [self.life_cycle.page])]
        paths |= {name: self.source(name) for name in taken}
        return canonical.digest(
            canonical.dumps({name: canonical.digest(path.read_bytes()) for name, path in paths.items()})
        )

    def limits(self, params: dict[str, str], setting: str) -> set[str]:
        """What of `limit` holds with these parameters at that setting."""
        chosen = {**params, "setting": setting}
        return {item.what for item in self.limit if all(chosen[key] in values for key, values in item.when.items())}

    def promised(self, service: str, params: dict[str, str], setting: str) -> Communication | None:
        """What is said of a service with these parameters at that setting, the last that is; None where nothing is."""
        chosen = {**params, "setting": setting}
        said = [
            item
            for item in self.communications
            if service in item.services and all(chosen[key] in values for key, values in item.when.items())
        ]
        return said[-1] if said else None

    def direct(self, params: dict[str, str]) -> str:
        """Whether the network is "open" or "closed" but for the product's proxy, with these parameters."""
        return params.get("network", self.network.direct)

    def missing_programs(self) -> list[str]:
        """Programs of `install.programs` that are not on PATH or in the system's sbin folders."""
        return [name for name in self.install.programs if which(name) is None]

    def checked_params(self, given: dict[str, str]) -> dict[str, str]:
        """The parameters with defaults filled in. Raises UsageError naming the wrong one."""
        for key, value in given.items():
            parameter = self.params.get(key)
            if parameter is None:
                raise UsageError(
                    f"product {self.name!r} has no parameter {key!r}; it takes {', '.join(self.params) or 'none'}",
                    key=f"--param {key}",
                )
            if parameter.kind == "choice" and value not in parameter.choices:
                raise UsageError(f"{value!r} is not one of {', '.join(parameter.choices)}", key=f"--param {key}")
            if parameter.kind == "blocklists" and not Path(value).expanduser().is_dir():
                raise UsageError(
                    f"no folder {value!r}; block lists lie in DIR/CATEGORY/domains and DIR/CATEGORY/urls",
                    key=f"--param {key}",
                )
            if parameter.kind == "folder" and not Path(value).expanduser().is_dir():
                raise UsageError(f"no folder {value!r}", key=f"--param {key}")
            if parameter.kind == "port" and value:
                _check_port(value, f"--param {key}")
        for key, parameter in self.params.items():
            if parameter.required and not given.get(key):
                raise UsageError(f"product {self.name!r} needs it: {parameter.description}", key=f"--param {key}")
        resolved = {
            key: str(Path(value).expanduser().resolve()) if self.params[key].kind in ("blocklists", "folder") else value
            for key, value in given.items()
        }
        return {**{key: item.default for key, item in self.params.items()}, **resolved}

    def checked_setting(self, setting: str) -> str:
        """The setting, or the default one. Raises UsageError listing those there are."""
        chosen = setting or self.settings.default
        if chosen not in self.settings.level:
            raise UsageError(
                f"product {self.name!r} has no setting {chosen!r}; it has {', '.join(self.settings.level)}",
                key="--setting",
            )
        return chosen


def _check_port(value: str, key: str) -> None:
    """Raises UsageError unless the value is a port that this user may listen on and nobody listens on."""
    if not value.isascii() or not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise UsageError(f"{value!r} is not a port from 1 to 65535", key=key)
    try:
        socket.create_server(("127.0.0.1", int(value))).close()
    except OSError as error:
        raise UsageError(f"port {value} cannot be used: {error.strerror}", key=key) from None


def which(program: str) -> str | None:
    """The program's path; Debian keeps servers in /usr/sbin, which is not on every user's PATH."""
    return shutil.which(program) or shutil.which(program, path="/usr/local/sbin:/usr/sbin:/sbin")


def load(ref: str) -> Product:
    """The product of that shipped name or folder. Raises UsageError naming file and key."""
    path = shipped.find(ref, shipped.PRODUCTS, "profile.toml", "product")
    file = path / "profile.toml" if path.is_dir() else path
    product = toml.validate(toml.load(file), Product, file)
    product._folder = file.parent.resolve()
    places = {item.file: product.folder / item.file for item in product.page}
    places |= {name: product.source(name) for name in filter(None, [product.life_cycle.page])}
    places |= {item.template: product.source(item.template) for item in product.files}
    for name, place in places.items():
        source, within = place.resolve(), product.folder if place.is_relative_to(product.folder) else shipped.PRODUCTS
        if not source.is_file() or not source.is_relative_to(within):
            raise UsageError(f"file {name!r} is not in the profile folder", file=file, key="files")
    return product
