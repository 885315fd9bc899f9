"""The four rates of Resnick, Hansen and Richardson (CACM 47(9), 2004), with k, n, interval and what was not scored."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from harness.model.words import Expectation, Metric, Outcome
from harness.score import intervals
from harness.score.outcome import Scored

OVERALL = "overall"


@dataclass(slots=True)
class Tally:
    """A confusion table: positive means "to be blocked". Unscored cases are kept by expectation."""

    tp: int = 0
    fn: int = 0
    fp: int = 0
    tn: int = 0
    unscored_block: int = 0
    unscored_allow: int = 0

    def add(self, item: Scored) -> None:
        block = item.case.expectation is Expectation.BLOCK
        if item.outcome is Outcome.UNSCORED:
            self.unscored_block += block
            self.unscored_allow += not block
        elif block:
            self.tp += item.outcome is Outcome.CORRECT
            self.fn += item.outcome is not Outcome.CORRECT
        else:
            self.tn += item.outcome is Outcome.CORRECT
            self.fp += item.outcome is not Outcome.CORRECT

    def of(self, metric: Metric) -> tuple[int, int, int, int]:
        """(k, n, unscored, unscored at worst counted in k) of one metric.

        For the metrics whose denominator is what the product did, any unscored case could have fallen into it.
        """
        match metric:
            case Metric.OK_SITES_OVER_BLOCK:
                return self.fp, self.fp + self.tn, self.unscored_allow, self.unscored_allow
            case Metric.BAD_SITES_UNDER_BLOCK:
                return self.fn, self.tp + self.fn, self.unscored_block, self.unscored_block
            case Metric.BLOCKED_SITES_OVER_BLOCK:
                return self.fp, self.tp + self.fp, self.unscored_block + self.unscored_allow, self.unscored_allow
            case Metric.UNBLOCKED_SITES_UNDER_BLOCK:
                return self.fn, self.fn + self.tn, self.unscored_block + self.unscored_allow, self.unscored_block


@dataclass(frozen=True, slots=True)
class Rate:
    """k of n with an exact two-sided interval; `estimate` is None when n is 0. `worst` is the rate if every unscored
    case had gone wrong."""

    metric: Metric
    category: str
    setting: str
    k: int
    n: int
    estimate: float | None
    lower: float
    upper: float
    confidence: float
    method: str
    unscored: int
    worst: float | None


def tallies(scored: Iterable[Scored]) -> dict[tuple[str, str], Tally]:
    """(setting, category) to tally; "overall" beside every category."""
    found: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for item in scored:
        found[item.setting, OVERALL].add(item)
        found[item.setting, item.case.category].add(item)
    return dict(found)


def rate(tally: Tally, metric: Metric, category: str, setting: str, confidence: float) -> Rate:
    """One rate of a tally."""
    k, n, unscored, wrong = tally.of(metric)
    lower, upper = intervals.two_sided(k, n, confidence)
    worst = (k + wrong) / (n + wrong) if n + wrong else None
    return Rate(
        metric,
        category,
        setting,
        k,
        n,
        k / n if n else None,
        lower,
        upper,
        confidence,
        intervals.TWO_SIDED,
        unscored,
        worst,
    )


def rates(scored: Iterable[Scored], confidence: float) -> list[Rate]:
    """All four rates overall; per category those that its planned cases can speak of. Sorted by setting, category,
    metric."""
    found = []
    for (setting, category), tally in sorted(
        tallies(scored).items(), key=lambda item: (item[0][0], item[0][1] != OVERALL, item[0][1])
    ):
        for metric in Metric:
            _, n, unscored, _ = tally.of(metric)
            if category == OVERALL or n + unscored:
                found.append(rate(tally, metric, category, setting, confidence))
    return found
