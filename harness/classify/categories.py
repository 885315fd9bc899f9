"""The rule "categories": a product that says what category pages are of is right about them often enough."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from harness.classify.finding import Found, broken, held, not_assessed
from harness.model.check import Check, Tried
from harness.model.words import Design, Interval
from harness.score.agreement import cohen
from harness.score.intervals import Sample, bounds

NONE = "none"
CONFIDENCE = 0.95


def judge(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """The share of pages named rightly is at least `accuracy`, and of each category at least `recall`. Facts: `pages`,
    each with its id, actual category, what was said, and answered category, "none" for none."""
    counts = Counter((actual, named) for _, actual, _, named in test[-1].facts["pages"])
    if not any(named != NONE for _, named in counts):
        return not_assessed(
            "no-answer", f"of {counts.total()} pages it named a category for none: it needs lists that know them"
        )
    figures = table(counts)
    right, n = figures["accuracy"]["k"], figures["accuracy"]["n"]
    words = f"{right} of {n} pages named rightly ({_share(figures['accuracy'])}), kappa {figures['kappa']}"
    weak = [
        f"{name} {item['recall']['k']} of {item['recall']['n']}"
        for name, item in figures["categories"].items()
        if item["recall"]["n"] and item["recall"]["share"] < check.given["recall"]
    ]
    if figures["accuracy"]["share"] < check.given["accuracy"]:
        return broken("inaccurate", f"{words}; at least {check.given['accuracy']:.0%} asked", **figures)
    if weak:
        return broken(
            "weak", f"{words}; of a category at least {check.given['recall']:.0%} asked: {', '.join(weak)}", **figures
        )
    return held("accurate", words, **figures)


def table(counts: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    """The confusion matrix of how often what is actually of one category was named another, with the accuracy, the
    precision and recall of each category as k of n, with Clopper-Pearson intervals, and Cohen's kappa, None where it is
    not defined."""
    names = sorted({name for pair in counts for name in pair})
    total = sum(counts.values())
    actual, named = ({name: _sum(counts, side, name) for name in names} for side in (0, 1))
    right = {name: counts.get((name, name), 0) for name in names}
    return {
        "matrix": {one: {other: counts.get((one, other), 0) for other in names} for one in names},
        "accuracy": _rate(sum(right.values()), total),
        "categories": {
            name: {"precision": _rate(right[name], named[name]), "recall": _rate(right[name], actual[name])}
            for name in names
        },
        "kappa": round(cohen(counts)[0], 3) if len(names) > 1 else None,
        "method": f"Clopper-Pearson, {CONFIDENCE:.0%}, pages taken as independent; Cohen's kappa",
    }


def _rate(k: int, n: int) -> dict[str, Any]:
    lower, upper = bounds(Sample(k, n), Interval.CLOPPER_PEARSON, Design.INDEPENDENT, (1 - CONFIDENCE) / 2)
    return {"k": k, "n": n, "share": k / n if n else None, "lower": lower, "upper": upper}


def _sum(counts: Mapping[tuple[str, str], int], side: int, name: str) -> int:
    return sum(count for pair, count in counts.items() if pair[side] == name)


def _share(rate: Mapping[str, Any]) -> str:
    return f"{rate['share']:.1%}, {rate['lower']:.1%} to {rate['upper']:.1%}"
