"""Where every case handled wrongly or not scored stands in the pages beside the report."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from harness.model.words import Outcome
from harness.report.derive import Derived
from harness.score.outcome import Scored

CASES = 200  # on a page
ORDER = (Outcome.UNDER_BLOCKED, Outcome.OVER_BLOCKED, Outcome.UNSCORED)


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page: cases of one setting and outcome by category and case id, the first of them number `first` of `of`."""

    number: int
    setting: str
    outcome: Outcome
    first: int
    of: int
    items: tuple[Scored, ...]

    @property
    def file(self) -> str:
        """Its name in `report/`."""
        return f"cases-{self.number:04}.html"

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1


@dataclass(frozen=True, slots=True)
class Group:
    """So many cases of one category; `href` leads to the first of them."""

    category: str
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class Part:
    """Where the cases of one setting and outcome stand."""

    setting: str
    outcome: Outcome
    count: int
    href: str
    groups: tuple[Group, ...]


def paged(derived: Derived) -> list[CasePage]:
    """All pages: settings in the order of the run; under-blocked, over-blocked, unscored."""
    found: list[CasePage] = []
    wrong = [item for item in derived.scored if item.outcome in ORDER]
    settings = {setting: number for number, setting in enumerate(derived.spec.settings)}
    wrong.sort(key=lambda item: (settings[item.setting], ORDER.index(item.outcome), item.case.category))
    for (setting, outcome), group in groupby(wrong, key=lambda item: (item.setting, item.outcome)):
        items = tuple(group)
        for start in range(0, len(items), CASES):
            here = items[start : start + CASES]
            found.append(CasePage(len(found) + 1, setting, outcome, start + 1, len(items), here))
    return found


def parts(all_pages: Iterable[CasePage]) -> list[Part]:
    """The index of the pages; links are relative to `report/`."""
    found = []
    for (setting, outcome), group in groupby(all_pages, key=lambda page: (page.setting, page.outcome)):
        here = list(group)
        placed = ((item, page.file) for page in here for item in page.items)
        groups = []
        for category, members in groupby(placed, key=lambda place: place[0].case.category):
            (first, file), *others = members
            groups.append(Group(category, 1 + len(others), f"{file}#{anchor(first)}"))
        found.append(Part(setting, outcome, here[0].of, here[0].file, tuple(groups)))
    return found


def place(all_pages: Iterable[CasePage], item: Scored) -> str:
    """Where the case stands, relative to the run folder."""
    of_its_kind = (page for page in all_pages if (page.setting, page.outcome) == (item.setting, item.outcome))
    page = next(page for page in of_its_kind if any(other is item for other in page.items))
    return f"report/{page.file}#{anchor(item)}"


def anchor(item: Scored) -> str:
    """The id of a case on its page."""
    case_id = item.case.case_id
    if re.fullmatch(r"[A-Za-z0-9_.-]{1,80}", case_id):
        return f"case-{case_id}"
    return f"case_{hashlib.sha256(case_id.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
