"""What is made of logs: nothing missing is overlooked, nothing right is blamed, and an empty log never passes."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.classify import logs
from harness.classify.share import share
from harness.model.check import Check, Group, Standing, Tried
from harness.model.words import Arm

CHECK = Check("monitoring.x", Group.MONITORING, "t", "w", 3, "recorded", "log-x", given={"seconds": 2})
RULES = {name: getattr(logs, name) for name in ("complete", "true", "prompt", "whole", "dated", "ordered")}


def attempts(count: int = 8) -> list[dict[str, Any]]:
    """Half of them blocked, each a second long, two seconds apart."""
    return [
        {
            "mark": f"{number:04x}",
            "url": f"http://m{number:04x}.allowed.test/page-{number:04x}",
            "user": "child",
            "began": 100.0 + 2 * number,
            "ended": 101.0 + 2 * number,
            "came": "blocked" if number % 2 else "through",
        }
        for number in range(count)
    ]


def entry(attempt: dict[str, Any], **changes: Any) -> dict[str, Any]:
    right = {
        "seen": attempt["ended"] + 0.1,
        "time": attempt["began"] + 0.5,
        "zoned": True,
        "url": attempt["url"],
        "user": "child",
        "says": "blocked" if attempt["came"] == "blocked" else "allowed",
        "text": attempt["url"],
    }
    return {**right, **changes}


def log(entries: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    right = {
        "name": "a",
        "kind": "file",
        "covers": "all",
        "names": "url",
        "seconds": 5,
        "waited": 8,
        "says": ["blocked", "allowed"],
        "users": {"child": "child"},
        "entries": entries,
    }
    return {**right, **changes}


def judged(rule: str, made: list[dict[str, Any]], *held: dict[str, Any]) -> tuple[Standing, str]:
    tried = Tried(CHECK.id, Arm.TEST, "s", 1, facts={"attempts": made, "logs": list(held)})
    found = logs.of_each(RULES[rule])(CHECK, (), (tried,))
    return found.standing, found.rule


@pytest.mark.parametrize("rule", RULES)
def test_a_log_that_is_right_is_blamed_by_no_rule(rule: str) -> None:
    made = attempts()
    assert judged(rule, made, log([entry(item) for item in made]))[0] is Standing.HELD


@pytest.mark.parametrize("rule", RULES)
def test_an_empty_log_never_passes(rule: str) -> None:
    standing, _ = judged(rule, attempts(), log([]))
    assert standing is (Standing.BROKEN if rule == "complete" else Standing.NOT_ASSESSED)


Spoil = Callable[[dict[str, Any]], dict[str, Any]]
SPOILT: dict[str, tuple[Spoil, str, str]] = {
    "late": (lambda item: entry(item, seen=item["ended"] + 6), "prompt", "late"),
    "contrary": (lambda item: entry(item, says="allowed"), "true", "contrary"),
    "accused": (lambda item: entry(item, says="blocked"), "true", "contrary"),
    "vague": (lambda item: entry(item, url=f"http://m{item['mark']}.allowed.test/"), "whole", "lacking"),
    "anonymous": (lambda item: entry(item, user=""), "whole", "lacking"),
    "another": (lambda item: entry(item, user="sister"), "whole", "lacking"),
    "undated": (lambda item: entry(item, time=None), "whole", "lacking"),
    "mute": (lambda item: entry(item, says=""), "whole", "lacking"),
    "slow-clock": (lambda item: entry(item, time=item["began"] - 3600), "dated", "off"),
    "fast-clock": (lambda item: entry(item, time=item["ended"] + 2.5), "dated", "off"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_wrong_is_found_by_its_rule_alone(how: str) -> None:
    spoil, rule, case = SPOILT[how]
    made = attempts()
    spoilt = log([spoil(item) for item in made])
    assert judged(rule, made, spoilt) == (Standing.BROKEN, case)
    others = {name for name in RULES if name != rule and judged(name, made, spoilt)[0] is Standing.BROKEN}
    assert others == set()


@given(st.sets(st.integers(0, 7), min_size=1))
def test_whatever_is_missing_is_found(missing: set[int]) -> None:
    made = attempts()
    held = log([entry(item) for number, item in enumerate(made) if number not in missing])
    assert judged("complete", made, held) == (Standing.BROKEN, "nothing" if len(missing) == 8 else "missing")


@given(st.permutations(range(8)))
def test_any_other_order_is_found(order: list[int]) -> None:
    made = attempts()
    standing, _ = judged("ordered", made, log([entry(made[number]) for number in order]))
    assert standing is (Standing.HELD if order == sorted(order) else Standing.BROKEN)


def test_what_nobody_asked_for_is_found() -> None:
    made = attempts()
    invented = entry({**made[0], "url": "http://never.example/"})
    assert judged("true", made, log([*map(entry, made), invented])) == (Standing.BROKEN, "invented")


def test_a_log_of_blocks_needs_to_hold_nothing_else() -> None:
    made = attempts()
    held = log([entry(item) for item in made if item["came"] == "blocked"], covers="blocked")
    assert {judged(rule, made, held)[0] for rule in RULES} == {Standing.HELD}


def test_attempts_that_came_to_nothing_are_not_held_against_it() -> None:
    unclear = [{**item, "came": "unclear"} for item in attempts()]
    assert judged("complete", unclear, log([]))[0] is Standing.NOT_ASSESSED


def test_the_worst_of_several_logs_counts() -> None:
    made = attempts()
    good, bad = log([entry(item) for item in made]), log([], name="b")
    assert judged("complete", made, good, bad) == (Standing.BROKEN, "nothing")
    assert judged("prompt", made, good, bad)[0] is Standing.NOT_ASSESSED
    assert judged("complete", made)[0] is Standing.NOT_ASSESSED


@pytest.mark.parametrize(
    ("of", "kept", "standing"),
    [(2, [], Standing.HELD), (2, ["secret-1"], Standing.BROKEN), (0, [], Standing.NOT_ASSESSED)],
)
def test_a_log_that_shows_nothing_is_not_called_discreet(of: int, kept: list[str], standing: Standing) -> None:
    assert logs.private(CHECK, attempts(2), {"name": "a", "of": of, "kept": kept}).standing is standing


@pytest.mark.parametrize(("could", "standing"), [([], "held"), (["read"], "held"), (["read", "add to"], "broken")])
def test_who_can_change_a_log(could: list[str], standing: str) -> None:
    assert logs.safe(CHECK, (), {"name": "a", "could": could}).standing == standing


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_between_its_bounds(of: tuple[int, int]) -> None:
    k, n = of
    figure = share(k, n)
    assert 0 <= figure["low"] <= k / n + 1e-6
    assert k / n - 1e-6 <= figure["high"] <= 1


def test_bounds_are_those_of_clopper_and_pearson() -> None:
    assert share(0, 24) == {"k": 0, "n": 24, "low": 0.0, "high": pytest.approx(1 - 0.025 ** (1 / 24), abs=1e-6)}
    assert share(24, 24)["low"] == pytest.approx(0.025 ** (1 / 24), abs=1e-6)
