"""What a performer of a check gives back."""

from dataclasses import dataclass, field
from typing import Any

from harness.model.errors import HarnessError


@dataclass(frozen=True, slots=True)
class Shown:
    """What one try showed: facts only. `came_through` and `facts` as in `Tried`; `inapplicable` says why the check
    cannot bear on this product, as found; `kept` are files worth keeping (a page, a screenshot), by what they are."""

    came_through: bool | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    inapplicable: str = ""
    kept: dict[str, bytes] = field(default_factory=dict)


class Untried(HarnessError):
    """The check could not be tried: a fault of harness, browser, server or network, which is never held against the
    product."""


class Lacking(Untried):
    """It could not be tried for want of a program that this machine has not."""
