"""How far the fast tier agrees with the browser on the cases that both saw, and whether its verdicts may count."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.classify.tiers import certain
from harness.classify.verdict import Judgement
from harness.model.case import Case
from harness.model.words import Design, Interval, Validity
from harness.profile.criteria import Fast
from harness.score import intervals
from harness.score.agreement import cohen
from harness.score.clusters import Clusters
from harness.score.intervals import Sample
from harness.score.rates import OVERALL

METHOD = Interval.CLOPPER_PEARSON


@dataclass(frozen=True, slots=True)
class Both:
    """A case of the sample, as either tier alone has it judged."""

    case: Case
    fast: Judgement
    browser: Judgement

    @property
    def comparable(self) -> bool:
        """Whether the fast tier's verdict would have stood, and the browser shows how it ought to be."""
        return certain(self.fast) and self.browser.validity is Validity.VALID

    @property
    def agree(self) -> bool:
        return self.fast.verdict is self.browser.verdict


@dataclass(frozen=True, slots=True)
class Stratum:
    """Of `n` cases of a category that can be compared both tiers gave `k` the same verdict, with a two-sided interval.
    Where the browser's attempts do not agree among themselves, the tiers do not. `kappa` is None where it is not
    defined."""

    category: str
    k: int
    n: int
    share: float | None
    lower: float
    upper: float
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Tiers:
    """At one setting: `sampled` cases went through both tiers, of which `doubtful` ones the fast tier left to the
    browser, and `invalid` ones the browser could not judge; all others can be compared. `differing` are cases, by id,
    that the tiers judge differently. The fast tier's verdicts are `usable` if the criteria allow them and the lower
    bound over all strata, the first, is at least `minimum`."""

    setting: str
    sampled: int
    doubtful: int
    invalid: int
    strata: tuple[Stratum, ...]
    differing: tuple[str, ...]
    confidence: float
    method: str
    allowed: bool
    minimum: float
    usable: bool


def tiers(setting: str, seen: Sequence[Both], asked: Fast | None, confidence: float, design: Design) -> Tiers:
    """The tiers compared on the sample at a setting. Pure."""
    compared = [item for item in seen if item.comparable]
    groups: dict[str, list[Both]] = defaultdict(list)
    for item in compared:
        groups[item.case.category].append(item)
    alpha = (1 - confidence) / 2
    strata = (
        _stratum(OVERALL, compared, design, alpha),
        *(_stratum(key, groups[key], design, alpha) for key in sorted(groups)),
    )
    allowed, minimum = asked is not None and asked.allowed, asked.minimum_agreement if asked else 1.0
    return Tiers(
        setting=setting,
        sampled=len(seen),
        doubtful=sum(not certain(item.fast) for item in seen),
        invalid=sum(certain(item.fast) and not item.comparable for item in seen),
        strata=strata,
        differing=tuple(sorted(item.case.case_id for item in compared if not item.agree)),
        confidence=confidence,
        method=f"{intervals.name(METHOD, design)}, two-sided",
        allowed=allowed,
        minimum=minimum,
        usable=allowed and strata[0].lower >= minimum,
    )


def _stratum(category: str, seen: Sequence[Both], design: Design, alpha: float) -> Stratum:
    k, n = sum(item.agree for item in seen), len(seen)
    low, high = intervals.bounds(Sample(n - k, n, _clusters(seen)), METHOD, design, alpha)
    pairs = Counter((item.fast.verdict, item.browser.verdict) for item in seen)
    several = len({verdict for pair in pairs for verdict in pair}) > 1
    kappa = round(cohen(pairs)[0], 12) if several else None
    return Stratum(category, k, n, k / n if n else None, round(1 - high, 12), round(1 - low, 12), kappa)


def _clusters(seen: Iterable[Both]) -> Clusters:
    """Cases and those judged differently, by cluster; a case that stands alone is one."""
    found: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for item in seen:
        row = found[item.case.cluster or f"\0{item.case.case_id}"]
        row[0] += 1
        row[1] += not item.agree
    return Clusters.of((row[0], row[1]) for row in found.values())
