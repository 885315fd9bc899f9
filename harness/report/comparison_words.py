"""Who is best, and whether that is certain, in sentences a layperson understands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.report import plain
from harness.report.comparison_league import LOOSE, OPEN, STOPPED, VOID
from harness.report.comparison_rows import Row, listed
from harness.score.paired import BETTER, NOT_SHOWN, WORSE, Paired
from harness.score.ranks import Rank
from harness.score.rates import Rate

UNRANKED = {
    VOID: "void: the test is not valid and proves nothing",
    LOOSE: "not sealed: nothing shows that its evidence is as it was recorded",
    OPEN: "inconclusive: the test cannot say whether the criteria are met",
    STOPPED: "stopped early: what it tried depends on what it found",
}

PAIRED = (
    "A page counts where both runs were scored on it. The interval is Newcombe's for paired proportions (Statistics in"
    " Medicine 17, 1998, method 10), the test McNemar's exact one; where pages share a site it runs over sites, as an"
    " exact sign-flip test, and the interval stands at the effective size (Kish)"
)


@dataclass(frozen=True, slots=True)
class Point:
    """One answer under the headline: `who` leads, and `certain` says whether alone."""

    title: str
    who: str
    figures: tuple[str, ...]
    certainty: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer to "who is best?"; `certain` when one run stands before every other."""

    headline: str
    meaning: str
    certain: bool
    points: tuple[Point, ...]


def standing(rows: Sequence[Row]) -> Standing:
    """What the ranks of a league say."""
    ranked = [row for row in rows if row.entry.places]
    if len(ranked) < 2:
        only = f"Only {ranked[0].name} has" if ranked else "No run has"
        return Standing("No ranking", f"{only} a place: a run that is ranked is sealed, whole and decided.", False, ())
    points = (
        _point("Lets the fewest pages through that should be blocked", ranked, lambda row: row.under, "under"),
        _point("Blocks the fewest pages that should be allowed", ranked, lambda row: row.over, "over"),
    )
    first = [row for row in ranked if _rank(row, "both").best == 1]
    if len(first) == 1 and _rank(first[0], "both").certain:
        meaning = "It is shown better than every other ranked run at one rate or at both, and worse at neither."
        return Standing(first[0].name, meaning, True, points)
    if len(first) == 1:
        meaning = f"{first[0].name} leads: none stands before it, but it does not stand before every other."
    else:
        meaning = (
            f"{listed(first)} share the first place: chance may explain what differs between them, or the better at one"
            " rate is the worse at the other."
        )
    return Standing("No single best", meaning, False, points)


def rank(found: Rank) -> str:
    """A place, or the range of places that cannot be told apart."""
    return f"{found.best}" if found.certain else f"{found.best}–{found.worst}"


def share(rate: Rate) -> str:
    return f"{plain.percent(rate.estimate)} ({rate.k:,} of {rate.n:,})" if rate.n else "nothing scored"


def points(item: Paired) -> str:
    """A difference of two rates in percentage points."""
    if item.difference is None:
        return "–"
    return f"{100 * item.difference:+.1f} ({100 * item.lower:+.1f} to {100 * item.upper:+.1f})"


def chance(p: float) -> str:
    return "<0.0001" if p < 0.0001 else f"{p:.4f}"


def better(item: Paired, one: Row, other: Row) -> str:
    """What the difference between two runs shows."""
    words = {WORSE: f"{one.name} is better", BETTER: f"{other.name} is better", NOT_SHOWN: "No difference shown"}
    return words.get(item.finding, "Nothing to compare")


def _rank(row: Row, which: str) -> Rank:
    """The place by "under", "over" or "both" of a ranked run."""
    found: Rank = getattr(row.entry.places, which)
    return found


def _point(title: str, ranked: Sequence[Row], of: Callable[[Row], Rate], which: str) -> Point:
    first = sorted((row for row in ranked if _rank(row, which).best == 1), key=lambda row: of(row).estimate or 0.0)
    alone = len(first) == 1
    if alone and _rank(first[0], which).certain:
        said = "Certain: shown better than every other ranked run."
    elif alone:
        said = "Likely, not certain: the tests do not tell it apart from every other."
    elif len(first) == len(ranked):
        said = "Not certain: no run is shown worse than another."
    else:
        said = f"Not certain: the tests do not tell these {len(first)} apart."
    return Point(
        title,
        first[0].name if alone else f"Shared by {len(first)} runs",
        tuple(f"{row.name}: {share(of(row))}" for row in first),
        said,
        alone and _rank(first[0], which).certain,
    )
