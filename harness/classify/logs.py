"""Rules on what a product's logs hold of attempts that were made: none missing, none invented, in time, whole, dated
rightly, in order.

Facts: `attempts`, each with the `mark` in its address, `began` and `ended` (seconds since 1970) and whether it `came`
"through", was "blocked", or is "unclear"; and `logs`, each with its `entries` in the order written.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

from harness.classify.finding import Found, broken, held, not_assessed
from harness.classify.share import share, words
from harness.model.check import Check, Standing, Tried

Facts = dict[str, Any]
Judge = Callable[[Check, Sequence[Facts], Facts], Found]
WORST = (Standing.BROKEN, Standing.NOT_ASSESSED, Standing.HELD)
TOLERATED = 0.1  # of all entries may be late, as a machine stands still now and then


def of_each(judge: Judge) -> Callable[[Check, Sequence[Tried], Sequence[Tried]], Found]:
    """The rule that judges every log of the last try by itself and finds what is worst."""

    def rule(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
        facts = test[-1].facts
        found = {log["name"]: judge(check, facts["attempts"], log) for log in facts["logs"]}
        if not found:
            return not_assessed("no-log", "there was no log to look into")
        worst = min(found.values(), key=lambda item: WORST.index(item.standing))
        said = [f"{name}: {item.words}" for name, item in found.items() if item.standing is worst.standing]
        figures = {name: item.figures for name, item in found.items()}
        return Found(worst.standing, worst.rule, "; ".join(said) if len(found) > 1 else worst.words, figures)

    return rule


def complete(check: Check, attempts: Sequence[Facts], log: Facts) -> Found:
    """Every attempt that the log is for has an entry."""
    wanted = _wanted(attempts, log)
    if len(wanted) < len(attempts) / 4:
        return not_assessed("unclear", "too few attempts came out clearly to be looked for")
    missing = [item for item in wanted if not _entries(item, log)]
    figure = share(len(missing), len(wanted))
    if len(missing) == len(wanted):
        return broken("nothing", f"none of {len(wanted)} attempts is in the log after {log['waited']:g} s", **figure)
    if missing:
        return broken("missing", f"{words(figure)} attempts are missing, {missing[0]['url']} among them", **figure)
    said = f"all of {len(wanted)} attempts are in it, so at most {100 * figure['high']:.2g} % are missed"
    return held("complete", said, **figure)


def true(check: Check, attempts: Sequence[Facts], log: Facts) -> Found:
    """No entry is of something that nobody asked for, or says the contrary of what became of it."""
    if not log["entries"]:
        return not_assessed("no-entries", "the log holds nothing")
    known = [item["mark"] for item in attempts]
    invented = [entry for entry in log["entries"] if not any(mark in entry["url"] for mark in known)]
    wrong = [item for item in attempts if _contradicted(item, log)]
    figure = share(min(len(invented) + len(wrong), len(log["entries"])), len(log["entries"]))
    if invented:
        said = f"{len(invented)} of {figure['n']} entries are of what nobody asked for: {invented[0]['text']!r}"
        return broken("invented", said, **figure)
    if wrong:
        came = "was blocked" if wrong[0]["came"] == "blocked" else "came through"
        said = f"{len(wrong)} of {len(attempts)} attempts stand there as what they were not: {wrong[0]['url']} {came}"
        return broken("contrary", said, **figure)
    return held(
        "true", f"none of {figure['n']} entries is false, so at most {100 * figure['high']:.2g} % are", **figure
    )


def prompt(check: Check, attempts: Sequence[Facts], log: Facts) -> Found:
    """Entries are there within the time that the profile promises."""
    delays = sorted(
        max(0.0, min(entry["seen"] for entry in entries) - item["ended"])
        for item in _wanted(attempts, log)
        if (entries := _entries(item, log))
    )
    if not delays:
        return not_assessed("no-entries", "no attempt is in the log")
    figures = {f"p{part}": round(_percentile(delays, part), 3) for part in (50, 90, 95, 100)}
    late = share(sum(item > log["seconds"] for item in delays), len(delays))
    half, last = (max(0.1, figures[name]) for name in ("p50", "p100"))
    said = f"half of {late['n']} entries within {half:.2g} s, the last within {last:.2g} s"
    if late["k"] > TOLERATED * late["n"]:
        return broken("late", f"{words(late)} entries later than {log['seconds']:g} s: {said}", **figures, **late)
    return held("prompt", said, **figures, **late)


def whole(check: Check, attempts: Sequence[Facts], log: Facts) -> Found:
    """Entries say what was asked for, when, whether it was blocked and, where users are told apart, by whom."""
    there = [item for item in _wanted(attempts, log) if item["came"] != "unclear" and _entries(item, log)]
    if not there:
        return not_assessed("no-entries", "no attempt is in the log")
    lacking: dict[str, int] = {}
    for item in there:
        entries = _entries(item, log)
        page = f"/page-{item['mark']}"
        # Of an address by https a product that does not decrypt knows the host alone.
        host = log["names"] == "host" or item["url"].startswith("https:")
        has = {
            "address": host or any(page in entry["url"] for entry in entries),
            "time": any(entry["time"] is not None for entry in entries),
            "action": log["covers"] == "blocked" or any(entry["says"] for entry in entries) or _silently(item, log),
            "user": not log["users"] or any(entry["user"] == log["users"][item["user"]] for entry in entries),
        }
        for part in (name for name, ok in has.items() if not ok):
            lacking[part] = lacking.get(part, 0) + 1
    if lacking:
        said = ", ".join(f"the {part} in {count} of {len(there)}" for part, count in sorted(lacking.items()))
        return broken("lacking", f"entries lack {said}", n=len(there), lacking=lacking)
    parts = ["the host" if log["names"] == "host" else "the address", "the time", "whether it was blocked"]
    parts += ["the user"] if log["users"] else []
    return held("whole", f"{len(there)} of {len(there)} entries say {', '.join(parts)}", n=len(there), lacking={})


def dated(check: Check, attempts: Sequence[Facts], log: Facts) -> Found:
    """The time of an entry lies within `given.seconds` of the attempt."""
    off = [
        min(max(item["began"] - entry["time"], entry["time"] - item["ended"], 0.0) for entry in entries)
        for item in attempts
        if (entries := [entry for entry in _entries(item, log) if entry["time"] is not None])
    ]
    if not off:
        return not_assessed("no-times", "no entry of an attempt states a time that can be read")
    wrong = share(sum(item > check.given["seconds"] for item in off), len(off))
    zoned = all(entry["zoned"] for entry in log["entries"])
    figures = {"most": round(max(off), 3), "zone_stated": zoned, **wrong}
    zone = "" if zoned else "; they state no zone, and are read in the one that the profile names"
    if wrong["k"]:
        return broken("off", f"{words(wrong)} times are wrong, by up to {max(off):.3g} s{zone}", **figures)
    return held("right", f"the times of {len(off)} entries are right to {max(1.0, max(off)):.2g} s{zone}", **figures)


def ordered(check: Check, attempts: Sequence[Facts], log: Facts) -> Found:
    """Entries stand in the order of the attempts."""
    places = [
        next(place for place, entry in enumerate(log["entries"]) if item["mark"] in entry["url"])
        for item in _wanted(attempts, log)
        if _entries(item, log)
    ]
    if len(places) < 2:
        return not_assessed("too-few", "fewer than two attempts are in the log")
    wrong = share(sum(before > after for before, after in itertools.pairwise(places)), len(places) - 1)
    if wrong["k"]:
        return broken("shuffled", f"{words(wrong)} entries stand before the one that they came after", **wrong)
    return held("ordered", f"{len(places)} entries stand in the order of the attempts", **wrong)


def private(check: Check, attempts: Sequence[Facts], log: Facts) -> Found:
    """A log that is said to leave it out holds nothing of what was sent."""
    if not log["of"]:
        return not_assessed("no-entries", "no attempt is in the log, so it cannot show what it would keep")
    figures = {"k": len(log["kept"]), "n": len(attempts)}
    if log["kept"]:
        return broken("kept", f"{figures['k']} of {figures['n']} secrets that were sent stand in it", **figures)
    return held("left-out", f"none of {figures['n']} secrets that were sent stands in it", **figures)


def safe(check: Check, attempts: Sequence[Facts], log: Facts) -> Found:
    """An account that is not the product's could do nothing to the log but, at most, read it."""
    could = [what for what in log["could"] if what != "read"]
    if could:
        return broken("open", f"another account of the computer could {', '.join(could)} it", could=log["could"])
    readable = ", though read it" if "read" in log["could"] else ""
    return held("safe", f"another account of the computer could not change or delete it{readable}", could=log["could"])


def _wanted(attempts: Sequence[Facts], log: Facts) -> list[Facts]:
    kinds = ("blocked", "through") if log.get("covers", "all") == "all" else ("blocked",)
    return [item for item in attempts if item["came"] in kinds]


def _entries(attempt: Facts, log: Facts) -> list[Facts]:
    return [entry for entry in log["entries"] if attempt["mark"] in entry["url"]]


def _contradicted(attempt: Facts, log: Facts) -> bool:
    says = {entry["says"] for entry in _entries(attempt, log)} - {""}
    return (attempt["came"] == "through" and "blocked" in says) or (
        attempt["came"] == "blocked" and says == {"allowed"}
    )


def _silently(attempt: Facts, log: Facts) -> bool:
    """Whether an entry that says nothing says that it came through, as the product says so of what it blocks alone."""
    return bool(attempt["came"] == "through" and log["says"] == ["blocked"])


def _percentile(values: Sequence[float], part: int) -> float:
    """Of sorted values, by nearest rank."""
    return values[max(0, math.ceil(part / 100 * len(values)) - 1)]
