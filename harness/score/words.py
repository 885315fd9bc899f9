"""Why a criterion was decided as it was, in one sentence a layperson understands, with the figures behind it."""

from harness.model.words import Decision, Design
from harness.profile.criteria import Criterion
from harness.score import intervals
from harness.score.intervals import Sample

LISTED = 5  # cases named in a sentence
NOTHING = "No case could be scored, so nothing can be said."


def untested(band: str) -> str:
    return f"No setting that was tested is declared for the age band {band}, so nothing can be said."


def absent(categories: tuple[str, ...]) -> str:
    return f"No case could be scored of {', '.join(categories)}, which the criterion asks for."


def too_few(n: int, minimum: int) -> str:
    return f"Only {n} of the {minimum} cases that are needed could be scored."


def too_alike(clusters: int, minimum: int) -> str:
    return f"The cases come from only {clusters} of the {minimum} independent sites that are needed."


def too_many_unscored(unscored: int, n: int, most: float) -> str:
    return f"{unscored} cases ({unscored / (n + unscored):.1%}) could not be scored; at most {most:.1%} may be."


def measured(decision: Decision, sample: Sample, criterion: Criterion, lower: float, upper: float) -> str:
    """The sentence for a decision that rests on the rate itself."""
    at, bound = f"at {criterion.confidence:.0%} confidence", f"{criterion.bound:.1%}"
    wrong, share = _wrong(sample, criterion), f"{sample.estimate:.1%}"
    if criterion.rule == "zero-tolerance":
        return f"{wrong}, and none may; {at} the true rate is at most {upper:.1%}."
    if criterion.rule == "simple-acceptance":
        return f"{wrong} ({share}); the bound is {bound}, compared without a guard band."
    if decision is Decision.FAIL:
        return f"{wrong}; {at} the true rate is above {lower:.1%}, and the bound is {bound}."
    if decision is Decision.PASS:
        return f"{wrong}; {at} the true rate is at most {upper:.1%}, within the bound of {bound}."
    side = "within" if decision is Decision.CONDITIONAL_PASS else "above"
    return (
        f"{wrong} ({share}), {side} the bound of {bound}, but {at} the true rate may lie between {lower:.1%} and"
        f" {upper:.1%}."
    )


def joint(alone: Decision, sample: Sample, criterion: Criterion, members: int) -> str:
    """A decision that stands for one criterion alone, and not for all of its family together."""
    return (
        f"{_wrong(sample, criterion)} ({sample.estimate:.1%}); by itself that would be a {alone}, but with {members}"
        " criteria decided together chance could explain one such result."
    )


def early(sample: Sample, left_out: int, decision: Decision) -> str:
    return (
        f"{sample.k} of {sample.n} cases went wrong; whatever the {left_out} cases left out had shown, this would be a"
        f" {decision}."
    )


def spoilt(left_out: int) -> str:
    were = "case was" if left_out == 1 else "cases were"
    return f"{left_out} {were} left out, and could have changed the decision."


def sensitive(holds: int, labels: int, expected: float | None, known: int, disputed: tuple[str, ...]) -> str:
    """How many wrong labels a decision stands, and how many there may be."""
    found = f"The decision holds unless more than {holds} of the {labels} labels it rests on are wrong"
    if not holds:
        found = f"One wrong label among the {labels} it rests on could change the decision"
    if expected is not None:
        of = "" if known == labels else f" of the {known} whose confidence is known"
        found += f"; about {expected:.1f}{of} are expected to be"
    if disputed:
        more = f" and {len(disputed) - LISTED} more" if len(disputed) > LISTED else ""
        found += f"; raters disagree on {', '.join(disputed[:LISTED])}{more}, which nobody has settled"
    return f"{found}."


def _wrong(sample: Sample, criterion: Criterion) -> str:
    worth = intervals.effective(sample, criterion.design, criterion.alpha)
    counted = f", worth {worth:.0f} independent ones," if criterion.design is not Design.INDEPENDENT else ""
    counted = counted if worth < sample.n - 0.5 else ""
    return f"{sample.k or 'None'} of {sample.n} cases{counted} went wrong"
