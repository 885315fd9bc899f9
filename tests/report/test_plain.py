"""The report's words cover what can happen."""

import re
from pathlib import Path

import pytest

from harness.classify import verdict
from harness.classify.rules import STANDARD
from harness.model.words import Decision, Metric, Validity
from harness.report import plain


def test_every_rule_and_reason_has_words() -> None:
    source = Path(verdict.__file__).read_text("utf-8")
    ids = set(re.findall(r'"((?:allowed|blocked|warned|degraded|indeterminate)\.[a-z-]+)"', source))
    ids |= {f"blocked.{mechanism}" for mechanism in STANDARD.errors.values()}
    ids |= {f"validity.{value}" for value in Validity if value is not Validity.VALID}
    assert len(ids) > 20
    assert ids - set(plain.RULE) == set()
    assert {str(value) for value in Validity} - {"valid"} - set(plain.REASON) == set()


def test_every_decision_and_metric_has_words() -> None:
    assert set(plain.HEADLINE) == set(Decision)
    assert set(plain.METRIC_NAME) == set(plain.METRIC_QUESTION) == set(plain.METRIC_FORMULA) == set(Metric)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "–"), (0.0, "0.0%"), (0.0001, "<0.1%"), (0.046, "4.6%"), (0.9999, ">99.9%"), (1.0, "100.0%")],
)
def test_percent_never_rounds_some_to_none_or_all(value: float | None, shown: str) -> None:
    assert plain.percent(value) == shown
