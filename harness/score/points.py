"""Scores in points, as benchmarks give them for how well a class of content is handled. They decide nothing."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.model.words import Metric
from harness.profile.criteria import Criteria, Score
from harness.score.outcome import Scored
from harness.score.rates import among, present, tally
from harness.score.table import Rows, Table, table


@dataclass(frozen=True, slots=True)
class Points:
    """One score at one setting. `under` and `over` are the rates it rests on, None for a mean; `points` is None when a
    category or a part it needs has no case, or no tested setting is for its age band (`setting` is "" then)."""

    id: str
    title: str
    age_band: str
    setting: str
    under: float | None
    over: float | None
    points: float | None
    most: int
    parts: tuple[str, ...]
    source: str


def points(criteria: Criteria, scored: Iterable[Scored], bands: dict[str, str]) -> tuple[Points, ...]:
    """Every score of the profile at every setting it applies to; `bands` is the age band of each setting."""
    cases = table(scored)
    found = []
    for setting in sorted(bands):
        applying = [item for item in criteria.score if item.age_band in ("", bands[setting])]
        here = cases.where(setting=setting) if applying else np.arange(0)
        simple = {item.id: _simple(item, cases, here, setting) for item in applying if not item.mean_of}
        found += [simple.get(item.id) or _mean(item, simple, setting) for item in applying]
    missing = [item for item in criteria.score if item.age_band and item.age_band not in bands.values()]
    return (*found, *(_made(item, "", None, None, None, _most(criteria)) for item in missing))


def earned(rate: float, steps: Sequence[float]) -> int:
    """One point for every step that is not below the rate."""
    return sum(step >= rate for step in steps)


def mean(parts: Sequence[float]) -> float:
    """The plain mean, to six decimals."""
    return round(math.fsum(parts) / len(parts), 6)


def _simple(item: Score, cases: Table, rows: Rows, setting: str) -> Points:
    assert item.under
    assert item.over
    under = _rate(cases, rows, Metric.BAD_SITES_UNDER_BLOCK, item.block)
    over = _rate(cases, rows, Metric.OK_SITES_OVER_BLOCK, item.allow)
    got = None
    if under is not None and over is not None:
        got = float(min(earned(under, item.under), earned(over, item.over)))
    return _made(item, setting, under, over, got, len(item.under))


def _mean(item: Score, simple: dict[str, Points], setting: str) -> Points:
    parts = [simple[part] for part in item.mean_of]
    known = [part.points for part in parts if part.points is not None]
    got = mean(known) if len(known) == len(parts) else None
    return _made(item, setting, None, None, got, max(part.most for part in parts))


def _made(item: Score, setting: str, under: float | None, over: float | None, got: float | None, most: int) -> Points:
    return Points(item.id, item.title, item.age_band, setting, under, over, got, most, item.mean_of, item.source)


def _most(criteria: Criteria) -> int:
    return max(len(item.under) for item in criteria.score if item.under)


def _rate(cases: Table, rows: Rows, metric: Metric, categories: tuple[str, ...]) -> float | None:
    """None when nothing, or nothing of one category, was scored."""
    if set(categories) - present(cases, rows, metric):
        return None
    return tally(cases, among(cases, rows, categories)).of(metric).sample.estimate
