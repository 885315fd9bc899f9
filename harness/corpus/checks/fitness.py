"""Whether criteria could be decided with this corpus, and met."""

from collections.abc import Iterator

import pandas as pd

from harness.corpus.findings import Finding, finding
from harness.corpus.groups import sample
from harness.model.words import Design
from harness.profile.criteria import Criteria, Criterion
from harness.score import intervals
from harness.score.rates import SPEAKS_OF


def findings(frame: pd.DataFrame, criteria: Criteria) -> Iterator[Finding]:
    """For every criterion, by its categories and what its rate speaks of."""
    file = f"criteria {criteria.name}"
    undecidable, unpassable = [], []
    for item in criteria.criterion:
        spoken = frame["expectation"].isin([expectation.value for expectation in SPEAKS_OF[item.metric]])
        cases = frame[spoken & (frame["category"].isin(item.categories) if item.categories else True)]
        if lacks := list(_lacks(cases, item)):
            undecidable.append((0, item.id, "; ".join(lacks)))
        elif item.rule == "guard-band" and (upper := _upper(cases, item)) > item.bound:
            shown = (
                f"without any error its {len(cases):,} cases show at most {upper:.1%}; the bound is {item.bound:.1%}"
            )
            unpassable.append((0, item.id, shown))
    yield finding("undecidable", file, undecidable)
    yield finding("unpassable", file, unpassable)
    yield finding("design", file, _design(frame, criteria))


def _lacks(cases: pd.DataFrame, item: Criterion) -> Iterator[str]:
    if absent := sorted(set(item.categories) - set(cases["category"])):
        yield f"no case of {', '.join(absent)}"
    if len(cases) < item.minimum_n:
        yield f"cases: {len(cases):,}, asked for: {item.minimum_n:,}"
    if (clusters := cases["cluster"].nunique()) < item.minimum_clusters:
        yield f"sites: {clusters:,}, asked for: {item.minimum_clusters:,}"


def _upper(cases: pd.DataFrame, item: Criterion) -> float:
    return intervals.bounds(sample(cases), item.interval, item.design, item.alpha)[1]


def _design(frame: pd.DataFrame, criteria: Criteria) -> Iterator[tuple[int, str, str]]:
    if frame["weight"].nunique() < 2:
        return
    designs = [("interval", criteria.interval.design), *((item.id, item.design) for item in criteria.criterion)]
    for name, design in designs:
        if design is Design.INDEPENDENT:
            yield 0, name, 'cases have different weights; use the design "clusters"'
