"""The runs of a league as every page of a comparison names and orders them."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.model.words import Metric
from harness.report import plain
from harness.report.compare import Comparison, Lineup
from harness.report.comparison_league import Entry
from harness.report.match import Run
from harness.score.paired import METRICS
from harness.score.rates import OVERALL, Rate

UNDER, OVER = METRICS
LONGEST = 60  # characters of a name made by others


@dataclass(frozen=True, slots=True)
class Row:
    """A run at one setting; `setting` is "" where all runs of the league have the same. `weak` are the categories that
    it gets wrong most: for either rate the one whose interval begins highest, if anything went wrong."""

    number: int
    product: str
    version: str
    setting: str
    folder: str
    date: str
    laboratory: str
    entry: Entry
    under: Rate
    over: Rate
    weak: tuple[Rate, ...]

    @property
    def name(self) -> str:
        """Number and product, as pictures and sentences call it."""
        return " ".join(filter(None, (f"{self.number}", self.product[:LONGEST], self.version[:20], self.at)))

    @property
    def at(self) -> str:
        return f"at {self.setting[:LONGEST]}" if self.setting else ""


def rows(found: Comparison, lineup: Lineup) -> tuple[Row, ...]:
    """Ranked runs first, by their place; then those that have none, void ones last."""
    several = len(set(lineup.settings)) > 1
    made = [_row(run, entry, several) for run, entry in zip(found.runs, lineup.league.entries, strict=True)]
    return tuple(sorted(made, key=_order))


def listed(items: Sequence[Row]) -> str:
    """Names in a sentence."""
    names = [item.name for item in items]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "none"


def _row(run: Run, entry: Entry, several: bool) -> Row:
    overall = {item.metric: item for item in entry.rates if item.category == OVERALL}
    return Row(
        number=run.number,
        product=run.identity["product"]["title"],
        version=run.identity["product"]["version"],
        setting=entry.setting if several else "",
        folder=run.name,
        date=plain.when(run.identity["planned_at"]),
        laboratory=run.identity["laboratory"],
        entry=entry,
        under=overall[UNDER],
        over=overall[OVER],
        weak=tuple(rate for metric in METRICS if (rate := _weakest(entry, metric))),
    )


def _weakest(entry: Entry, metric: Metric) -> Rate | None:
    wrong = [item for item in entry.rates if item.metric is metric and item.category != OVERALL and item.k]
    return max(wrong, key=lambda item: (item.lower, item.estimate or 0.0, item.category), default=None)


def _order(row: Row) -> tuple[bool, bool, int, int, float, float, int]:
    places = row.entry.places
    best, worst = (places.both.best, places.both.worst) if places else (0, 0)
    return (row.entry.void, not places, best, worst, row.under.estimate or 0.0, row.over.estimate or 0.0, row.number)
