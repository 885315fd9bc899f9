"""The four rates of Resnick, Hansen and Richardson (CACM 47(9), 2004), with k, n, interval and what was not scored."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from harness.model.words import Design, Expectation, Metric, Outcome, Validity
from harness.profile.criteria import Criteria, Shown
from harness.score import intervals
from harness.score.clusters import Array, Clusters, exact
from harness.score.intervals import Sample
from harness.score.outcome import Scored
from harness.score.table import CELLS, Rows, Table, table

OVERALL = "overall"
# (wrong, right), unscored cases that could belong to the denominator, those of them that could be wrong. Where the
# denominator is what the product did, any unscored case could have fallen into it.
PARTS = {
    Metric.OK_SITES_OVER_BLOCK: (("fp", "tn"), ("unscored_allow",), "unscored_allow"),
    Metric.BAD_SITES_UNDER_BLOCK: (("fn", "tp"), ("unscored_block",), "unscored_block"),
    Metric.BLOCKED_SITES_OVER_BLOCK: (("fp", "tp"), ("unscored_block", "unscored_allow"), "unscored_allow"),
    Metric.UNBLOCKED_SITES_UNDER_BLOCK: (("fn", "tn"), ("unscored_block", "unscored_allow"), "unscored_block"),
}
# The cases a metric speaks of.
SPEAKS_OF = {
    Metric.OK_SITES_OVER_BLOCK: (Expectation.ALLOW,),
    Metric.BAD_SITES_UNDER_BLOCK: (Expectation.BLOCK,),
    Metric.BLOCKED_SITES_OVER_BLOCK: tuple(Expectation),
    Metric.UNBLOCKED_SITES_UNDER_BLOCK: tuple(Expectation),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What a tally says of one metric. `worst` is the estimate if every unscored case had gone wrong, None without
    any case. `left_out` counts the cases that an early stop spared; `ends` are the samples had they all gone right, or
    all wrong, empty where none were or it cannot be known which would have counted. `absent` are the categories asked
    for of which no case could be scored."""

    sample: Sample
    unscored: int
    left_out: int
    worst: float | None
    ends: tuple[Sample, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def clusters(self) -> int:
        """Clusters with a scored case; every case is one where none are known."""
        return len(self.sample.clusters) or self.sample.n


@dataclass(slots=True)
class Tally:
    """A confusion table: positive means "to be blocked". Unscored cases are kept by expectation, those left out by an
    early stop apart. `weights` holds the same table for each cluster, in weights, in the order of `CELLS`; `sites` does
    where all cases were counted at once."""

    tp: int = 0
    fn: int = 0
    fp: int = 0
    tn: int = 0
    unscored_block: int = 0
    unscored_allow: int = 0
    left_out_block: int = 0
    left_out_allow: int = 0
    weights: dict[str, list[float]] = field(default_factory=dict)
    sites: Array | None = field(default=None, repr=False, compare=False)

    def add(self, item: Scored) -> None:
        """Raises ValueError when it was counted all at once."""
        if self.sites is not None:
            raise ValueError("cases counted at once cannot be added to")
        block = item.case.expectation is Expectation.BLOCK
        if item.outcome is Outcome.UNSCORED:
            cell = f"{'left_out' if item.left_out else 'unscored'}_{item.case.expectation}"
        elif item.outcome is Outcome.CORRECT:
            cell = "tp" if block else "tn"
        else:
            cell = "fn" if block else "fp"
        setattr(self, cell, getattr(self, cell) + 1)
        cluster = self.weights.setdefault(item.case.cluster or f"\0{item.case.case_id}", [0.0] * len(CELLS))
        cluster[CELLS.index(cell)] += item.case.weight

    def of(self, metric: Metric) -> Counted:
        """The sample of one metric and what is missing from it."""
        (wrong, right), missing, bad = PARTS[metric]
        spared = tuple(cell.replace("unscored", "left_out") for cell in missing)
        left_out = sum(getattr(self, cell) for cell in spared)
        at, lost = CELLS.index(wrong), CELLS.index(bad)
        rows = self._rows()
        if rows is None:
            rows = np.array([[getattr(self, cell) for cell in CELLS]], dtype=np.float64)
        most = exact(rows[:, at] + rows[:, lost])
        whole = most + exact(rows[:, CELLS.index(right)])
        return Counted(
            sample=self._sample((wrong,), (right,)),
            unscored=sum(getattr(self, cell) for cell in missing),
            left_out=left_out,
            worst=most / whole if whole else None,
            ends=(self._sample((wrong,), (right, *spared)), self._sample((wrong, *spared), (right,)))
            if left_out and len(SPEAKS_OF[metric]) == 1
            else (),
        )

    def _rows(self) -> Array | None:
        """A row for each cluster, None where there are none known."""
        return np.array(list(self.weights.values())) if self.weights else self.sites

    def _sample(self, wrong: tuple[str, ...], right: tuple[str, ...]) -> Sample:
        k = sum(getattr(self, cell) for cell in wrong)
        n = k + sum(getattr(self, cell) for cell in right)
        rows = self._rows()
        if rows is None:
            return Sample(k, n)
        bad = rows[:, [CELLS.index(cell) for cell in wrong]].sum(axis=1)
        weights = bad + rows[:, [CELLS.index(cell) for cell in right]].sum(axis=1)
        some = weights != 0
        return Sample(k, n, Clusters(weights[some], bad[some]))


@dataclass(frozen=True, slots=True)
class Rate:
    """k of n with a two-sided interval; `estimate` (weighted where cases are) is None when n is 0. `effective_n` is
    what the n cases are taken to be worth, `worst` the rate if every unscored case had gone wrong."""

    metric: Metric
    category: str
    setting: str
    k: int
    n: int
    clusters: int
    effective_n: float
    estimate: float | None
    lower: float
    upper: float
    confidence: float
    method: str
    unscored: int
    left_out: int
    worst: float | None


def tally(scored: Table, rows: Rows) -> Tally:
    """The rows counted."""
    cells = scored.cells[rows]
    sites = scored.sites[rows]
    here = np.zeros(sites.max(initial=-1) + 1, dtype=np.bool_)
    here[sites] = True
    places = (np.cumsum(here) - 1)[sites] * len(CELLS) + cells
    weights = np.bincount(places, scored.numbers("weight")[rows], int(here.sum()) * len(CELLS))
    made = Tally(sites=np.asarray(weights, dtype=np.float64).reshape(-1, len(CELLS)))
    for cell, count in zip(CELLS, np.bincount(cells, minlength=len(CELLS)).tolist(), strict=True):
        setattr(made, cell, count)
    return made


def tallies(scored: Iterable[Scored]) -> dict[tuple[str, str], Tally]:
    """(setting, category) to tally; "overall" beside every category."""
    cases = table(scored)
    found = {}
    for setting, rows in cases.split(np.arange(len(cases)), "setting"):
        found[setting, OVERALL] = tally(cases, rows)
        for category, part in cases.split(rows, "category"):
            found[setting, category] = tally(cases, part)
    return found


def by_criterion(criteria: Criteria, scored: Iterable[Scored]) -> dict[str, dict[str, Counted]]:
    """Setting to criterion id to what was counted for it."""
    cases = table(scored)
    return {setting: _by_criterion(criteria, cases, setting) for setting in cases.codes("setting").values}


def _by_criterion(criteria: Criteria, cases: Table, setting: str) -> dict[str, Counted]:
    rows, made, found = cases.where(setting=setting), dict[tuple[str, ...], Tally](), dict[str, Counted]()
    for item in criteria.criterion:
        if item.categories not in made:
            made[item.categories] = tally(cases, among(cases, rows, item.categories))
        there = present(cases, rows, item.metric, ("", Validity.LEFT_OUT))
        absent = tuple(key for key in item.categories if key not in there)
        found[item.id] = replace(made[item.categories].of(item.metric), absent=absent)
    return found


def among(cases: Table, rows: Rows, categories: tuple[str, ...]) -> Rows:
    """The rows of these categories, of any where none is named."""
    return rows[cases.codes("category").places(categories)[rows]] if categories else rows


def present(cases: Table, rows: Rows, metric: Metric, reasons: tuple[str, ...] = ("",)) -> set[str]:
    """The categories of which there is a case that the metric speaks of and that is unscored for no other reason."""
    found = cases.codes("expectation").places(SPEAKS_OF[metric]) & cases.codes("reason").places(reasons)
    categories = cases.codes("category")
    return {categories.values[at] for at in np.flatnonzero(np.bincount(categories.at[rows[found[rows]]]))}


def rate(tally: Tally, metric: Metric, category: str, setting: str, shown: Shown) -> Rate:
    """One rate of a tally."""
    return _shown(tally.of(metric), metric, category, setting, shown)


def _shown(counted: Counted, metric: Metric, category: str, setting: str, shown: Shown) -> Rate:
    sample, alpha = counted.sample, (1 - shown.confidence) / 2
    lower, upper = intervals.bounds(sample, shown.method, shown.design, alpha)
    return Rate(
        metric=metric,
        category=category,
        setting=setting,
        k=sample.k,
        n=sample.n,
        clusters=counted.clusters,
        effective_n=worth(sample, shown.design, alpha),
        estimate=sample.estimate,
        lower=lower,
        upper=upper,
        confidence=shown.confidence,
        method=f"{intervals.name(shown.method, shown.design)}, two-sided",
        unscored=counted.unscored,
        left_out=counted.left_out,
        worst=counted.worst,
    )


def worth(sample: Sample, design: Design, alpha: float) -> float:
    """The effective n, to six decimals; 0 when nothing was scored."""
    return round(intervals.effective(sample, design, alpha), 6) if sample.n else 0.0


def rates(scored: Iterable[Scored], shown: Shown) -> list[Rate]:
    """All four rates overall; per category those that its planned cases can speak of. Sorted by setting, category,
    metric."""
    found = []
    for (setting, category), tally in sorted(
        tallies(scored).items(), key=lambda item: (item[0][0], item[0][1] != OVERALL, item[0][1])
    ):
        for metric in Metric:
            counted = tally.of(metric)
            if category == OVERALL or counted.sample.n + counted.unscored + counted.left_out:
                found.append(_shown(counted, metric, category, setting, shown))
    return found
