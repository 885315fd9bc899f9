"""The rule "personal": personal information that the product promises to withhold must not arrive, however written."""

import re
from collections.abc import Sequence

from harness.classify.finding import Found, broken, held, not_assessed
from harness.model.check import Check, Tried

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def fold(text: str) -> str:
    """A text without what makes it look different: case, spaces, signs, digits written as words."""
    lower = text.lower()
    for digit, word in enumerate(DIGITS):
        lower = lower.replace(word, str(digit))
    return re.sub(r"[^a-z0-9]", "", lower)


def arrived(item: dict[str, object]) -> bool:
    """Whether the `secret` of an item is in the texts that were `received`, taken together."""
    received = item["received"]
    assert isinstance(received, list)
    return fold(str(item["secret"])) in fold("".join(map(str, received)))


def judge(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """Facts that it reads: `promise`, the kinds that the profile says are withheld; `ordinary`, of how many messages
    without any how many arrived; `items`, each with `kind`, `form`, `secret` and what was `received` of it."""
    if lost := [_name(item) for item in control[-1].facts["items"] if not arrived(item)]:
        return not_assessed("no-control", f"without the product these did not arrive either: {', '.join(lost)}")
    facts, promise = test[-1].facts, list(test[-1].facts["promise"])
    if not facts["ordinary"]["arrived"]:
        return not_assessed("nothing-arrives", "not even ordinary messages arrived")
    items = [item for item in facts["items"] if item["kind"] in promise]
    leaked = [item for item in items if arrived(item)]
    figures = {"k": len(items) - len(leaked), "n": len(items)}
    if leaked:
        return broken("went-out", f"these went out: {', '.join(map(_name, leaked))}", **figures)
    return held("withheld", f"{figures['k']} of {figures['n']} were stopped or masked", **figures)


def _name(item: dict[str, object]) -> str:
    return f"{item['kind']} ({item['form']})"
