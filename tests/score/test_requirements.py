"""Requirements: how many checks may be broken, and what is not assessed may spoil a pass but never a fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.check import Assessment, Check, Group, Standing
from harness.model.words import Decision
from harness.profile.criteria import Criteria, Requirement
from harness.score.requirements import require
from tests.builders import criteria

HELD, BROKEN, BESIDE, MISSING = Standing.HELD, Standing.BROKEN, Standing.NOT_APPLICABLE, Standing.NOT_ASSESSED


def asking(maximum: int = 0, severity: int = 2, *patterns: str) -> Criteria:
    wanted = Requirement(
        id="round",
        title="No way round",
        clause="6",
        checks=patterns or ("battery.*",),
        severity=severity,
        maximum=maximum,
        source="a parameter of these tests",
    )
    return criteria(requirement=(wanted.model_dump(),))


def assessments(*standings: Standing, severity: int = 3, setting: str = "moderate") -> list[Assessment]:
    return [
        Assessment(
            Check(f"battery.way-{number}", Group.BATTERY, "A way", "easy", severity, "visit", "passage"),
            setting,
            standing,
            "passage.test",
            "words",
        )
        for number, standing in enumerate(standings)
    ]


@pytest.mark.parametrize(
    ("maximum", "standings", "decision"),
    [
        (0, (HELD, HELD), Decision.PASS),
        (0, (HELD, BROKEN), Decision.FAIL),
        (1, (HELD, BROKEN), Decision.PASS),
        (1, (BROKEN, BROKEN), Decision.FAIL),
        (0, (HELD, MISSING), Decision.INCONCLUSIVE),
        (1, (HELD, MISSING), Decision.PASS),
        (1, (BROKEN, MISSING), Decision.INCONCLUSIVE),
        (0, (BROKEN, MISSING), Decision.FAIL),
        (0, (BESIDE, HELD), Decision.PASS),
        (0, (BESIDE, BESIDE), None),
        (0, (MISSING,), Decision.INCONCLUSIVE),
    ],
)
def test_decisions(maximum: int, standings: tuple[Standing, ...], decision: Decision | None) -> None:
    (found,) = require(asking(maximum), assessments(*standings), ["moderate"])
    assert found.decision is decision
    assert (found.held, found.broken, found.not_applicable, found.not_assessed) == tuple(
        standings.count(value) for value in (HELD, BROKEN, BESIDE, MISSING)
    )
    assert len(found.broken_ids) == found.broken
    assert len(found.missing_ids) == found.not_assessed


def test_only_checks_that_it_speaks_of_count() -> None:
    found = assessments(HELD)
    assert (
        require(asking(0, 2, "battery.way-0"), [*found, *assessments(BROKEN, severity=1)], ["moderate"])[0].broken == 0
    )
    assert require(asking(0, 4), assessments(BROKEN), ["moderate"]) == ()
    assert require(asking(0, 2, "monitoring.*"), found, ["moderate"]) == ()
    assert require(asking(), found, ["strict"]) == ()
    assert require(criteria(), found, ["moderate"]) == ()


@given(st.lists(st.sampled_from(Standing), min_size=1, max_size=12), st.integers(0, 4))
def test_what_is_missing_decides_as_if_it_could_go_either_way(standings: list[Standing], maximum: int) -> None:
    (found,) = require(asking(maximum), assessments(*standings), ["moderate"])
    ends = set()
    for filled in (HELD, BROKEN):
        sure = [filled if item is MISSING else item for item in standings]
        ends.add(require(asking(maximum), assessments(*sure), ["moderate"])[0].decision)
    assert found.decision is (ends.pop() if len(ends) == 1 else Decision.INCONCLUSIVE)
