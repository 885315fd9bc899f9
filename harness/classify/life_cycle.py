"""Rules on how a product is installed, changed, updated and removed."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.classify.finding import Found, broken, held, not_assessed
from harness.model.check import Check, Tried

# Words for something that is not as it should be.
FAULT = re.compile(
    r"(?i)\b(error|fatal|warning|fail(ed|ure)?|cannot|can't|could not|missing|invalid|unknown|empty|ended)\b"
)
WAYS = {"restart": "by a restart", "itself": "by itself, as it notices"}
SPOILT = {
    "missing": "with its lists missing",
    "garbage": "with lists that are no text",
    "empty": "with lists that are empty",
}


def effective(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """A change, and its taking back, take effect within `given.seconds`. Facts: `change` and `by`, in words; `shut` and
    `opened`, each with `after`, in seconds, None for not at all."""
    facts = test[-1].facts
    shut, back = facts["shut"]["after"], facts["opened"]["after"]
    by = WAYS.get(facts["by"], f"by SIG{facts['by']}")
    figures = {"shut_seconds": shut, "opened_seconds": back}
    if shut is None:
        said = f"{facts['change']}, {by}: no effect within {check.given['seconds']:g} s"
        return broken("no-effect", said, **figures)
    if back is None:
        said = f"{facts['change']}, {by}, has effect after {shut:.1f} s, but its taking back has none"
        return broken("no-way-back", said, **figures)
    return held("effective", f"{facts['change']}, {by}: in effect after {shut:.1f} s, back {back:.1f} s", **figures)


def never_open(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """What is blocked before and after a change is blocked meanwhile. Facts as of `effective`, with how often it was
    `asked` for and how often it came `open`."""
    parts = [test[-1].facts[name] for name in ("shut", "opened")]
    asked, came = (sum(part[name] for part in parts) for name in ("asked", "open"))
    if came:
        return broken("open", f"a blocked page came through {came} of {asked} times as it was changed", k=came, n=asked)
    return held("closed", f"a blocked page came through none of {asked} times as it was changed", k=0, n=asked)


def spoilt_closed(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """A product whose lists cannot be read blocks as before, or lets nothing through."""
    facts = test[-1].facts
    how = SPOILT[facts["how"]]
    if facts["open"]:
        said = f"what was on the list came through {facts['open']} of {facts['asked']} times"
        return broken("open", f"{how} {said}", **_figures(facts))
    if not facts["works"]:
        return held("shut", f"{how} nothing comes through any more", **_figures(facts))
    return held("kept", f"{how} it blocks what it blocked before, and goes on", **_figures(facts))


def spoilt_said(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """A product whose lists cannot be read says so."""
    facts = test[-1].facts
    how = SPOILT[facts["how"]]
    told = [line for line in facts["said"].splitlines() if FAULT.search(line)]
    if not told:
        return broken("silent", f"{how} it says nothing of it", **_figures(facts))
    return held("said", f"{how} it says: {told[0]!r}", **_figures(facts))


def entries(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """Of a host on both lists the entry wins that the product's manual says."""
    facts = test[-1].facts
    if not facts["blocked_alone"] or not facts["allowed"]:
        return not_assessed("not-filtering", "it does not block what is on the list, or not let through what is not")
    if not facts["documented"]:
        return not_assessed("undocumented", "its profile does not say which entry is to win: life_cycle.both")
    wins = "allow" if facts["through"] else "deny"
    if wins != facts["documented"]:
        return broken("other", f"the entry to {wins} wins, where its manual says {facts['documented']}", wins=wins)
    return held("as-documented", f"the entry to {wins} wins, as its manual says", wins=wins)


def installed(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """Installed as its profile says it is in use within `given.seconds`."""
    facts = test[-1].facts
    said = f"{facts['seconds']:.1f} s, {_many(facts['commands'], 'command')}, {_many(facts['files'], 'file')} and"
    said += f" {_many(len(facts['prompts']), 'question')} as its profile installs it"
    figures = {name: facts[name] for name in ("seconds", "commands", "files")} | {"prompts": len(facts["prompts"])}
    if not facts["allowed"]:
        return broken("unusable", f"{said}; after that no page comes through", **figures)
    if facts["seconds"] > check.given["seconds"]:
        return broken("slow", said, **figures)
    return held("in-use", said, **figures)


def protected(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """The first request after it has started is filtered, without anything set."""
    facts = test[-1].facts
    at = f"at the setting {facts['setting']}, with no parameter given"
    if facts["first_open"]:
        return broken("open", f"the first page asked for came through, {at}")
    if not facts["allowed"]:
        return not_assessed("nothing-through", f"nothing comes through at all, {at}")
    return held("blocked", f"the first page asked for was blocked, {at}")


def reachable(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """Once it is removed, what it blocked comes through to browsers and programs."""
    facts = test[-1].facts
    shut = [name for name, came in facts["reached"].items() if not came]
    if shut:
        return broken("unreachable", f"what it blocked does not reach {' and '.join(shut)} after it was removed")
    return held("reachable", f"what it blocked reaches {' and '.join(facts['reached'])} after it was removed")


def clean(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """Once it is removed, nothing of it is left."""
    left: dict[str, list[str]] = {name: items for name, items in test[-1].facts["left"].items() if items}
    figures = {name: len(items) for name, items in left.items()}
    if left:
        said = "; ".join(f"{_many(len(items), name)} ({items[0]})" for name, items in left.items())
        return broken("left", f"left behind: {said}", **figures)
    looked = ", ".join(test[-1].facts["left"])
    return held("clean", f"nothing of it is left ({looked}, of {test[-1].facts['looked_at']} files looked at)")


def _figures(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in ("asked", "open", "works", "alive")}


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 'es' if what.endswith('s') else 's'}"


RULES: Mapping[str, Callable[[Check, Sequence[Tried], Sequence[Tried]], Found]] = {
    "change-effective": effective,
    "change-never-open": never_open,
    "spoilt-closed": spoilt_closed,
    "spoilt-said": spoilt_said,
    "entries-win": entries,
    "installed": installed,
    "protected-by-default": protected,
    "removed-reachable": reachable,
    "removed-clean": clean,
}
