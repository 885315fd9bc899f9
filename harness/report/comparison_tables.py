"""Every table of a comparison for a spreadsheet: numbers as they are, texts of others neutralised."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from harness.report.compare import Comparison
from harness.report.comparison_rows import Row, rows
from harness.report.comparison_trends import trends
from harness.report.neutral import cell
from harness.score.paired import METRICS
from harness.score.ranks import Rank

RATE = ("k", "n", "clusters", "effective_n", "estimate", "lower", "upper", "confidence", "method", "unscored", "worst")
PAIRED = (
    *("n", "unscored", "wrong_baseline", "wrong_other", "only_baseline_wrong", "only_other_wrong", "difference"),
    *("lower", "upper", "confidence", "method", "p", "p_adjusted", "test", "finding"),
)
AGREED = ("category", "k", "n", "share", "kappa", "lower", "upper", "confidence", "method", "note")
SIDE = ("case_id", "setting", "verdict", "rule_id", "mechanism", "outcome")
DIFFERING = ("url", "expectation", "category", "fixture", "kind of test")
WHO = ("run", "folder", "product", "version", "setting", "planned", "laboratory")
Cells = Iterator[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """A file with its heads and rows; `title` says what a row is. In all of them `comparison` counts the leagues from
    1, one for each setting compared, and `run`, `one` and `other` are numbers of runs."""

    file: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def tables(found: Comparison) -> list[Table]:
    """All of them, in the order of the pages."""
    pair = ("comparison", "one", "other")
    rates = tuple(f"{rate}_{name}" for rate in ("under", "over") for name in (*RATE, "rank_best", "rank_worst"))
    sides = tuple(f"{name}_{when}" for when in ("before", "after") for name in SIDE)
    others = tuple(f"another {name}" for name in DIFFERING)
    return [
        Table(
            "league.csv",
            "a run at its setting, with decision, rates and places",
            ("comparison", "rank_best", "rank_worst", *WHO, "decision", "unranked", *rates),
            tuple(_league(found)),
        ),
        Table(
            "categories.csv",
            "a rate of a run in one category, or of the look-alikes of one",
            ("comparison", "run", "setting", "group", "category", *RATE),
            tuple(_categories(found)),
        ),
        Table(
            "differences.csv",
            "two ranked runs at one rate",
            (*pair, "metric", *PAIRED),
            tuple(_differences(found)),
        ),
        Table(
            "baseline.csv",
            "a run against run 1 at one rate, overall and by category",
            (*pair, "metric", "category", *PAIRED),
            tuple(_baseline(found)),
        ),
        Table(
            "flips.csv",
            "a case that flipped between run 1 and another",
            ("comparison", "change", "run", "category", "expectation", "url", *sides),
            tuple(_flips(found)),
        ),
        Table(
            "trend.csv",
            "a run of a product tested more than once, against the one before",
            ("comparison", "before", "run", "metric", "altered", *PAIRED),
            tuple(_trends(found)),
        ),
        Table(
            "agreement.csv",
            "the verdicts of two runs, or of all",
            (*pair, "twice", *AGREED),
            tuple(_agreement(found)),
        ),
        Table(
            "matching.csv",
            "two runs and how many cases they share",
            ("one", "other", "same", "only_one", "only_other", *others),
            tuple(_matching(found)),
        ),
        Table(
            "not-comparable.csv",
            "a case of run 1 that is another one in a run",
            ("run", "case_id", "url", "differs_in"),
            tuple(_changed(found)),
        ),
    ]


def text(table: Table) -> str:
    """The table as a file. No text in it is a formula, and what cannot be seen is spelt out."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(table.head)
    lines.writerows([_cell(value) for value in row] for row in table.rows)
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else cell(value)


def _who(row: Row) -> tuple[object, ...]:
    return (row.number, row.folder, row.product, row.version, row.entry.setting, row.date, row.laboratory)


def _ends(rank: Rank | None) -> tuple[object, object]:
    return (rank.best, rank.worst) if rank else (None, None)


def _named(item: object, names: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(getattr(item, name) for name in names)


def _league(found: Comparison) -> Cells:
    for number, lineup in enumerate(found.lineups, 1):
        for row in rows(found, lineup):
            entry, places = row.entry, row.entry.places
            yield (
                number,
                *_ends(places.both if places else None),
                *_who(row),
                entry.decision,
                entry.unranked,
                *_named(row.under, RATE),
                *_ends(places.under if places else None),
                *_named(row.over, RATE),
                *_ends(places.over if places else None),
            )


def _categories(found: Comparison) -> Cells:
    for number, lineup in enumerate(found.lineups, 1):
        for entry in lineup.league.entries:
            for rate in entry.rates:
                yield (number, entry.number, entry.setting, rate.metric, rate.category, *_named(rate, RATE))
            for rate in entry.lookalikes:
                yield (number, entry.number, entry.setting, "look-alikes", rate.category, *_named(rate, RATE))


def _differences(found: Comparison) -> Cells:
    for number, lineup in enumerate(found.lineups, 1):
        for pair in lineup.league.pairs:
            for item in pair.rates:
                yield (number, pair.one, pair.other, item.metric, *_named(item, PAIRED))


def _baseline(found: Comparison) -> Cells:
    for number, lineup in enumerate(found.lineups, 1):
        for versus in lineup.against:
            for item in versus.rates:
                yield (number, 1, versus.number, item.metric, item.category, *_named(item, PAIRED))


def _flips(found: Comparison) -> Cells:
    for number, lineup in enumerate(found.lineups, 1):
        for versus in lineup.against:
            for flip in versus.flips:
                case = (flip.category, flip.expectation, flip.url)
                sides = (*_named(flip.before, SIDE), *_named(flip.after, SIDE))
                yield (number, flip.change, versus.number, *case, *sides)


def _trends(found: Comparison) -> Cells:
    for number, lineup in enumerate(found.lineups, 1):
        for trend in trends(found, lineup, rows(found, lineup)):
            before = None
            for step in trend.steps:
                for metric in METRICS:
                    item = next((item for item in step.since if item.metric is metric), None)
                    cells = _named(item, PAIRED) if item else (None,) * len(PAIRED)
                    yield (number, before, step.row.number, metric, ", ".join(step.altered), *cells)
                before = step.row.number


def _agreement(found: Comparison) -> Cells:
    for number, lineup in enumerate(found.lineups, 1):
        for pair in lineup.league.pairs:
            if pair.agreement:
                yield (number, pair.one, pair.other, pair.twice, *_named(pair.agreement, AGREED))
        for item in lineup.agreement:
            yield (number, "all", "all", None, *_named(item, AGREED))


def _matching(found: Comparison) -> Cells:
    for pair in found.match.pairs:
        counts = (pair.changed.get(name, 0) for name in DIFFERING)
        yield (pair.one, pair.other, pair.same, pair.only_one, pair.only_other, *counts)


def _changed(found: Comparison) -> Cells:
    for item in found.match.changed:
        yield (item.number, item.case_id, item.url, ", ".join(item.what))
