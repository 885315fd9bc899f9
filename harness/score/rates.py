"""The four rates of Resnick, Hansen and Richardson (CACM 47(9), 2004), with k, n, interval and what was not scored."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from harness.model.words import Design, Expectation, Metric, Outcome
from harness.profile.criteria import Criteria, Shown
from harness.score import intervals
from harness.score.intervals import Sample
from harness.score.outcome import Scored

OVERALL = "overall"
CELLS = ("tp", "fn", "fp", "tn", "unscored_block", "unscored_allow", "left_out_block", "left_out_allow")
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
    early stop apart. `weights` holds the same table for each cluster, in weights, in the order of `CELLS`."""

    tp: int = 0
    fn: int = 0
    fp: int = 0
    tn: int = 0
    unscored_block: int = 0
    unscored_allow: int = 0
    left_out_block: int = 0
    left_out_allow: int = 0
    weights: dict[str, list[float]] = field(default_factory=dict)

    def add(self, item: Scored) -> None:
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
        rows = self.weights.values() or [[float(getattr(self, cell)) for cell in CELLS]]
        most = sum(row[at] + row[lost] for row in rows)
        whole = most + sum(row[CELLS.index(right)] for row in rows)
        return Counted(
            sample=self._sample((wrong,), (right,)),
            unscored=sum(getattr(self, cell) for cell in missing),
            left_out=left_out,
            worst=most / whole if whole else None,
            ends=(self._sample((wrong,), (right, *spared)), self._sample((wrong, *spared), (right,)))
            if left_out and len(SPEAKS_OF[metric]) == 1
            else (),
        )

    def _sample(self, wrong: tuple[str, ...], right: tuple[str, ...]) -> Sample:
        bad, all_cells = [CELLS.index(cell) for cell in wrong], [CELLS.index(cell) for cell in (*wrong, *right)]
        rows = [
            (sum([row[cell] for cell in all_cells]), sum([row[cell] for cell in bad])) for row in self.weights.values()
        ]
        k = sum(getattr(self, cell) for cell in wrong)
        n = k + sum(getattr(self, cell) for cell in right)
        return Sample(k, n, tuple(row for row in rows if row[0]))


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


def tallies(scored: Iterable[Scored]) -> dict[tuple[str, str], Tally]:
    """(setting, category) to tally; "overall" beside every category."""
    found: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for item in scored:
        found[item.setting, OVERALL].add(item)
        found[item.setting, item.case.category].add(item)
    return dict(found)


def by_criterion(criteria: Criteria, scored: Iterable[Scored]) -> dict[str, dict[str, Counted]]:
    """Setting to criterion id to what was counted for it."""
    found: dict[str, dict[str, Tally]] = defaultdict(lambda: {item.id: Tally() for item in criteria.criterion})
    present: dict[tuple[str, str], set[str]] = defaultdict(set)
    for case in scored:
        at = found[case.setting]
        for item in criteria.criterion:
            if not item.categories or case.case.category in item.categories:
                at[item.id].add(case)
                if case.case.expectation in SPEAKS_OF[item.metric] and (case.reason == "" or case.left_out):
                    present[case.setting, item.id].add(case.case.category)
    return {
        setting: {
            item.id: replace(
                at[item.id].of(item.metric),
                absent=tuple(key for key in item.categories if key not in present[setting, item.id]),
            )
            for item in criteria.criterion
        }
        for setting, at in found.items()
    }


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
