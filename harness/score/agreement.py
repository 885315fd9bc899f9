"""How far runs agree on the verdicts of the same cases, beyond what chance would bring about."""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from scipy import stats

from harness.model.words import Verdict
from harness.score.outcome import Scored
from harness.score.paired import effective
from harness.score.rates import OVERALL

COHEN = "Cohen's kappa, large-sample interval (Fleiss, Cohen and Everitt 1969)"
FLEISS = "Fleiss' kappa, without an interval"

Value = TypeVar("Value", bound=Hashable)
Row = Sequence[Scored]  # the same case in each run, in the order of the runs


@dataclass(frozen=True, slots=True)
class Agreement:
    """All runs gave `k` of `n` cases the same verdict, of those with a verdict in every run. `kappa` is None when it is
    not defined, its bounds when there is no interval; `note` then says why."""

    category: str
    k: int
    n: int
    share: float | None
    kappa: float | None
    lower: float | None
    upper: float | None
    confidence: float
    method: str
    note: str


def agreement(rows: Iterable[Row], confidence: float) -> list[Agreement]:
    """Overall and then by category: Cohen's kappa for two runs, Fleiss' for more."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if all(item.judgement.verdict is not Verdict.INDETERMINATE for item in row):
            groups[OVERALL].append(row)
            groups[row[0].case.category].append(row)
    names = sorted(groups, key=lambda name: (name != OVERALL, name))
    return [_agreement(groups[name], name, confidence) for name in names]


def cohen(counts: Mapping[tuple[Value, Value], float]) -> tuple[float, float]:
    """Kappa of two raters and its large-sample standard error. At least two classes must have been given.

    Sources: Cohen, Educational and Psychological Measurement 20 (1960); Fleiss, Cohen and Everitt, Psychological
    Bulletin 72 (1969), equation 13."""
    n = sum(counts.values())
    classes = dict.fromkeys(value for pair in counts for value in pair)
    rows, columns = (
        {value: sum(count for pair, count in counts.items() if pair[side] == value) / n for value in classes}
        for side in (0, 1)
    )
    agreed = sum(count for (one, other), count in counts.items() if one == other) / n
    chance = sum(rows[value] * columns[value] for value in classes)
    kappa = (agreed - chance) / (1 - chance)
    variance = -((kappa - chance * (1 - kappa)) ** 2)
    for (one, other), count in counts.items():
        if one == other:
            variance += count / n * (1 - (rows[one] + columns[one]) * (1 - kappa)) ** 2
        else:
            variance += count / n * ((1 - kappa) * (columns[one] + rows[other])) ** 2
    return kappa, math.sqrt(max(variance, 0.0) / n) / (1 - chance)


def fleiss(rows: Sequence[Sequence[Value]]) -> float:
    """Kappa of as many raters as each row is long. At least two classes must have been given.

    Source: Fleiss, Psychological Bulletin 76 (1971)."""
    n, raters = len(rows), len(rows[0])
    given = [Counter(row) for row in rows]
    agreed = sum(sum(count * (count - 1) for count in row.values()) for row in given) / (n * raters * (raters - 1))
    classes = dict.fromkeys(value for row in rows for value in row)
    chance = sum((sum(row[value] for row in given) / (n * raters)) ** 2 for value in classes)
    return (agreed - chance) / (1 - chance)


def _agreement(rows: Sequence[Row], category: str, confidence: float) -> Agreement:
    seen = [tuple(item.judgement.verdict for item in row) for row in rows]
    k, n, runs = sum(len(set(row)) == 1 for row in seen), len(seen), len(seen[0])
    found = Agreement(category, k, n, k / n, None, None, None, confidence, COHEN if runs == 2 else FLEISS, "")
    if len({verdict for row in seen for verdict in row}) == 1:
        return replace(found, note="All verdicts are the same; kappa is not defined then.")
    if runs > 2:
        return replace(found, kappa=round(fleiss(seen), 12))
    clusters, worth = effective(replace(row[0].case, weight=1.0) for row in rows)
    # Kappa does not depend on the size of the table, its error does.
    kappa, error = cohen({(one, other): count * worth / n for (one, other), count in Counter(seen).items()})
    kappa, half = round(kappa, 12), float(stats.norm.isf((1 - confidence) / 2)) * error
    if error < 1e-9:
        return replace(found, kappa=kappa, note="The large-sample method gives no interval for such a table.")
    return replace(
        found,
        kappa=kappa,
        lower=round(max(kappa - half, -1.0), 12),
        upper=round(min(kappa + half, 1.0), 12),
        method=COHEN + (", at the effective size of clusters (Kish)" if clusters < n else ""),
    )
