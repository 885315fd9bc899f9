"""The same product again: its runs in the order they were planned, each against the one before."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from harness.report.compare import Comparison, Lineup
from harness.report.comparison_figures import reach
from harness.report.comparison_rows import Row
from harness.report.figures import Axis
from harness.report.match import Run
from harness.score.paired import BETTER, WORSE, Paired

TURNED = {BETTER: WORSE, WORSE: BETTER}


@dataclass(frozen=True, slots=True)
class Step:
    """A run, what its two rates did since the run before (nothing for the first, and where one of both has no place),
    and what else is not as it was then."""

    row: Row
    since: tuple[Paired, ...]
    altered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """A product at one setting over its runs, at least two."""

    product: str
    setting: str
    steps: tuple[Step, ...]
    axis: Axis


def trends(found: Comparison, lineup: Lineup, rows: Sequence[Row]) -> list[Trend]:
    """Every product that was tested more than once at a setting, void runs left out."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if not row.entry.void:
            name = found.runs[row.number - 1].identity["product"]["name"]
            groups[name, row.entry.setting].append(row)
    return [_trend(found, lineup, group) for _, group in sorted(groups.items()) if len(group) > 1]


def _trend(found: Comparison, lineup: Lineup, group: list[Row]) -> Trend:
    ordered = sorted(group, key=lambda row: (found.runs[row.number - 1].identity["planned_at"], row.number))
    steps = [Step(ordered[0], (), ())]
    for before, row in pairwise(ordered):
        altered = _altered(found.runs[before.number - 1], found.runs[row.number - 1])
        steps.append(Step(row, since(lineup, before.number, row.number), tuple(altered)))
    rates = [rate for row in ordered for rate in (row.under, row.over)]
    return Trend(ordered[-1].product, ordered[0].entry.setting, tuple(steps), reach(rates))


def since(lineup: Lineup, before: int, after: int) -> tuple[Paired, ...]:
    """Both rates of one run against another that need not stand before it in the comparison."""
    first, second = sorted((before, after))
    pair = next(item for item in lineup.league.pairs if (item.one, item.other) == (first, second))
    return pair.rates if before == first else tuple(map(_turned, pair.rates))


def _turned(item: Paired) -> Paired:
    return replace(
        item,
        wrong_baseline=item.wrong_other,
        wrong_other=item.wrong_baseline,
        only_baseline_wrong=item.only_other_wrong,
        only_other_wrong=item.only_baseline_wrong,
        difference=None if item.difference is None else -item.difference,
        lower=-item.upper,
        upper=-item.lower,
        finding=TURNED.get(item.finding, item.finding),
    )


def _altered(before: Run, after: Run) -> Iterator[str]:
    one, other = before.identity, after.identity
    for key, words in (("params", "parameters"), ("profile_digest", "profile"), ("browser", "browser")):
        if one["product"][key] != other["product"][key]:
            yield words
    if one["harness_version"] != other["harness_version"]:
        yield "harness"
    if one["corpus"]["digest"] != other["corpus"]["digest"]:
        yield "corpus"
