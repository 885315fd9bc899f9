"""The tables of a product's profile: how it is installed, run, asked who it is, set, and what it shows."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
Argument = Annotated[str, Field(max_length=10_000)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limit(Strict):
    """What it cannot enforce: anything on `https`, at other `ports` than 80 and 443, at `addresses` in place of names;
    more of a URL than its host: `paths`, of https `paths-on-https`, of https at other ports than 443 `ports-on-https`.

    It holds where each parameter that `when` names, or `setting`, has one of the values given.
    """

    what: Literal["https", "paths", "paths-on-https", "ports-on-https", "ports", "addresses"]
    when: dict[Name, tuple[str, ...]] = Field(default_factory=dict)
    text: str


class Install(Strict):
    """Programs that must be on the machine, and what to tell a person when one is not. `files` are files and folders
    that it goes by as installed, beside those programs."""

    programs: tuple[str, ...] = ()
    advice: str = ""
    files: tuple[str, ...] = Field(default=(), exclude_if=lambda value: not value)


class IdentityCommand(Strict):
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


class Setting(Strict):
    """A level of the product. `age_band` is the one its maker offers it for, as criteria name it, for example 0-12.
    `as_installed` is the product as it comes, which may stop nothing: there it is not asked for the canary to block.
    """

    title: str
    age_band: str = Field(default="", max_length=80)
    as_installed: bool = False
    values: dict[str, str | int | float | bool] = Field(default_factory=dict)


class Settings(Strict):
    default: Name
    level: dict[Name, Setting] = Field(min_length=1)

    @model_validator(mode="after")
    def _default(self) -> "Settings":
        if self.default not in self.level:
            raise ValueError(f"default: {self.default!r} is not one of {', '.join(self.level)}")
        return self


class Parameter(Strict):
    """A `--param`: one of `choices`, a folder of block lists, any folder, a TCP port on loopback, or free text. Without
    a default it may be `required`."""

    kind: Literal["choice", "blocklists", "folder", "port", "text"]
    description: str
    default: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False


class Template(Strict):
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


class Process(Strict):
    """How to run it. Arguments are templates. `prepare` runs before every start, in order; it is ready when it accepts
    connections on the TCP port `ready`, a template ("" is ready at once), and has printed `ready_says`, which bears on
    those that answer before they filter. It runs unless `when`, a template, says "False".

    `user` is as whom all of it runs when we are root; `leftovers` are files (with wildcards) that it leaves outside the
    work folder when it is killed.
    """

    command: tuple[Argument, ...] = Field(min_length=1)
    prepare: tuple[tuple[Argument, ...], ...] = ()
    ready: Argument = "{{ port }}"
    ready_says: str = Field(default="", max_length=1000)
    when: Argument = "True"
    user: str = ""
    ready_seconds: float = Field(default=30, gt=0, le=600)
    stop_seconds: float = Field(default=5, ge=0, le=120)
    leftovers: tuple[Argument, ...] = ()


class Network(Strict):
    """The network that the product is meant for: whether it leaves a computer other ways than through the product's
    proxy, and who says so. A parameter `network` with the choices "open" and "closed" says otherwise."""

    direct: Literal["open", "closed"] = "open"
    note: str = Field(default="", max_length=1000)


class Fingerprint(Strict):
    """Features of a page the product makes; all that are stated must show."""

    name: Name
    status: int = 0
    title: str = ""
    text: str = ""
    location: str = ""
    header: str = ""


class ReservedPage(Strict):
    """A page the replayed Internet serves on a reserved host, because the product redirects to it."""

    host: str = Field(pattern=r"^[a-z0-9.-]+\.harness\.test$")
    file: str
