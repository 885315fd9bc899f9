"""An open and a sealed part of a corpus beside each other: a product that does better on what its maker could see has
been tuned to it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from harness.model.words import Metric
from harness.profile.criteria import Shown
from harness.score.outcome import Scored
from harness.score.rates import OVERALL, Rate, rate, tally
from harness.score.table import table

METRICS = (Metric.BAD_SITES_UNDER_BLOCK, Metric.OK_SITES_OVER_BLOCK)
METHOD = "Newcombe 1998 (independent), method 10, from the intervals of both rates"


@dataclass(frozen=True, slots=True)
class Parts:
    """One rate on both parts; `difference` is sealed less open, None without cases in both, and `worse` says that the
    sealed part went worse than chance explains."""

    setting: str
    practice: Rate
    sealed: Rate
    difference: float | None
    lower: float
    upper: float
    method: str = METHOD

    @property
    def metric(self) -> Metric:
        return self.practice.metric

    @property
    def worse(self) -> bool:
        return self.difference is not None and self.lower > 0


def parts(scored: Iterable[Scored], shown: Shown) -> list[Parts]:
    """Each rate of `METRICS` at each setting; empty unless there are cases of both parts.

    Source of the interval: Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10: the intervals of both
    proportions combined; Zou and Donner 2008 for others than Wilson's."""
    cases = table(scored)
    found = []
    for setting in sorted(cases.codes("setting").values):
        rows = cases.where(setting=setting)
        sealed = cases.sealed[rows]
        if sealed.any() and not sealed.all():
            counted = [tally(cases, rows[part]) for part in (~sealed, sealed)]
            for metric in METRICS:
                found.append(_parts(*(rate(part, metric, OVERALL, setting, shown) for part in counted)))
    return found


def _parts(one: Rate, other: Rate) -> Parts:
    if one.estimate is None or other.estimate is None:
        return Parts(one.setting, one, other, None, -1.0, 1.0)
    low = math.hypot(other.estimate - other.lower, one.upper - one.estimate)
    high = math.hypot(other.upper - other.estimate, one.estimate - one.lower)
    difference = other.estimate - one.estimate
    return Parts(
        one.setting, one, other, round(difference, 12), round(difference - low, 12), round(difference + high, 12)
    )
