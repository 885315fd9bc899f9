"""The file of what is expected to fail: which test, why, and until when."""

import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from harness.model.errors import UsageError
from harness.profile import toml


class Expected(BaseModel):
    """`id` is the test's without `harness::`; from the day after `expires` on it fails, whatever it would have done."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    expires: datetime.date


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    xfail: tuple[Expected, ...] = ()


def read(path: Path) -> dict[str, Expected]:
    """The entries by id. Raises UsageError naming file and key."""
    found: dict[str, Expected] = {}
    for number, item in enumerate(toml.validate(toml.load(path), _File, path).xfail):
        if item.id in found:
            raise UsageError(f"{item.id!r} stands there twice", file=path, key=f"xfail.{number}.id")
        found[item.id] = item
    return found
