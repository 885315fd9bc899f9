"""The report's pictures as numbers: rows with intervals on a common axis. Drawing is the template's."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.model.words import Expectation, Metric, Outcome
from harness.profile.criteria import Criteria
from harness.score.outcome import Scored
from harness.score.rates import OVERALL, Rate, rate, tally
from harness.score.table import Rows, Table, table

TOPS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
STEPS = {0.2: 0.05, 0.3: 0.1, 0.4: 0.1, 0.5: 0.1, 0.6: 0.2, 0.8: 0.2, 1.0: 0.2}
WHISKER = 0.5  # whiskers of small groups end here, with an arrow, unless an estimate needs a longer axis
RARE = 5  # languages with fewer cases share a row
ROWS = 40  # groups beyond this many share a row,
SHARED_ROWS = 48  # and beyond its part of these where there are several settings
PAD = 2.0  # per cent of the width left free at either end


@dataclass(frozen=True, slots=True)
class Axis:
    """From 0 to `top`. `x` is the place of a share in per cent of the width; values beyond `top` stand at the end."""

    top: float

    @property
    def ticks(self) -> list[float]:
        step = STEPS[self.top]
        return [round(number * step, 2) for number in range(round(self.top / step) + 1)]

    def x(self, value: float) -> float:
        return round(PAD + (100 - 2 * PAD) * min(value, self.top) / self.top, 2)


def axis(needed: Iterable[float]) -> Axis:
    """The shortest axis that holds all values, at least 20 %."""
    most = max(needed, default=0.0)
    return Axis(next((top for top in TOPS if most <= top), 1.0))


@dataclass(frozen=True, slots=True)
class Row:
    """One bar. `bound` is that of a criterion on just this rate, None without one; `total` marks a sum of rows."""

    label: str
    rate: Rate
    bound: float | None = None
    total: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """Rows on a common axis. `slug` names it within the page."""

    slug: str
    title: str
    caption: str
    rows: tuple[Row, ...]
    axis: Axis

    @property
    def scored(self) -> bool:
        """Whether there is anything to draw."""
        return any(row.rate.n for row in self.rows)


def figures(
    scored: Iterable[Scored], setting: str, criteria: Criteria, titles: dict[str, str], settings: int = 1
) -> list[Figure]:
    """The pictures of one setting of so many: cases to block, plain cases to allow, look-alikes, then by language."""
    cases = table(scored)
    block = cases.where(setting=setting, expectation=Expectation.BLOCK)
    allow = cases.where(setting=setting, expectation=Expectation.ALLOW)
    unlike = cases.codes("lookalike_of").places(("",))[allow]
    draw = _Draw(cases, setting, criteria, min(ROWS, max(1, SHARED_ROWS // settings)))

    def named(key: str) -> str:
        return titles.get(key, key)

    drawn = [
        draw.figure(
            "under",
            "Under-blocking: pages to be blocked that were not",
            block,
            "category",
            named,
            "All pages to be blocked",
        ),
        draw.figure(
            "over",
            "Over-blocking: plain innocuous pages that were not allowed",
            allow[unlike],
            "category",
            named,
            "All plain pages",
        ),
        draw.figure(
            "lookalikes",
            "Over-blocking: look-alikes, innocuous pages close to a topic to be blocked",
            allow[~unlike],
            "lookalike_of",
            named,
            "All look-alikes",
            "By the topic the page could be mistaken for.",
        ),
        *_languages(draw, block, allow),
    ]
    return [figure for figure in drawn if figure.rows]


def side_by_side(rates: Iterable[Rate], settings: Sequence[str]) -> list[Figure]:
    """Both overall rates at each setting, in the order tested; nothing where there is one setting."""
    if len(settings) < 2:
        return []
    of = {(item.metric, item.setting): item for item in rates if item.category == OVERALL}
    found = []
    for slug, title, metric in (
        ("settings-under", "Under-blocking: pages to be blocked that were not", Metric.BAD_SITES_UNDER_BLOCK),
        ("settings-over", "Over-blocking: pages to be allowed that were not", Metric.OK_SITES_OVER_BLOCK),
    ):
        rows = tuple(Row(setting, of[metric, setting]) for setting in settings)
        reach = [max(min(row.rate.upper, WHISKER), row.rate.estimate or 0.0) for row in rows if row.rate.n]
        found.append(Figure(slug, title, "", rows, axis(reach)))
    return found


def _languages(draw: "_Draw", block: Rows, allow: Rows) -> list[Figure]:
    """Only where there is something to compare: two languages or more, and a page handled wrongly."""
    outcomes, languages = draw.cases.codes("outcome"), draw.cases.codes("language")
    wrong = outcomes.places((Outcome.UNDER_BLOCKED, Outcome.OVER_BLOCKED))
    found = []
    for slug, what, rows in (("under-language", "Under-blocking", block), ("over-language", "Over-blocking", allow)):
        if wrong[rows].any() and len(np.unique(languages.at[rows])) > 1:
            found.append(draw.figure(slug, f"{what} by language of the page", rows, "language", _language, rare=RARE))
    return found


def _language(key: str) -> str:
    return key or "not stated"


def _grouped(groups: dict[str, list[Rows]], rare: int, most: int) -> dict[str, list[Rows]]:
    """Groups of fewer than `rare` cases, and those beyond the largest `most`, share one."""
    sizes = {name: sum(map(len, group)) for name, group in groups.items()}
    order = sorted(groups, key=lambda name: (-sizes[name], name))
    others = sorted({*order[most:], *(name for name in order if sizes[name] < rare)})
    if len(others) < 2:
        return groups
    kept = {name: group for name, group in groups.items() if name not in others}
    return {**kept, f"others ({', '.join(others)})": [rows for name in others for rows in groups[name]]}


@dataclass(frozen=True, slots=True)
class _Draw:
    cases: Table
    setting: str
    criteria: Criteria
    rows: int

    def figure(
        self,
        slug: str,
        title: str,
        items: Rows,
        column: str,
        name: Callable[[str], str],
        total: str = "",
        caption: str = "",
        rare: int = 0,
    ) -> Figure:
        """Cases grouped by what `name` makes of a column, most frequently wrong first; a row for all of them on top
        when `total` names it."""
        under = slug.startswith("under")
        metric = Metric.BAD_SITES_UNDER_BLOCK if under else Metric.OK_SITES_OVER_BLOCK
        groups: dict[str, list[Rows]] = defaultdict(list)
        for key, part in self.cases.split(items, column):
            groups[name(key)].append(part)
        rows = []
        for label, parts in _grouped(groups, rare, self.rows).items():
            group = np.concatenate(parts)
            rows.append(Row(label, self._rate(group, metric), self._bound(metric, group) if slug == "under" else None))
        rows.sort(key=lambda row: (-(row.rate.estimate or 0.0), -row.rate.n, row.label))
        if total and len(rows) > 1:
            rows.insert(0, Row(total, self._rate(items, metric), total=True))
        known = [row.rate for row in rows if row.rate.n]
        reach = [max(min(item.upper, WHISKER), item.estimate or 0.0) for item in known]
        return Figure(slug, title, caption, tuple(rows), axis([*reach, *(row.bound for row in rows if row.bound)]))

    def _rate(self, group: Rows, metric: Metric) -> Rate:
        return rate(tally(self.cases, group), metric, OVERALL, self.setting, self.criteria.interval)

    def _bound(self, metric: Metric, group: Rows) -> float | None:
        at, values = self.cases.codes("category")
        categories = {values[place] for place in np.unique(at[group]).tolist()}
        bounds = [
            item.bound
            for item in self.criteria.criterion
            if item.metric is metric and set(item.categories) == categories and item.rule != "zero-tolerance"
        ]
        return min(bounds, default=None)
