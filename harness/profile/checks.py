"""The shipped checks, as data: files named after their group, below `profiles/checks`."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from harness.model.check import Check, Group
from harness.model.errors import UsageError
from harness.profile import shipped, toml

Word = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Line = Annotated[str, Field(min_length=1, max_length=500)]


class Item(BaseModel):
    """One check of a file; its id is that of the group, a dot, and its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Word
    title: Line
    why: Line
    severity: int = Field(ge=0, le=4)
    by: Word
    judged: Word
    given: dict[str, Any] = Field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    otherwise: str = Field(default="", max_length=500)
    control: bool = True
    disturbs: bool = False
    seconds: float = Field(default=30, gt=0, le=600)
    source: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _reasoned(self) -> "Item":
        if self.kinds and not self.otherwise:
            raise ValueError("otherwise: say why the check does not bear on products of other kinds")
        return self


class Checks(BaseModel):
    """A whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Literal["pas-harness/checks/1"] = Field(alias="schema")
    group: Group
    check: tuple[Item, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique(self) -> "Checks":
        ids = [item.id for item in self.check]
        if twice := sorted({item for item in ids if ids.count(item) > 1}):
            raise ValueError(f"check: {', '.join(twice)} stands twice")
        return self

    def checks(self) -> tuple[Check, ...]:
        """In the order of the file."""
        return tuple(
            Check(**{**item.model_dump(), "id": f"{self.group}.{item.id}", "group": self.group}) for item in self.check
        )


def read(path: Path) -> tuple[Check, ...]:
    """The checks in a file. Raises UsageError naming file and key."""
    return toml.validate(toml.load(path), Checks, path).checks()


def load(groups: Iterable[Group] = Group, patterns: Iterable[str] = ("*",)) -> tuple[Check, ...]:
    """All shipped checks of those groups whose id one of the patterns (with wildcards) matches. Raises UsageError when
    a pattern matches none."""
    paths = [path for group in groups for path in sorted(shipped.CHECKS.glob(f"{group}*.toml"))]
    found = [check for path in paths for check in read(path)]
    patterns = tuple(patterns)
    for pattern in patterns:
        if not any(fnmatchcase(check.id, pattern) for check in found):
            raise UsageError(f"no check is called {pattern!r}; `harness battery list` shows them all")
    return tuple(check for check in found if any(fnmatchcase(check.id, pattern) for pattern in patterns))
