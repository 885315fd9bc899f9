"""What a made-up laboratory states, whole, with parts changed by keyword."""

import tomllib
from typing import Any

from harness.evidence import addenda
from harness.evidence.folder import RunFolder
from harness.model.addendum import Statement
from harness.profile import laboratory as files
from harness.profile import shipped
from harness.profile.laboratory import Assignment, Laboratory
from tests.builders import NOW

EXAMPLES = shipped.ROOT / "docs" / "reports"
DATES = {"received": "2025-12-31", "issued": "2026-01-02"}  # around the time of the runs made for tests


def laboratory(**changes: Any) -> Laboratory:
    return Laboratory.model_validate(_changed("laboratory", changes))


def assignment(**changes: Any) -> Assignment:
    return Assignment.model_validate(_changed("assignment", {**DATES, **changes}))


def statement(lab: Laboratory | None = None, date: str = NOW, **changes: Any) -> Statement:
    """As it is recorded; `changes` are those of the assignment."""
    return Statement(
        laboratory=files.recorded(lab or laboratory()), assignment=files.recorded(assignment(**changes)), date=date
    )


def state(folder: RunFolder, **changes: Any) -> bool:
    return addenda.state(folder, statement(**changes))


def _changed(name: str, changes: dict[str, Any]) -> dict[str, Any]:
    made = tomllib.loads((EXAMPLES / f"{name}.toml").read_text("utf-8"))
    for key, value in changes.items():
        made[key] = {**made.get(key, {}), **value} if isinstance(value, dict) else value
    return made
