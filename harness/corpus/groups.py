"""The cases of one expectation and category as a sample: what they are worth, and what dominates them."""

from dataclasses import dataclass

import pandas as pd

from harness.model.words import Design, Expectation, Interval
from harness.score import intervals
from harness.score.intervals import Sample

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Group:
    """`category` "" takes all. `effective` is what the n cases are worth (Kish), `shows` the highest rate of errors
    that remains possible, one-sided at 95 %, if none of them goes wrong. `top` is the heaviest cluster, with `top_n`
    cases from `top_line` on and `top_share` of the weight."""

    expectation: Expectation
    category: str
    n: int
    clusters: int
    effective: float
    shows: float
    top: str
    top_n: int
    top_share: float
    top_line: int

    @property
    def label(self) -> str:
        return f"{self.category or 'all categories'}, to {self.expectation}"


def groups(frame: pd.DataFrame) -> list[Group]:
    """One for each expectation, then for each category in it; to block first, larger ones first."""
    found = []
    for expectation in Expectation:
        cases = frame[frame["expectation"] == expectation.value]
        if len(cases):
            parts = [_group(part, expectation, str(name)) for name, part in cases.groupby("category", sort=True)]
            found += [_group(cases, expectation, ""), *sorted(parts, key=lambda item: (-item.n, item.category))]
    return found


def sample(cases: pd.DataFrame) -> Sample:
    """The cases with none of them wrong, in their clusters."""
    weights = cases.groupby("cluster", sort=True)["weight"].sum()
    return Sample(0, len(cases), tuple((float(weight), 0.0) for weight in weights))


def _group(cases: pd.DataFrame, expectation: Expectation, category: str) -> Group:
    weights = cases.groupby("cluster", sort=True)["weight"].sum()
    top = str(weights.idxmax())
    of_top = cases[cases["cluster"] == top]
    drawn = Sample(0, len(cases), tuple((float(weight), 0.0) for weight in weights))
    alpha = 1 - CONFIDENCE
    return Group(
        expectation=expectation,
        category=category,
        n=len(cases),
        clusters=len(weights),
        effective=intervals.effective(drawn, Design.CLUSTERS, alpha),
        shows=intervals.bounds(drawn, Interval.CLOPPER_PEARSON, Design.CLUSTERS, alpha)[1],
        top=top,
        top_n=len(of_top),
        top_share=float(weights.max() / weights.sum()),
        top_line=int(of_top["line"].iloc[0]),
    )
