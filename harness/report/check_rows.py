"""The checks beside blocking, as the report lays them out."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import quote

from harness.model.check import Assessment, Group, Standing
from harness.model.words import Decision
from harness.report.derive import Derived
from harness.report.neutral import pathless
from harness.score.requirements import Required

TITLES = {
    Group.BATTERY: "Ways round the product",
    Group.COMMUNICATIONS: "Communications",
    Group.MONITORING: "Monitoring",
    Group.RATINGS: "Labels and categories",
    Group.MESSAGES: "Messages to child and parent",
    Group.LIFE_CYCLE: "Life cycle and slowdown",
}
WORDS = {
    Standing.HELD: "Held",
    Standing.BROKEN: "Broken",
    Standing.NOT_APPLICABLE: "Not applicable",
    Standing.NOT_ASSESSED: "Not assessed",
}
# Whose mark stands for it.
MARKS = {
    Standing.HELD: Decision.PASS,
    Standing.BROKEN: Decision.FAIL,
    Standing.NOT_ASSESSED: Decision.INCONCLUSIVE,
}
ORDER = (Standing.BROKEN, Standing.NOT_ASSESSED, Standing.HELD, Standing.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check at one setting, and where its tries stand; `mark` is the decision whose mark stands before it, None for
    no mark."""

    id: str
    href: str
    title: str
    severity: int
    standing: str
    mark: Decision | None
    told: str


@dataclass(frozen=True, slots=True)
class CheckTable:
    """The checks of a group at a setting, what matters most first; `counted` says how many stand how."""

    title: str
    setting: str
    counted: str
    rows: tuple[CheckRow, ...]


@dataclass(frozen=True, slots=True)
class Checks:
    """Everything about checks: what is required, and what was found. `planned` is False where none was."""

    planned: bool
    asked: bool
    required: tuple[Required, ...]
    tables: tuple[CheckTable, ...]


def checks(derived: Derived) -> Checks:
    """The checks of the run."""
    settings = sorted({item.setting for item in derived.checks})
    tables = [
        _table(group, setting, ours)
        for setting in settings
        for group in Group
        if (ours := [item for item in derived.checks if item.setting == setting and item.check.group is group])
    ]
    return Checks(bool(derived.spec.checks), bool(derived.criteria.requirement), derived.required, tuple(tables))


def _table(group: Group, setting: str, ours: list[Assessment]) -> CheckTable:
    counted = Counter(item.standing for item in ours)
    told = ", ".join(f"{counted[value]} {WORDS[value].lower()}" for value in ORDER if counted[value])
    ordered = sorted(ours, key=lambda item: (ORDER.index(item.standing), -item.check.severity))
    return CheckTable(TITLES[group], setting, told, tuple(map(_row, ordered)))


def anchor(item: Assessment) -> str:
    """The place of a check in the page of tries."""
    return f"{item.setting}.{item.check.id}"


def _row(item: Assessment) -> CheckRow:
    check = item.check
    return CheckRow(
        id=check.id,
        href=f"report/checks.html#{quote(anchor(item))}",
        title=check.title,
        severity=check.severity,
        standing=WORDS[item.standing],
        mark=MARKS.get(item.standing),
        told=pathless(item.words),
    )
