"""How many labels would have to be wrong before a decision changed, whichever they are."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from harness.model.words import Decision
from harness.profile.criteria import Criteria, Criterion
from harness.score import words
from harness.score.clusters import Array, Clusters, exact
from harness.score.decide import NOTHING, Decided, decide
from harness.score.intervals import Sample
from harness.score.outcome import Scored
from harness.score.rates import PARTS, SPEAKS_OF, Counted, among, by_criterion
from harness.score.table import CELLS, Mask, Rows, Table, table

WITHIN = (Decision.PASS, Decision.CONDITIONAL_PASS)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """A criterion's decision rests on `labels` cases. It holds as long as no more than `holds_with` of their labels are
    wrong, None when it is inconclusive or cases were left out; exact for cases of equal weight that stand alone, in one
    category or any, and never too many for others. `expected` labels are wrong by what is known of `known` of them;
    `disputed` are the ids of cases on which raters disagree and which nobody has settled."""

    id: str
    setting: str
    labels: int
    holds_with: int | None
    expected: float | None
    known: int
    disputed: tuple[str, ...]
    told: str


def sensitivity(
    criteria: Criteria, scored: Iterable[Scored], decided: Iterable[Decided], bands: Mapping[str, str]
) -> tuple[Sensitivity, ...]:
    """One for each decision at a tested setting; `bands` are the settings' age bands. Pure.

    The worst choice of labels is taken. A case with a wrong label is taken out of the count, as its page belongs
    elsewhere; where a metric counts pages of both expectations, it changes sides. Labels of cases that a criterion does
    not count, those of the other members of its family among them, are taken for right."""
    all_cases = table(scored)
    counted = by_criterion(criteria, all_cases)
    by_id = {item.id: item for item in criteria.criterion}
    found = []
    for item in decided:
        if item.setting in counted:
            at, criterion = counted[item.setting], by_id[item.id]
            members = [
                one for one in criteria.criterion if one is criterion or (one.family and one.family == item.family)
            ]
            alone = criteria.model_copy(update={"criterion": tuple(members)})
            cases = _Cases(all_cases, _rows(all_cases, criterion, item.setting), criterion)
            holds = None
            if item.decision is not Decision.INCONCLUSIVE and not any(at[one.id].left_out for one in members):
                holds = _holds(alone, criterion, at, cases, item, bands.get(item.setting, ""))
            found.append(_told(item, cases, holds))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Cases:
    """The cases in a criterion's rate."""

    table: Table
    rows: Rows
    criterion: Criterion

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def wrong(self) -> Mask:
        (bad, _), *_ = PARTS[self.criterion.metric]
        return np.asarray(self.table.cells[self.rows] == CELLS.index(bad))


def _rows(cases: Table, criterion: Criterion, setting: str) -> Rows:
    asked = among(cases, cases.where(setting=setting), criterion.categories)
    own, *_ = PARTS[criterion.metric]
    return asked[np.isin(cases.cells[asked], [CELLS.index(cell) for cell in own])]


def _told(item: Decided, cases: _Cases, holds: int | None) -> Sensitivity:
    known = 1 - cases.table.numbers("confidence")[cases.rows]
    doubts = known[~np.isnan(known)].tolist()
    expected = round(math.fsum(doubts), 6) if doubts else None
    split = cases.rows[cases.table.numbers("disputed")[cases.rows] != 0]
    disputed = tuple(sorted(cases.table.texts("case_id", split)))
    told = "" if holds is None else words.sensitive(holds, len(cases), expected, len(doubts), disputed)
    return Sensitivity(item.id, item.setting, len(cases), holds, expected, len(doubts), disputed, told)


