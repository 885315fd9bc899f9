"""Outcome: what a verdict means against the expectation."""

from dataclasses import dataclass

from harness.classify.verdict import Judgement
from harness.model.case import Case
from harness.model.words import Expectation, Outcome, Validity, Verdict
from harness.profile.criteria import Criteria


@dataclass(frozen=True, slots=True)
class Scored:
    """One case at one setting with its verdict and outcome; `reason` says why it is unscored, "" when it is scored."""

    case: Case
    setting: str
    judgement: Judgement
    outcome: Outcome
    reason: str


def score(case: Case, setting: str, judgement: Judgement, criteria: Criteria) -> Scored:
    """Pure: the outcome follows from expectation, verdict, and how the criteria treat warned and degraded pages."""
    outcome = _outcome(case.expectation, judgement.verdict, criteria)
    reason = ""
    if outcome is Outcome.UNSCORED:
        reason = str(judgement.validity if judgement.validity is not Validity.VALID else judgement.rule_id)
    return Scored(case, setting, judgement, outcome, reason)


def _outcome(expectation: Expectation, verdict: Verdict, criteria: Criteria) -> Outcome:
    block = expectation is Expectation.BLOCK
    match verdict:
        case Verdict.INDETERMINATE:
            return Outcome.UNSCORED
        case Verdict.BLOCKED:
            return Outcome.CORRECT if block else Outcome.OVER_BLOCKED
        case Verdict.ALLOWED:
            return Outcome.UNDER_BLOCKED if block else Outcome.CORRECT
        case _:
            treatment = criteria.warned if verdict is Verdict.WARNED else criteria.degraded
            return Outcome(treatment.block if block else treatment.allow)
