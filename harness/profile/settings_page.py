"""Where a product is set while it runs, as its profile says it: by pages, an interface for programs, commands."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Argument = Annotated[str, Field(max_length=10_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Request(_Strict):
    """One request, its texts templates. A body that begins with "{" is JSON, any other one a form."""

    url: Argument
    method: Literal["GET", "POST"] = "POST"
    body: str = Field(default="", max_length=10_000)
    headers: dict[str, Argument] = Field(default_factory=dict)


class SettingsPage(_Strict):
    """How filtering is switched off: by the request `off` after `login`, by the request `api`, by the command
    `uninstall`. Templates see `password`, and what else those of the profile see; `password` here is the one that the
    product has been set up with, "" for none."""

    password: Argument = ""
    login: Request | None = None
    off: Request | None = None
    api: Request | None = None
    uninstall: tuple[Argument, ...] = ()
