"""Where every case handled wrongly or not scored stands in the pages beside the report."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from harness.model.words import Outcome
from harness.report.derive import Derived
from harness.score.outcome import Scored
from harness.score.table import Rows, Table

CASES = 200  # on a page
ORDER = (Outcome.UNDER_BLOCKED, Outcome.OVER_BLOCKED, Outcome.UNSCORED)


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page: cases of one setting and outcome by category and case id, the first of them number `first` of `of`;
    `rows` are their places in the table of all."""

    number: int
    setting: str
    outcome: Outcome
    first: int
    of: int
    rows: Rows
    scored: Table

    @property
    def items(self) -> list[Scored]:
        return self.scored.take(self.rows)

    @property
    def file(self) -> str:
        """Its name in `report/`."""
        return f"cases-{self.number:04}.html"

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


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
    scored = derived.scored
    for setting in derived.spec.settings:
        for outcome in ORDER:
            by_category = dict(scored.split(scored.where(setting=setting, outcome=outcome), "category"))
            rows = np.concatenate([by_category[key] for key in sorted(by_category)] or [np.arange(0)])
            for start in range(0, len(rows), CASES):
                here = rows[start : start + CASES]
                found.append(CasePage(len(found) + 1, setting, outcome, start + 1, len(rows), here, scored))
    return found


def parts(all_pages: Iterable[CasePage]) -> list[Part]:
    """The index of the pages; links are relative to `report/`."""
    found = []
    for (setting, outcome), group in groupby(all_pages, key=lambda page: (page.setting, page.outcome)):
        here = list(group)
        at, values = here[0].scored.codes("category")
        rows = np.concatenate([page.rows for page in here])
        starts = [0, *(np.flatnonzero(np.diff(at[rows])) + 1).tolist(), len(rows)]
        groups = []
        for first, end in pairwise(starts):
            page = here[first // CASES]
            (item,) = page.scored.take(rows[first : first + 1])
            groups.append(Group(values[at[rows[first]]], end - first, f"{page.file}#{anchor(item)}"))
        found.append(Part(setting, outcome, here[0].of, here[0].file, tuple(groups)))
    return found


def place(all_pages: Iterable[CasePage], row: int) -> str:
    """Where the case in that row of the table stands, relative to the run folder."""
    page = next(page for page in all_pages if row in page.rows)
    (item,) = page.scored.take(np.array([row]))
    return f"report/{page.file}#{anchor(item)}"


def anchor(item: Scored) -> str:
    """The id of a case on its page."""
    case_id = item.case.case_id
    if re.fullmatch(r"[A-Za-z0-9_.-]{1,80}", case_id):
        return f"case-{case_id}"
    return f"case_{hashlib.sha256(case_id.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
