"""The label of a row: by the tester's own mapping, by the crosswalk, or the same for all rows that name no category."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from harness.corpus.importing.row import Reason, Row, shown
from harness.model.errors import UsageError
from harness.model.words import Expectation
from harness.profile.crosswalk import OURS, Crosswalk

LABEL = re.compile(r"([\w-]{1,64}):(block|allow)")


@dataclass(frozen=True, slots=True)
class Label:
    category: str
    expectation: Expectation


def parse(text: str) -> Label:
    """`CATEGORY:block` or `CATEGORY:allow`. Raises UsageError."""
    match = LABEL.fullmatch(text)
    if not match:
        raise UsageError(f"{text!r} is not CATEGORY:block or CATEGORY:allow")
    return Label(match[1], Expectation(match[2]))


class Labels:
    """`given` maps the source's categories before the crosswalk does; `fixed` is for rows that name none."""

    def __init__(self, crosswalk: Crosswalk, given: Mapping[str, Label], fixed: Label | None) -> None:
        self._name, self._entries, self._given, self._fixed = crosswalk.name, crosswalk.by_name(), given, fixed
        own = [label.category for label in (*given.values(), *([fixed] if fixed else []))]
        self.titles = {**{name: name for name in own if name not in OURS}, **crosswalk.categories}

    def of(self, row: Row) -> Label | tuple[Reason, str]:
        """The row's label, or why it has none. What a row itself says of the expectation stands."""
        label = self._label(row)
        if not row.expectation or not isinstance(label, Label):
            return label
        if row.expectation not in list(Expectation):
            return Reason.BROKEN, f"{shown(row.expectation, 60)!r} is neither 'block' nor 'allow'"
        return Label(label.category, Expectation(row.expectation))

    def _label(self, row: Row) -> Label | tuple[Reason, str]:
        if not row.category:
            return self._fixed or (Reason.UNMAPPED, "names no category")
        if row.category in self._given:
            return self._given[row.category]
        entry = self._entries.get(row.category)
        if entry is None:
            said = f", where it means {shown(row.detail, 100)!r}" if row.detail else ""
            return Reason.UNMAPPED, f"not in the crosswalk {self._name}{said}"
        if entry.category is None or entry.expectation is None:
            return Reason.UNMAPPED, entry.unmapped
        return Label(entry.category, entry.expectation)
