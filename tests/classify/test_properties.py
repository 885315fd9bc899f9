"""What holds of every judgement, whatever was seen."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from harness.classify.facts import control_valid, is_fault
from harness.classify.validity import validity
from harness.classify.verdict import judge
from harness.model.observation import CaseEvidence, Observation
from harness.model.spec import Limits
from harness.model.words import Validity, Verdict
from tests.builders import control
from tests.classify.strategies import control_arm, faulty, product_arm

LIMITS = Limits()
BLOCK_PAGES = [{"name": "block page", "status": 403}]
Seen = list[Observation]


def verdict(control: Seen, test: Seen) -> tuple[Verdict, Validity]:
    found = judge(CaseEvidence(control, test), BLOCK_PAGES, LIMITS)
    return found.verdict, found.validity


@given(control_arm, product_arm)
def test_only_valid_evidence_has_a_verdict(control: Seen, test: Seen) -> None:
    found, valid = verdict(control, test)
    assert found is Verdict.INDETERMINATE or valid is Validity.VALID


@given(product_arm)
def test_a_product_that_is_not_alive_has_no_verdict(test: Seen) -> None:
    dead = [replace(item, product_alive=False) for item in test]
    assert verdict([control()], dead)[0] is Verdict.INDETERMINATE


@given(control_arm.filter(lambda seen: not any(control_valid(item) for item in seen)), product_arm)
def test_without_a_valid_control_nothing_is_valid(control: Seen, test: Seen) -> None:
    assert validity(CaseEvidence(control, test), LIMITS) is not Validity.VALID


@given(control_arm, product_arm, st.randoms(use_true_random=False))
def test_the_place_of_faults_does_not_matter(control: Seen, test: Seen, order: random.Random) -> None:
    measured = iter([item for item in test if not is_fault(item)])
    shuffled = list(test)
    order.shuffle(shuffled)
    shuffled = [item if is_fault(item) else next(measured) for item in shuffled]
    before, after = verdict(control, test), verdict(control, shuffled)
    assert before[0] == after[0]
    assert (before[1] is Validity.VALID) == (after[1] is Validity.VALID)


@given(control_arm, product_arm, faulty, st.integers(0, 5))
def test_one_fault_more_changes_no_verdict(control: Seen, test: Seen, fault: Observation, place: int) -> None:
    """So it turns no unscored case into a scored one, and no scored one into another."""
    assert verdict(control, test)[0] == verdict(control, [*test[:place], fault, *test[place:]])[0]


@given(control_arm, product_arm)
def test_the_same_evidence_is_judged_the_same(control: Seen, test: Seen) -> None:
    first = judge(CaseEvidence(control, test), BLOCK_PAGES, LIMITS)
    assert judge(CaseEvidence(list(control), list(test)), list(BLOCK_PAGES), LIMITS) == first
