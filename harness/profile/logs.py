"""Where a product records what is done on the computer, or tells of it, as its profile says it."""

from typing import Annotated, Literal

import re2
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

GROUPS = ("time", "url", "user", "action")
# What each kind of log needs beside its name.
NEEDS = {
    "file": ("path", "pattern"),
    "database": ("path", "query"),
    "syslog": ("port", "pattern"),
    "http": ("port", "pattern"),
    "mail": ("port", "pattern"),
}
Pattern = Annotated[str, Field(max_length=2000)]
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


class Log(BaseModel):
    """A log or an alert: lines of a file, messages by syslog, HTTP or mail, or rows of an SQLite database."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")
    kind: Literal["file", "syslog", "http", "mail", "database"]
    when: str = "True"
    advice: str = ""
    path: str = ""
    port: str = ""
    query: str = ""
    pattern: Pattern = ""
    time: str = "iso"
    zone: Literal["local", "UTC"] = "local"
    blocked: Pattern = ""
    allowed: Pattern = ""
    covers: Literal["all", "blocked"] = "all"
    names: Literal["url", "host"] = "url"
    user: str = ""
    leaves_out: tuple[Literal["body", "credentials", "query"], ...] = ("body", "credentials")
    seconds: float = Field(default=5, gt=0, le=60)

    @field_validator("pattern", "blocked", "allowed")
    @classmethod
    def _expression(cls, value: str) -> str:
        compiled(value)
        return value

    @model_validator(mode="after")
    def _whole(self) -> "Log":
        if lacking := [key for key in NEEDS[self.kind] if not getattr(self, key)]:
            raise ValueError(f"{lacking[0]}: a log of kind {self.kind!r} needs it")
        if self.pattern and "url" not in (groups := compiled(self.pattern).groupindex):
            raise ValueError(f"pattern: has no group 'url', only {', '.join(sorted(groups)) or 'none'}")
        if self.pattern and (strange := sorted({*compiled(self.pattern).groupindex} - {*GROUPS})):
            raise ValueError(f"pattern: {strange[0]!r} is not one of {', '.join(GROUPS)}")
        return self


def compiled(pattern: str) -> "re2._Regexp":
    """Raises ValueError when it is no expression of RE2."""
    try:
        return re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise ValueError(f"{pattern!r} is no regular expression of RE2: {reason}") from None
