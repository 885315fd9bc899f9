"""Krippendorff's alpha for nominal values: agreement beyond chance of any number of raters, who may leave cases out."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from scipy import stats

METHOD = "Krippendorff's alpha, nominal; percentile bootstrap over cases"
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Alpha:
    """`n` cases with two ratings or more; without any, or where all ratings are the same, `value` is None. The interval
    is None where it cannot be drawn."""

    n: int
    value: float | None
    lower: float | None = None
    upper: float | None = None


def alpha(units: Iterable[Sequence[Hashable]], confidence: float, seed: int, draws: int = DRAWS) -> Alpha:
    """From the values given to each case, in any order, by whoever gave one. Same seed, same interval.

    Sources: Krippendorff, Content Analysis, 3rd edition (2013), 12.3; for drawing cases with replacement, Zapf,
    Castell, Morawietz and Karch, BMC Medical Research Methodology 16:93 (2016)."""
    # Cases rated alike are worth the same, in whatever order the cases come.
    patterns = Counter(tuple(sorted(map(str, unit))) for unit in units if len(unit) > 1)
    kinds = sorted(patterns)
    classes = sorted({value for kind in kinds for value in kind})
    times = [patterns[kind] for kind in kinds]
    table = [[kind.count(value) for value in classes] for kind in kinds]
    agreed = [sum(count * (count - 1) for count in row) / (sum(row) - 1) for row in table]
    n = sum(times)
    value = _alpha(_dot(times, agreed), [_dot(times, column) for column in zip(*table, strict=True)])
    if value is None or n < 2:
        return Alpha(n, value)
    drawn = stats.multinomial.rvs(n, [count / n for count in times], size=draws, random_state=seed)
    again = zip(drawn.dot(agreed).tolist(), drawn.dot(table).tolist(), strict=True)
    # A draw in which all ratings are the same says nothing of chance.
    seen = sorted(found for same, totals in again if (found := _alpha(same, totals)) is not None)
    if len(seen) < draws / 2:
        return Alpha(n, value)
    tail = (1 - confidence) / 2
    return Alpha(n, value, _quantile(seen, tail), _quantile(seen, 1 - tail))


def _alpha(agreed: float, totals: Sequence[float]) -> float | None:
    """From the agreeing pairs, each case's shared by its ratings less one, and how often each value was given."""
    n = sum(totals)
    mixed = n * n - sum(total * total for total in totals)
    return round(1 - (n - 1) * (n - agreed) / mixed, 12) if mixed else None


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed, between two neighbours by proportion."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (place - low) * (ordered[high] - ordered[low]), 12)
