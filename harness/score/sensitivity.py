"""How many labels would have to be wrong before a decision changed, whichever they are."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from harness.model.words import Decision, Expectation, Outcome
from harness.profile.criteria import Criteria, Criterion
from harness.score import words
from harness.score.decide import NOTHING, Decided, decide
from harness.score.intervals import Sample
from harness.score.outcome import Scored
from harness.score.rates import PARTS, SPEAKS_OF, Counted, by_criterion

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
    at: dict[str, list[Scored]] = defaultdict(list)
    for case in scored:
        at[case.setting].append(case)
    counted = {setting: by_criterion(criteria, cases)[setting] for setting, cases in at.items()}
    by_id = {item.id: item for item in criteria.criterion}
    found = []
    for item in decided:
        if item.setting in at:
            criterion = by_id[item.id]
            members = [
                one for one in criteria.criterion if one is criterion or (one.family and one.family == item.family)
            ]
            alone = criteria.model_copy(update={"criterion": tuple(members)})
            cases = _counted(criterion, at[item.setting])
            holds = None
            if item.decision is not Decision.INCONCLUSIVE and not any(
                counted[item.setting][one.id].left_out for one in members
            ):
                holds = _holds(alone, criterion, counted[item.setting], cases, item, bands.get(item.setting, ""))
            found.append(_told(item, [case for case, _ in cases], holds))
    return tuple(found)


def _counted(criterion: Criterion, scored: Sequence[Scored]) -> list[tuple[Scored, bool]]:
    """The cases in the criterion's rate, and whether they went wrong."""
    (bad, good), *_ = PARTS[criterion.metric]
    found = []
    for case in scored:
        asked = not criterion.categories or case.case.category in criterion.categories
        right = case.outcome is Outcome.CORRECT
        cell = ("tp", "fn") if case.case.expectation is Expectation.BLOCK else ("tn", "fp")
        if asked and case.outcome is not Outcome.UNSCORED and cell[not right] in (bad, good):
            found.append((case, not right))
    return found


def _told(item: Decided, cases: Sequence[Scored], holds: int | None) -> Sensitivity:
    doubts = [1 - case.case.confidence for case in cases if case.case.confidence is not None]
    expected = round(math.fsum(doubts), 6) if doubts else None
    disputed = tuple(sorted(case.case.case_id for case in cases if case.case.disputed))
    told = "" if holds is None else words.sensitive(holds, len(cases), expected, len(doubts), disputed)
    return Sensitivity(item.id, item.setting, len(cases), holds, expected, len(doubts), disputed, told)


def _holds(
    criteria: Criteria,
    criterion: Criterion,
    counted: Mapping[str, Counted],
    cases: Sequence[tuple[Scored, bool]],
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

    wrong = sum(bad for _, bad in cases)
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
    right: tuple[float, ...]
    wrong: tuple[float, ...]
    smallest: tuple[float, ...]
    largest: tuple[float, ...]
    sizes: tuple[float, ...]
    categories: Mapping[str, int]

    def corner(self, labels: int, higher: bool, smallest: bool) -> Counted:
        """The count at the highest or lowest rate there can be with so many labels corrected, at the smallest or the
        largest effective size."""
        n, bad = self.counted.sample.n, self.wrong[-1]
        if self.turned:
            rate = (bad + (self.right[labels] if higher else -self.wrong[labels])) / self.total
            return self._count(n, rate, self.smallest[0], len(self.sizes) - 1, self.counted.absent)
        n -= labels
        if not n:
            return replace(self.counted, sample=Sample(0, 0))
        rest = self.total - (self.right if higher else self.wrong)[labels]
        rate = (bad if higher else bad - self.wrong[labels]) / rest if rest > 0 else 0.0
        size = min((self.smallest if smallest else self.largest)[labels], n)
        sites = sum(size > labels for size in self.sizes)
        gone = tuple(key for key, cases in self.categories.items() if cases <= labels)
        return self._count(n, rate, size, sites, (*self.counted.absent, *gone))

    def _count(self, n: int, rate: float, size: float, sites: int, absent: tuple[str, ...]) -> Counted:
        rate = min(max(rate, 0.0), 1.0)
        sample = Sample(round(rate * n), n, () if self.alike else _clusters(rate, size, sites))
        return replace(self.counted, sample=sample, absent=absent)


def _reach(criterion: Criterion, counted: Counted, cases: Sequence[tuple[Scored, bool]]) -> _Reach:
    names = [case.case.cluster or f"\0{case.case.case_id}" for case, _ in cases]
    weights = [case.case.weight for case, _ in cases]
    clusters: dict[str, float] = defaultdict(float)
    for name, weight in zip(names, weights, strict=True):
        clusters[name] += weight
    pairs = [(clusters[name], weight) for name, weight in zip(names, weights, strict=True)]
    total, squares = math.fsum(weights), math.fsum(weight**2 for weight in clusters.values())
    # Taking s out of a cluster of weight a takes a^2 - (a - s)^2 off the squares: a s at least, at most the sum
    # of what each case would take off alone.
    least = _sums(cluster * weight for cluster, weight in pairs)
    most = _sums((2 * cluster * weight - weight**2 for cluster, weight in pairs), heaviest=True)
    heavy, light = _sums(weights, heaviest=True), _sums(weights)
    few = [(total - heavy[at]) ** 2 / max(squares - least[at], 1e-300) for at in range(len(cases))]
    many = [(total - light[at]) ** 2 / max(squares - most[at], 1e-300) for at in range(len(cases))]
    categories = Counter(case.case.category for case, _ in cases)
    return _Reach(
        criterion=criterion,
        counted=counted,
        alike=len(clusters) == len(cases) and len(set(weights)) == 1,
        turned=len(SPEAKS_OF[criterion.metric]) > 1,
        total=total,
        right=_sums((0.0 if bad else weight for weight, (_, bad) in zip(weights, cases, strict=True)), heaviest=True),
        wrong=_sums((weight if bad else 0.0 for weight, (_, bad) in zip(weights, cases, strict=True)), heaviest=True),
        smallest=tuple(accumulate(few, min)),
        largest=tuple(accumulate((min(size, len(clusters)) for size in many), max)),
        sizes=_sums(Counter(names).values()),
        categories={key: categories[key] for key in criterion.categories if categories[key]},
    )


def _sums(values: Iterable[float], heaviest: bool = False) -> tuple[float, ...]:
    return tuple(accumulate(sorted(values, reverse=heaviest), initial=0.0))


def _clusters(rate: float, size: float, sites: int) -> tuple[tuple[float, float], ...]:
    """So many clusters of this rate and effective size (Kish): one that is heavy or light beside others alike, with the
    weight b for which (b + m)^2 = size (b^2 + m)."""
    others = max(sites, math.ceil(size - 1e-9)) - 1
    over = max(size - 1, 1e-9)
    first = (others + math.sqrt(max(others**2 + over * others * (others - size), 0.0))) / over if others else 1.0
    return tuple((weight, rate * weight) for weight in (first, *[1.0] * others))