def _holds(
    criteria: Criteria,
    criterion: Criterion,
    counted: Mapping[str, Counted],
    cases: _Cases,
    item: Decided,
    band: str,
) -> int:
    """The most wrong labels with which the decision stands, sought on either side: among the cases that went right,
    which makes the rate higher, and among those that went wrong, which makes it lower."""
    reach = _reach(criterion, counted.get(item.id, NOTHING), cases)

    def changed(labels: int, higher: bool) -> bool:
        # A small sample shows less, so it endangers what is shown; a large one endangers what is not shown yet.
        corner = reach.corner(labels, higher, smallest=higher is (item.decision in WITHIN))
        again = decide(criteria, {**counted, item.id: corner}, item.setting, band)
        return next(one.decision for one in again if one.id == item.id) is not item.decision

    def side(among: int, higher: bool) -> int:
        most = among if reach.alike or reach.turned else len(cases)
        held, least = 0, most
        while held < least:
            middle = (held + least) // 2
            held, least = (held, middle) if changed(middle + 1, higher) else (middle + 1, least)
        return held if held < most else len(cases)

    wrong = int(cases.wrong.sum())
    return min(side(len(cases) - wrong, higher=True), side(wrong, higher=False))


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far a criterion's rate, and what its cases are worth, can be moved by so many labels, whichever they are.

    By number of labels: `right` and `wrong` are the most weight that cases which went so can lose, `smallest` and
    `largest` bound the effective size of the rest. `sizes` sums the clusters' numbers of cases, smallest first. Cases
    that are `alike` have one weight and stand alone; with a metric that counts both expectations they are `turned`."""

    criterion: Criterion
    counted: Counted
    alike: bool
    turned: bool
    total: float
    right: Array
    wrong: Array
    smallest: Array
    largest: Array
    sizes: Array
    categories: Mapping[str, int]

    def corner(self, labels: int, higher: bool, smallest: bool) -> Counted:
        """The count at the highest or lowest rate there can be with so many labels corrected, at the smallest or the
        largest effective size."""
        n, bad = self.counted.sample.n, float(self.wrong[-1])
        if self.turned:
            rate = (bad + float(self.right[labels] if higher else -self.wrong[labels])) / self.total
            return self._count(n, rate, float(self.smallest[0]), len(self.sizes) - 1, self.counted.absent)
        n -= labels
        if not n:
            return replace(self.counted, sample=Sample(0, 0))
        rest = self.total - float((self.right if higher else self.wrong)[labels])
        rate = (bad if higher else bad - float(self.wrong[labels])) / rest if rest > 0 else 0.0
        size = min(float((self.smallest if smallest else self.largest)[labels]), n)
        sites = len(self.sizes) - int(np.searchsorted(self.sizes, labels, "right"))
        gone = tuple(key for key, cases in self.categories.items() if cases <= labels)
        return self._count(n, rate, size, sites, (*self.counted.absent, *gone))

    def _count(self, n: int, rate: float, size: float, sites: int, absent: tuple[str, ...]) -> Counted:
        rate = min(max(rate, 0.0), 1.0)
        sample = Sample(round(rate * n), n, () if self.alike else _clusters(rate, size, sites))
        return replace(self.counted, sample=sample, absent=absent)


def _reach(criterion: Criterion, counted: Counted, cases: _Cases) -> _Reach:
    weights, wrong = cases.table.numbers("weight")[cases.rows], cases.wrong
    _, names, sizes = np.unique(cases.table.sites[cases.rows], return_inverse=True, return_counts=True)
    clusters = np.asarray(np.bincount(names, weights), dtype=np.float64)
    own = clusters[names]
    total, squares = exact(weights), exact(clusters**2)
    # Taking s out of a cluster of weight a takes a^2 - (a - s)^2 off the squares: a s at least, at most the sum
    # of what each case would take off alone.
    least = _sums(own * weights)
    most = _sums(2 * own * weights - weights**2, heaviest=True)
    heavy, light = _sums(weights, heaviest=True), _sums(weights)
    with np.errstate(over="ignore"):  # where nothing is left
        few = ((total - heavy) ** 2 / np.maximum(squares - least, 1e-300))[:-1]
        many = ((total - light) ** 2 / np.maximum(squares - most, 1e-300))[:-1]
    categories = cases.table.codes("category")
    there = np.bincount(categories.at[cases.rows], minlength=len(categories.values)).tolist()
    by_name = dict(zip(categories.values, there, strict=True))
    return _Reach(
        criterion=criterion,
        counted=counted,
        alike=len(clusters) == len(cases) and len(np.unique(weights)) == 1,
        turned=len(SPEAKS_OF[criterion.metric]) > 1,
        total=total,
        right=_sums(np.where(wrong, 0.0, weights), heaviest=True),
        wrong=_sums(np.where(wrong, weights, 0.0), heaviest=True),
        smallest=np.minimum.accumulate(few),
        largest=np.maximum.accumulate(np.minimum(many, len(clusters))),
        sizes=_sums(sizes.astype(np.float64)),
        categories={key: by_name[key] for key in criterion.categories if by_name.get(key)},
    )


def _sums(values: Array, heaviest: bool = False) -> Array:
    """The sums of the least values, or of the heaviest: of none, of one, and so on."""
    ordered = np.sort(values)
    return np.concatenate(([0.0], np.cumsum(ordered[::-1] if heaviest else ordered)))


def _clusters(rate: float, size: float, sites: int) -> Clusters:
    """So many clusters of this rate and effective size (Kish): one that is heavy or light beside others alike, with the
    weight b for which (b + m)^2 = size (b^2 + m)."""
    others = max(sites, math.ceil(size - 1e-9)) - 1
    over = max(size - 1, 1e-9)
    first = (others + math.sqrt(max(others**2 + over * others * (others - size), 0.0))) / over if others else 1.0
    weights = np.array([first, 1.0])
    return Clusters(weights, rate * weights, np.array([1, others]))
