"""What is made of a product that is changed, updated, installed and removed: going open is never overlooked."""

from typing import Any

import pytest

from harness.classify.life_cycle import RULES
from harness.model.check import Check, Group, Standing, Tried
from harness.model.words import Arm

CHECK = Check("life-cycle.x", Group.LIFE_CYCLE, "t", "w", 3, "x", "x", given={"seconds": 30})


def turned(after: float | None = 0.5, asked: int = 6, open_: int = 0) -> dict[str, Any]:
    return {"after": after, "asked": asked, "open": open_}


def change(shut: dict[str, Any], opened: dict[str, Any]) -> dict[str, Any]:
    return {"change": "a host put on the list", "by": "HUP", "shut": shut, "opened": opened}


def spoilt(**changes: Any) -> dict[str, Any]:
    right = {
        "how": "missing",
        "asked": 5,
        "open": 0,
        "works": True,
        "alive": True,
        "said": "cannot read the list",
    }
    return {**right, **changes}


def both(**changes: Any) -> dict[str, Any]:
    return {"documented": "allow", "blocked_alone": True, "through": True, "allowed": True, **changes}


def new(**changes: Any) -> dict[str, Any]:
    right = {"setting": "a", "seconds": 2.0, "commands": 1, "files": 2, "prompts": [], "first_open": False}
    return {**right, "allowed": True, **changes}


def gone(**left: list[str]) -> dict[str, Any]:
    nothing: dict[str, list[str]] = {"process": [], "file": [], "port": []}
    return {"left": {**nothing, **left}, "reached": {"programs": True, "browsers": True}, "looked_at": 9}


CASES: list[tuple[str, dict[str, Any], Standing, str]] = [
    ("change-effective", change(turned(), turned()), Standing.HELD, "effective"),
    ("change-effective", change(turned(None), turned()), Standing.BROKEN, "no-effect"),
    ("change-effective", change(turned(), turned(None)), Standing.BROKEN, "no-way-back"),
    ("change-never-open", change(turned(), turned()), Standing.HELD, "closed"),
    ("change-never-open", change(turned(open_=1), turned()), Standing.BROKEN, "open"),
    ("change-never-open", change(turned(), turned(open_=1)), Standing.BROKEN, "open"),
    ("spoilt-closed", spoilt(), Standing.HELD, "kept"),
    ("spoilt-closed", spoilt(works=False), Standing.HELD, "shut"),
    ("spoilt-closed", spoilt(open=1), Standing.BROKEN, "open"),
    ("spoilt-closed", spoilt(open=1, works=False, alive=False), Standing.BROKEN, "open"),
    ("spoilt-said", spoilt(), Standing.HELD, "said"),
    ("spoilt-said", spoilt(said=""), Standing.BROKEN, "silent"),
    ("spoilt-said", spoilt(said="starting"), Standing.BROKEN, "silent"),
    ("entries-win", both(), Standing.HELD, "as-documented"),
    ("entries-win", both(through=False), Standing.BROKEN, "other"),
    ("entries-win", both(documented="deny"), Standing.BROKEN, "other"),
    ("entries-win", both(documented=""), Standing.NOT_ASSESSED, "undocumented"),
    ("entries-win", both(blocked_alone=False), Standing.NOT_ASSESSED, "not-filtering"),
    ("entries-win", both(allowed=False), Standing.NOT_ASSESSED, "not-filtering"),
    ("installed", new(), Standing.HELD, "in-use"),
    ("installed", new(seconds=31.0), Standing.BROKEN, "slow"),
    ("installed", new(allowed=False), Standing.BROKEN, "unusable"),
    ("protected-by-default", new(), Standing.HELD, "blocked"),
    ("protected-by-default", new(first_open=True), Standing.BROKEN, "open"),
    ("protected-by-default", new(allowed=False), Standing.NOT_ASSESSED, "nothing-through"),
    ("removed-clean", gone(), Standing.HELD, "clean"),
    ("removed-clean", gone(process=["process 7 `sleep`"]), Standing.BROKEN, "left"),
    ("removed-clean", gone(file=["/etc/left"], port=["8080"]), Standing.BROKEN, "left"),
    ("removed-reachable", gone(), Standing.HELD, "reachable"),
    ("removed-reachable", {"reached": {"programs": True, "browsers": False}}, Standing.BROKEN, "unreachable"),
]


@pytest.mark.parametrize(
    ("rule", "facts", "standing", "case"),
    CASES,
    ids=[f"{number}-{item[0]}-{item[3]}" for number, item in enumerate(CASES)],
)
def test_facts_are_judged(rule: str, facts: dict[str, Any], standing: Standing, case: str) -> None:
    found = RULES[rule](CHECK, (), (Tried(CHECK.id, Arm.TEST, "s", 1, facts=facts),))
    assert (found.standing, found.rule) == (standing, case)
    assert found.words


def test_every_rule_is_tried_here() -> None:
    assert {item[0] for item in CASES} == set(RULES)
    for rule in RULES:
        assert {item[2] for item in CASES if item[0] == rule} >= {Standing.HELD, Standing.BROKEN}
