"""How many cases a criterion needs, and how many of them may go wrong, before anything is tested.

Every figure comes from `decide`, as the decision will: by the criterion's own rule, interval, sides and confidence.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from scipy import special

from harness.model.words import Decision, Design
from harness.profile.criteria import Criteria, Criterion
from harness.score.decide import decide
from harness.score.intervals import Sample
from harness.score.rates import Counted

MOST = 100_000  # independent cases; nobody tests more


@dataclass(frozen=True, slots=True)
class Size:
    """With `cases` cases, worth `sites` independent ones, a criterion passes with no more than `misses` wrong; -1 when
    it cannot. `power` is how likely that is at the rate expected."""

    cases: int
    sites: int
    misses: int
    power: float


class Planner:
    """Sizes for one criterion of a profile, at an expected rate of wrong cases.

    A member of a family that protects passes is planned for the hardest of Holm's steps, alpha shared by all members:
    then it passes whatever the others do."""

    def __init__(self, criteria: Criteria, criterion: Criterion, expect: float) -> None:
        shared = any(item.id == criterion.family and item.protects in ("pass", "both") for item in criteria.family)
        members = sum(item.family == criterion.family for item in criteria.criterion) if shared else 1
        # What the design is worth is said by the number of sites.
        self._criterion = criterion.model_copy(
            update={"confidence": 1 - (1 - criterion.confidence) / members, "family": "", "design": Design.CLUSTERS}
        )
        self._criteria = criteria.model_copy(update={"criterion": (self._criterion,), "family": ()})
        self._band, self._expect = criterion.age_band, expect

    def smallest(self, power: float, design_effect: float = 1.0) -> Size | None:
        """The fewest cases with which the criterion passes with this power (at least a half), None when `MOST` are too
        few. `design_effect` is how many cases are worth one independent one."""
        about = self._about(power)
        # The approximation is good for many cases, where going through all numbers would take long.
        sites = None if about > 2 * MOST else self._least(0, 1 if about < 1000 else int(0.9 * about))
        while sites is not None:
            found = self.able(math.ceil(sites * design_effect), sites)
            if found.power >= power:
                return found
            sites = self._least(self.misses(sites, sites) + 1, sites)
        return None

    def _about(self, power: float) -> float:
        """The number of cases by the normal approximation (Fleiss, Statistical Methods for Rates and Proportions)."""
        rule, bound, expect = self._criterion.rule, self._criterion.bound, self._expect
        if rule == "zero-tolerance":
            return 0.0
        if expect >= bound:
            return math.inf
        alpha = self._criterion.alpha if rule == "guard-band" else 0.5
        far = -special.ndtri(alpha) * math.sqrt(bound * (1 - bound))
        far += special.ndtri(power) * math.sqrt(expect * (1 - expect))
        return float((far / (bound - expect)) ** 2) if far else 0.0

    def able(self, cases: int, sites: int) -> Size:
        """What so many cases are good for."""
        if not cases:
            return Size(0, 0, -1, 0.0)
        return Size(cases, sites, self.misses(cases, sites), self._power(self.misses(sites, sites), sites))

    def misses(self, cases: int, sites: int) -> int:
        """The most that may go wrong of so many cases, worth so many independent ones; -1 when even none is too
        many."""
        low, high = -1, cases
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._passes(middle, cases, sites) else (low, middle - 1)
        return low

    def _least(self, misses: int, sites: int) -> int | None:
        """The fewest independent cases of which so many may go wrong, from `sites` on."""
        low, high = sites, sites
        while not self._passes(misses, high, high):
            if high == MOST:
                return None
            low, high = high + 1, min(2 * high, MOST)
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self._passes(misses, middle, middle) else (middle + 1, high)
        return low

    def _passes(self, misses: int, cases: int, sites: int) -> bool:
        if misses > cases:
            return False
        share = misses / cases
        clusters = ((1.0, share),) * sites if sites < cases else ()
        counted = Counted(Sample(misses, cases, clusters), 0, 0, None)
        (found,) = decide(self._criteria, {self._criterion.id: counted}, "", self._band)
        return found.decision is Decision.PASS

    def _power(self, misses: int, sites: int) -> float:
        """The chance of so few wrong ones among independent cases."""
        return float(special.bdtr(misses, sites, self._expect)) if misses >= 0 else 0.0


def together(powers: Iterable[float]) -> float:
    """At least how likely all pass, however they depend on each other (Boole's inequality)."""
    return max(0.0, 1 - sum(1 - power for power in powers))
