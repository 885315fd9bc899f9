"""Product profiles: who a product is, how it is installed, started, reached and stopped, and how it may be set."""

import re
import shutil
import socket
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from harness.model import canonical
from harness.model.errors import UsageError
from harness.profile import shipped, toml

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
Argument = Annotated[str, Field(max_length=10_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limit(_Strict):
    """What it cannot enforce: anything on `https`, at other `ports` than 80 and 443, at `addresses` in place of names;
    more of a URL than its host: `paths`, of https `paths-on-https`, of https at other ports than 443 `ports-on-https`.

    It holds where each parameter that `when` names, or `setting`, has one of the values given.
    """

    what: Literal["https", "paths", "paths-on-https", "ports-on-https", "ports", "addresses"]
    when: dict[Name, tuple[str, ...]] = Field(default_factory=dict)
    text: str


class Install(_Strict):
    """Programs that must be on the machine, and what to tell a person when one is not."""

    programs: tuple[str, ...] = ()
    advice: str = ""


class IdentityCommand(_Strict):
    """A command whose output names a version; `pattern` has one group. An exit code other than 0 is accepted when the
    pattern matches."""

    name: Name
    command: tuple[Argument, ...] = Field(min_length=1)
    pattern: str

    @field_validator("pattern")
    @classmethod
    def _one_group(cls, value: str) -> str:
        try:
            groups = re.compile(value).groups
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        if groups != 1:
            raise ValueError("must have one group, which holds the version")
        return value


class Setting(_Strict):
    """A level of the product. `age_band` is the one its maker offers it for, as criteria name it, for example 0-12.
    `as_installed` is the product as it comes, which may stop nothing: there it is not asked for the canary to block.
    """

    title: str
    age_band: str = Field(default="", max_length=80)
    as_installed: bool = False
    values: dict[str, str | int | float | bool] = Field(default_factory=dict)


class Settings(_Strict):
    default: Name
    level: dict[Name, Setting] = Field(min_length=1)

    @model_validator(mode="after")
    def _default(self) -> "Settings":
        if self.default not in self.level:
            raise ValueError(f"default: {self.default!r} is not one of {', '.join(self.level)}")
        return self


class Parameter(_Strict):
    """A `--param`: one of `choices`, a folder of block lists, any folder, a TCP port on loopback, or free text. Without
    a default it may be `required`."""

    kind: Literal["choice", "blocklists", "folder", "port", "text"]
    description: str
    default: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False


class Template(_Strict):
    """A Jinja2 template of the profile folder or, as NAME/FILE, of a shipped profile's, rendered to `target` in the
    work folder.

    With `each`, a Jinja2 expression, once for every value of it, which template and target see as `item` and `index`.
    """

    template: str
    target: str
    each: str = ""
    encoding: Literal["utf-8", "latin-1"] = "utf-8"

    @field_validator("template", "target")
    @classmethod
    def _inside(cls, value: str) -> str:
        if Path(value).is_absolute() or ".." in Path(value).parts:
            raise ValueError("must be a relative path without '..'")
        return value


class Process(_Strict):
    """How to run it. Arguments are templates. `prepare` runs before every start, in order; it is ready when it accepts
    connections on the TCP port `ready`, a template ("" is ready at once). It runs unless `when`, a template, says
    "False".

    `user` is as whom all of it runs when we are root; `leftovers` are files (with wildcards) that it leaves outside the
    work folder when it is killed.
    """

    command: tuple[Argument, ...] = Field(min_length=1)
    prepare: tuple[tuple[Argument, ...], ...] = ()
    ready: Argument = "{{ port }}"
    when: Argument = "True"
    user: str = ""
    ready_seconds: float = Field(default=30, gt=0, le=600)
    stop_seconds: float = Field(default=5, ge=0, le=120)
    leftovers: tuple[Argument, ...] = ()


class Fingerprint(_Strict):
    """Features of a page the product makes; all that are stated must show."""

    name: Name
    status: int = 0
    title: str = ""
    text: str = ""
    location: str = ""
    header: str = ""


class ReservedPage(_Strict):
    """A page the replayed Internet serves on a reserved host, because the product redirects to it."""

    host: str = Field(pattern=r"^[a-z0-9.-]+\.harness\.test$")
    file: str


class Product(_Strict):
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
        for number, limit in enumerate(self.limit):
            for key, values in limit.when.items():
                if key not in known:
                    raise ValueError(f"limit.{number}.when: {key!r} is no parameter")
                if wrong := sorted({*values} - {*known[key]}) if known[key] else []:
                    raise ValueError(f"limit.{number}.when.{key}: {wrong[0]!r} is not one of {', '.join(known[key])}")
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
        paths |= {item.template: self.source(item.template) for item in self.files}
        return canonical.digest(
            canonical.dumps({name: canonical.digest(path.read_bytes()) for name, path in paths.items()})
        )

    def limits(self, params: dict[str, str], setting: str) -> set[str]:
        """What of `limit` holds with these parameters at that setting."""
        chosen = {**params, "setting": setting}
        return {item.what for item in self.limit if all(chosen[key] in values for key, values in item.when.items())}

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
    places |= {item.template: product.source(item.template) for item in product.files}
    for name, place in places.items():
        source, within = place.resolve(), product.folder if place.is_relative_to(product.folder) else shipped.PRODUCTS
        if not source.is_file() or not source.is_relative_to(within):
            raise UsageError(f"file {name!r} is not in the profile folder", file=file, key="files")
    return product
