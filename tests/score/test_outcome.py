"""Verdict against expectation."""

import pytest

from harness.classify.verdict import Judgement
from harness.model.words import Expectation, Outcome, Validity, Verdict
from harness.score.outcome import score
from tests.builders import case, criteria, judgement

BLOCK, ALLOW = Expectation.BLOCK, Expectation.ALLOW


@pytest.mark.parametrize(
    ("expectation", "verdict", "outcome"),
    [
        (BLOCK, Verdict.BLOCKED, Outcome.CORRECT),
        (BLOCK, Verdict.ALLOWED, Outcome.UNDER_BLOCKED),
        (ALLOW, Verdict.BLOCKED, Outcome.OVER_BLOCKED),
        (ALLOW, Verdict.ALLOWED, Outcome.CORRECT),
        (BLOCK, Verdict.INDETERMINATE, Outcome.UNSCORED),
        (ALLOW, Verdict.INDETERMINATE, Outcome.UNSCORED),
    ],
)
def test_outcome(expectation: Expectation, verdict: Verdict, outcome: Outcome) -> None:
    found = score(case(expectation=expectation), "moderate", judgement(verdict), criteria())
    assert found.outcome is outcome
    assert found.reason == (f"{verdict}.some-rule" if outcome is Outcome.UNSCORED else "")


@pytest.mark.parametrize("verdict", [Verdict.WARNED, Verdict.DEGRADED])
@pytest.mark.parametrize("block", ["correct", "under-blocked", "unscored"])
@pytest.mark.parametrize("allow", ["correct", "over-blocked", "unscored"])
def test_treatment(verdict: Verdict, block: str, allow: str) -> None:
    """Each of the two follows its own table."""
    other = {"block": "unscored", "allow": "unscored"}
    rules = criteria(**{"warned": other, "degraded": other, str(verdict): {"block": block, "allow": allow}})
    assert score(case(expectation=BLOCK), "", judgement(verdict), rules).outcome == block
    assert score(case(expectation=ALLOW), "", judgement(verdict), rules).outcome == allow


@pytest.mark.parametrize("validity", [item for item in Validity if item is not Validity.VALID])
def test_the_reason_is_the_validity(validity: Validity) -> None:
    found = score(case(), "", Judgement(Verdict.INDETERMINATE, validity, f"validity.{validity}"), criteria())
    assert (found.outcome, found.reason) == (Outcome.UNSCORED, validity)


def test_the_reason_is_the_rule() -> None:
    rules = criteria(warned={"block": "unscored", "allow": "unscored"})
    assert score(case(), "", judgement(Verdict.WARNED), rules).reason == "warned.some-rule"
