"""Exit codes are part of the contract with whoever calls the command."""

from harness.model.errors import EvidenceError, HarnessError, UsageError
from harness.model.words import BLOCK_CATEGORIES, INNOCUOUS_CATEGORIES, Decision


def test_exit_codes() -> None:
    assert {item: item.exit_code for item in Decision} == {
        Decision.PASS: 0,
        Decision.CONDITIONAL_PASS: 0,
        Decision.CONDITIONAL_FAIL: 1,
        Decision.FAIL: 1,
        Decision.INCONCLUSIVE: 2,
        Decision.VOID: 3,
    }
    assert (EvidenceError.exit_code, UsageError.exit_code, HarnessError.exit_code) == (3, 4, 5)


def test_a_usage_error_names_its_place() -> None:
    assert str(UsageError("wrong", file="a.csv", line=3, key="url")) == "a.csv:3: url: wrong"
    assert str(UsageError("wrong", file="a.csv")) == "a.csv: wrong"
    assert str(UsageError("wrong")) == "wrong"


def test_no_category_is_both() -> None:
    assert not set(BLOCK_CATEGORIES) & set(INNOCUOUS_CATEGORIES)
