"""How far the raters of a corpus agree on its labels, over all categories and on each."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from scipy import stats

from harness.model.words import Expectation
from harness.score.agreement import COHEN, FLEISS, cohen, fleiss
from harness.score.alpha import alpha
from harness.score.rates import OVERALL

Label = tuple[str, Expectation]  # category and expectation
NO_KAPPA = "no kappa: too few cases with as many ratings, or all of them the same"


@dataclass(frozen=True, slots=True)
class Raters:
    """Of `n` cases with two ratings or more all raters said the same on `k`. Kappa is of `kappa_n` of them, those with
    the number of ratings that most have; None, like its bounds and alpha's, where it is not defined."""

    category: str
    k: int
    n: int
    kappa: float | None
    kappa_lower: float | None
    kappa_upper: float | None
    kappa_n: int
    method: str
    alpha: float | None
    alpha_lower: float | None
    alpha_upper: float | None
    confidence: float


def raters(rated: Mapping[str, Mapping[str, Label]], confidence: float, seed: int) -> list[Raters]:
    """From case id to rater to label: on whole labels, then on whether a case is of a category or of any other, for
    each that a rater named. Same seed, same intervals."""
    cases = [rated[key] for key in sorted(rated) if len(rated[key]) > 1]
    names = sorted({category for said in cases for category, _ in said.values()})
    parts: list[tuple[str, list[dict[str, Hashable]]]] = [(OVERALL, [dict(said) for said in cases])]
    for name in names:
        parts.append((name, [{who: label[0] == name for who, label in said.items()} for said in cases]))
    return [_raters(name, said, confidence, seed) for name, said in parts]


def _raters(name: str, cases: Sequence[Mapping[str, Hashable]], confidence: float, seed: int) -> Raters:
    kappa, lower, upper, n, method = _kappa(cases, confidence)
    found = alpha([list(said.values()) for said in cases], confidence, seed)
    same = sum(len(set(said.values())) == 1 for said in cases)
    return Raters(
        name, same, len(cases), kappa, lower, upper, n, method, found.value, found.lower, found.upper, confidence
    )


def _kappa(
    cases: Sequence[Mapping[str, Hashable]], confidence: float
) -> tuple[float | None, float | None, float | None, int, str]:
    """Cohen's of two raters, Fleiss' of more, with bounds where there are any, number of cases and method."""
    people = sorted({who for said in cases for who in said})
    counted = Counter(len(said) for said in cases)
    most = max(counted, key=lambda size: (counted[size], size), default=0)
    rows = [[said[who] for who in people if who in said] for said in cases if len(said) == most]
    if len({value for row in rows for value in row}) < 2:
        return None, None, None, len(rows), NO_KAPPA
    if len(people) > 2:
        return round(fleiss(rows), 12), None, None, len(rows), FLEISS
    kappa, error = cohen(Counter((one, other) for one, other in rows))
    half = float(stats.norm.isf((1 - confidence) / 2)) * error
    if error < 1e-9:
        return round(kappa, 12), None, None, len(rows), COHEN
    return round(kappa, 12), max(kappa - half, -1.0), min(kappa + half, 1.0), len(rows), COHEN
