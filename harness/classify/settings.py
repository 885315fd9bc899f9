"""Rules on the security of settings: nobody without the password switches a product off, guesses it, or changes or ends
what it consists of."""

from collections.abc import Sequence
from typing import Any

from harness.classify.finding import Found, broken, held, not_assessed
from harness.model.check import Check, Tried

FACTOR = 2  # by which the last of many guesses takes longer than the first where they are slowed down


def judge(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """The rule "settings". Facts that it reads: `before` and `after`, how often each page came through;
    `with_password`, whether there is a password and filtering is off with it; the `status` of each of the `requests`,
    0 for no answer."""
    facts = test[-1].facts
    if lacking := _lacking(control, facts):
        return lacking
    what = str(check.given["what"])
    if facts["after"]["blocked_through"]:
        return broken("switched-off", f"filtering was switched off {what}")
    legitimate = facts["with_password"]
    if not legitimate["there"] and not any(item["status"] for item in facts.get("requests", ())):
        return not_assessed("no-answer", "what the profile says filtering is switched off by does not answer")
    if not legitimate["there"]:
        return held("nobody", f"filtering could not be switched off {what}, and there is no password to do it with")
    if not legitimate["off"]:
        return not_assessed("not-by-password", "filtering could not be switched off with the password either")
    return held("refused", f"filtering could not be switched off {what}; with the password it was")


def guessing(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """The rule "guessing". Facts that it reads beside those of "settings": how many `guesses` there were in how many
    `seconds`, and how long the first and the last took. `given.an_hour` is how many there may be."""
    facts = test[-1].facts
    if lacking := _lacking(control, facts):
        return lacking
    guesses, seconds = facts["guesses"], max(facts["seconds"], 0.1)
    an_hour = round(3600 * guesses / seconds)
    told = f"{guesses} wrong passwords in {seconds:g} s"
    figures: dict[str, Any] = {"guesses": guesses, "seconds": seconds, "an_hour": an_hour}
    if facts["after"]["blocked_through"]:
        return broken("guessable", f"after {told} the right one was taken at once", **figures)
    if guesses < check.given["tries"]:
        if an_hour <= check.given["an_hour"] or facts["last_seconds"] >= FACTOR * facts["first_seconds"]:
            return held("slowed", f"guesses are slowed down: {told}", **figures)
        return broken("too-fast", f"{told} were answered, at a rate of {an_hour} an hour", **figures)
    if not facts["with_password"]["off"]:
        return not_assessed("not-by-password", "the password is not taken without wrong ones before it either")
    return held("locked", f"after {told} the right one was not taken any more", **figures)


def out_of_reach(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """The rule "out-of-reach". Facts that it reads: how many things were `tried`, `what` was tried on them, and which
    of them another account of the computer `could` do it to."""
    facts = test[-1].facts
    tried, what, could = facts["tried"], facts["what"], list(facts["could"])
    if not tried:
        return not_assessed("nothing", "nothing was tried")
    figures = {"tried": tried, "could": len(could)}
    if could:
        return broken(
            "in-reach", f"another account could {what} {len(could)} of {tried}, such as {could[0]}", **figures
        )
    return held("out-of-reach", f"another account could {what} none of {tried}", **figures)


def _lacking(control: Sequence[Tried], facts: dict[str, Any]) -> Found | None:
    """Why nothing can be said, None when something can."""
    if not any(item.facts["before"]["blocked_through"] for item in control):
        return not_assessed("no-control", "the page to block cannot be had even without the product")
    if facts["before"]["blocked_through"]:
        return not_assessed("not-filtering", "the product does not stop the page before anything is tried either")
    if not facts["before"]["allowed_through"]:
        return not_assessed("not-passing", "the product lets nothing through before anything is tried either")
    return None
