"""The rules on settings: switched off is broken, and only what could have been is held."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.classify import settings
from harness.classify.checks import Rule
from harness.classify.finding import Found
from harness.model.check import Check, Group, Standing, Tried
from harness.model.words import Arm

GIVEN = {"what": "by the page", "tries": 100, "an_hour": 100}
CHECK = Check("battery.x", Group.BATTERY, "", "", 3, "settings", "settings", GIVEN)
OPEN, FILTERING, CLOSED = ({"blocked_through": b, "allowed_through": a} for b, a in ((1, 1), (0, 1), (0, 0)))
PASSWORD, NONE, WRONG = ({"there": there, "off": off} for there, off in ((True, True), (False, False), (True, False)))


def judged(rule: Rule, without: Any = OPEN, before: Any = FILTERING, after: Any = FILTERING, **more: Any) -> Found:
    facts = {"before": before, "after": after, "with_password": PASSWORD, **more}
    control = Tried(CHECK.id, Arm.CONTROL, "", 1, facts={"before": without})
    return rule(CHECK, [control], [Tried(CHECK.id, Arm.TEST, "x", 1, facts=facts)])


def guessed(guesses: int, seconds: float, first: float = 0.01, last: float = 0.01, **more: Any) -> Found:
    times = {"seconds": seconds, "first_seconds": first, "last_seconds": last}
    return judged(settings.guessing, guesses=guesses, **times, **more)


def test_settings() -> None:
    assert judged(settings.judge, after=OPEN).rule == "switched-off"
    assert judged(settings.judge).rule == "refused"
    assert judged(settings.judge, with_password=NONE, requests=[{"status": 403}]).rule == "nobody"
    assert judged(settings.judge, with_password=NONE, requests=[{"status": 0}]).rule == "no-answer"
    assert judged(settings.judge, with_password=NONE).rule == "no-answer"
    assert judged(settings.judge, with_password=WRONG).rule == "not-by-password"
    assert judged(settings.judge, before=OPEN, after=OPEN).rule == "not-filtering"
    assert judged(settings.judge, before=CLOSED).rule == "not-passing"
    assert judged(settings.judge, without=FILTERING).rule == "no-control"


def test_guessing() -> None:
    assert guessed(100, 1.0, after=OPEN).rule == "guessable"
    assert guessed(100, 1.0).rule == "locked"
    assert guessed(100, 1.0, with_password=WRONG).rule == "not-by-password"
    assert guessed(40, 20.0, 0.5, 0.5).rule == "too-fast"
    assert guessed(6, 20.0, 0.5, 8.0).rule == "slowed"


def test_out_of_reach() -> None:
    def found(tried: int, *could: str) -> Found:
        facts = {"tried": tried, "what": "end", "could": list(could)}
        return settings.out_of_reach(CHECK, [], [Tried(CHECK.id, Arm.TEST, "x", 1, facts=facts)])

    assert found(0).standing is Standing.NOT_ASSESSED
    assert found(2, "engine of nobody").words == "another account could end 1 of 2, such as engine of nobody"
    assert found(2).standing is Standing.HELD


@given(st.sampled_from([OPEN, FILTERING, CLOSED]), st.sampled_from([PASSWORD, NONE, WRONG]), st.integers(1, 100))
def test_what_was_switched_off_is_never_held(after: Any, password: Any, guesses: int) -> None:
    for found in (
        judged(settings.judge, after=after, with_password=password),
        guessed(guesses, 10.0, after=after, with_password=password),
    ):
        assert (found.standing is Standing.HELD) <= (after is not OPEN)
        assert (after is OPEN) <= (found.standing is Standing.BROKEN)
