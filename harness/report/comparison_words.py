"""Who is best, and whether that is certain, in sentences a layperson understands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.model.words import Metric
from harness.report import plain
from harness.report.comparison_league import LOOSE, OPEN, STOPPED, VOID, Between
from harness.report.comparison_rows import OVER, UNDER, Row, listed
from harness.score.paired import BETTER, NOT_SHOWN, WORSE, Paired
from harness.score.ranks import Rank
from harness.score.rates import Rate

UNRANKED = {
    VOID: "void: the test is not valid and proves nothing",
    LOOSE: "not sealed: nothing shows that its evidence is as it was recorded",
    OPEN: "inconclusive: the test cannot say whether the criteria are met",
    STOPPED: "stopped early: what it tried depends on what it found",
}

WHY = "chance may explain what differs between them, or the better at one rate is the worse at the other."
PAIRED = (
    "A page counts where both runs were scored on it. The interval is Newcombe's for paired proportions (Statistics in"
    " Medicine 17, 1998, method 10), the test McNemar's exact one; where pages share a site it runs over sites, as an"
    " exact sign-flip test, and the interval stands at the effective size (Kish)"
)


@dataclass(frozen=True, slots=True)
class Point:
    """One answer under the headline: `who` did best there with which figures, and whether that is `certain`."""

    title: str
    who: str
    figures: str
    certainty: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer to "who is best?"; `certain` when one run stands before every other."""

    headline: str
    meaning: str
    certain: bool
    points: tuple[Point, ...]


def standing(rows: Sequence[Row], pairs: Sequence[Between]) -> Standing:
    """What the ranks of a league say."""
    ranked = [row for row in rows if row.entry.places]
    if len(ranked) < 2:
        only = f"Only {ranked[0].name} has" if ranked else "No run has"
        return Standing("No ranking", f"{only} a place: a run that is ranked is sealed, whole and decided.", False, ())
    asked = (
        _point("Lets the fewest pages through that should be blocked", ranked, pairs, lambda row: row.under, UNDER),
        _point("Blocks the fewest pages that should be allowed", ranked, pairs, lambda row: row.over, OVER),
    )
    points = tuple(point for point in asked if point)
    places = {row.number: row.entry.places.both for row in ranked if row.entry.places}
    first = [row for row in ranked if places[row.number].best == 1]
    if len(first) == 1 and places[first[0].number].certain:
        meaning = "It is shown better than every other ranked run at one rate or at both, and worse at neither."
        return Standing(first[0].name, meaning, True, points)
    if len(first) == 1:
        meaning = f"{first[0].name} leads: none stands before it, but it does not stand before every other."
    elif len(first) == len(ranked):
        meaning = f"{'Both' if len(ranked) == 2 else 'All'} ranked runs share the first place: {WHY}"
    else:
        meaning = f"{len(first)} runs share the first place ({numbers(first)}): {WHY}"
    return Standing("No single best", meaning, False, points)


def numbers(rows: Sequence[Row]) -> str:
    """Runs by their numbers, in a sentence."""
    found = [f"{number}" for number in sorted(row.number for row in rows)]
    return " and ".join(filter(None, (", ".join(found[:-1]), found[-1])))


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


def _point(
    title: str, ranked: Sequence[Row], pairs: Sequence[Between], of: Callable[[Row], Rate], metric: Metric
) -> Point | None:
    """Who did best by one rate; None where nothing was scored."""
    known = [row for row in ranked if of(row).n]
    if not known:
        return None
    lowest = min(of(row).estimate or 0.0 for row in known)
    best = [row for row in known if of(row).estimate == lowest]
    told = {number for row in best for number in _told_apart(row.number, pairs, metric)}
    others = [row for row in known if row not in best]
    close = [row for row in others if row.number not in told]
    if len(best) > 1:
        said = "No difference was seen between them" + (f"; not told apart from {numbers(close)}." if close else ".")
    elif close:
        said = f"Not certain: the tests do not tell it apart from {numbers(close)}."
    else:
        said = "Certain: shown better than every other ranked run."
    who = listed(best) if len(best) < 4 else f"Alike: runs {numbers(best)}"
    return Point(title, who, share(of(best[0])), said, len(best) == 1 and not close)


def _told_apart(number: int, pairs: Sequence[Between], metric: Metric) -> set[int]:
    """The runs shown worse than this one at one rate."""
    shown = [(pair, item.finding) for pair in pairs for item in pair.rates if item.metric is metric]
    return {pair.other for pair, finding in shown if pair.one == number and finding == WORSE} | {
        pair.one for pair, finding in shown if pair.other == number and finding == BETTER
    }
