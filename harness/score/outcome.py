"""Outcome: what a verdict means against the expectation."""

from dataclasses import dataclass, replace

from harness.classify.verdict import Judgement
from harness.model.addendum import Adjudication, Invalidation
from harness.model.case import Case
from harness.model.words import Expectation, Outcome, Validity, Verdict
from harness.profile.criteria import Criteria

INVALIDATED, ADJUDICATED = "person.invalidated", "person.adjudicated"


@dataclass(frozen=True, slots=True)
class Scored:
    """One case at one setting with its verdict and outcome; `reason` says why it is unscored, "" when it is scored.
    `machine` is the judgement by rules where a person said otherwise, None elsewhere."""

    case: Case
    setting: str
    judgement: Judgement
    outcome: Outcome
    reason: str
    machine: Judgement | None = None

    @property
    def left_out(self) -> bool:
        """Whether an early stop spared the case, which could not have changed a decision any more."""
        return self.reason == Validity.LEFT_OUT


def score(
    case: Case, setting: str, judgement: Judgement, criteria: Criteria, said: Adjudication | Invalidation | None = None
) -> Scored:
    """Pure: the outcome follows from expectation, verdict, and how the criteria treat warned and degraded pages. What a
    person said stands above the rules, except that nothing makes an invalid attempt count."""
    machine = None
    if isinstance(said, Invalidation):
        machine, judgement = judgement, replace(judgement, verdict=Verdict.INDETERMINATE, rule_id=INVALIDATED)
    elif said and judgement.validity is Validity.VALID:
        machine, judgement = judgement, replace(judgement, verdict=said.verdict, rule_id=ADJUDICATED)
    outcome = _outcome(case.expectation, judgement.verdict, criteria)
    reason = ""
    if outcome is Outcome.UNSCORED:
        valid = judgement.validity is Validity.VALID or judgement.rule_id == INVALIDATED
        reason = judgement.rule_id if valid else str(judgement.validity)
    return Scored(case, setting, judgement, outcome, reason, machine)


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
