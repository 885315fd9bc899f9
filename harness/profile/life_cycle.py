"""How a product is installed, changed, updated and removed, as its profile says it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Argument = Annotated[str, Field(max_length=10_000)]


class LifeCycle(BaseModel):
    """It is installed by what the profile prepares and starts, and removed by being stopped and by `uninstall`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    uninstall: tuple[tuple[Argument, ...], ...] = ()
    prompts: tuple[str, ...] = ()
    change: Literal["restart", "HUP", "USR1", "itself"] = "restart"
    says: Literal["output", "syslog"] = "output"
    lists: tuple[Argument, ...] = ()
    allow: str = ""
    both: Literal["", "allow", "deny"] = ""
    page: str = ""
    open_at: str = ""
    shut_at: str = ""
