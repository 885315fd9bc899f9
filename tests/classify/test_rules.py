"""What a rule set can change, and what none can."""

import inspect
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.classify import verdict
from harness.classify.rules import FAULTS, PAGE_RULES, STANDARD, Rules, rules_from
from harness.classify.verdict import judge
from harness.model import canonical
from harness.model.observation import Asset, CaseEvidence, Observation
from harness.model.spec import Limits
from harness.model.words import Validity, Verdict
from tests.builders import control, evidence, net_error, observation, replaced
from tests.classify.strategies import KINDS, control_arm, product_arm

LIMITS = Limits()
UNTRUSTED = net_error("ERR_CERT_AUTHORITY_INVALID")
RESET = net_error("ERR_CONNECTION_RESET")
ASSET_GONE = evidence(observation(), controls=(control(assets=(Asset("http://case.test/a.png", "200"),)),))


def read(case: CaseEvidence, **changes: Any) -> tuple[Verdict, str, str]:
    found = judge(case, [], LIMITS, rules=replace(STANDARD, **changes))
    return found.verdict, found.rule_id, found.mechanism


def test_an_error_added_counts_when_it_recurs() -> None:
    more = {**STANDARD.errors, "ERR_CERT_AUTHORITY_INVALID": "sinkhole"}
    assert read(evidence(*[UNTRUSTED] * 3), errors=more) == (Verdict.BLOCKED, "blocked.sinkhole", "sinkhole")
    assert read(evidence(UNTRUSTED, UNTRUSTED, RESET), errors=more)[1] == "indeterminate.inconsistent"
    found = judge(evidence(UNTRUSTED), [], LIMITS, rules=replace(STANDARD, errors=more))
    assert found.validity is Validity.NOT_MEASURED


def test_an_error_taken_out_is_no_verdict() -> None:
    fewer = {name: way for name, way in STANDARD.errors.items() if name != "ERR_CONNECTION_RESET"}
    assert read(evidence(*[RESET] * 3)) == (Verdict.BLOCKED, "blocked.reset", "reset")
    assert read(evidence(*[RESET] * 3), errors=fewer) == (Verdict.INDETERMINATE, "indeterminate.network-error", "")


@pytest.mark.parametrize(
    ("share", "rule"), [(0.0, "degraded.text-altered"), (0.3, "degraded.text-altered"), (0.31, "blocked.text-removed")]
)
def test_emptied_is_a_share_of_the_control(share: float, rule: str) -> None:
    assert read(evidence(observation(text_digest="other", text_length=300)), emptied=share)[1] == rule


def test_a_reading_changes_the_verdict_and_keeps_the_rule() -> None:
    readings = {"degraded.assets-missing": Verdict.ALLOWED}
    assert read(ASSET_GONE)[0] is Verdict.DEGRADED
    assert read(ASSET_GONE, readings=readings) == (Verdict.ALLOWED, "degraded.assets-missing", "assets-missing")
    doubted = {"blocked.substituted-page": Verdict.INDETERMINATE}
    assert read(evidence(replaced()), readings=doubted)[:2] == (Verdict.INDETERMINATE, "blocked.substituted-page")


def test_the_page_rules_are_those_that_verdicts_name() -> None:
    source = Path(inspect.getfile(verdict)).read_text("utf-8")
    assert set(re.findall(r'"((?:blocked|warned|degraded)\.[a-z-]+)"', source)) == set(PAGE_RULES)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"readings": {"validity.timeout": Verdict.BLOCKED}}, "rule.validity.timeout: a fault is never scored"),
        ({"readings": {"validity.nonsense": Verdict.ALLOWED}}, "rule.validity.nonsense: a fault is never scored"),
        ({"readings": {"indeterminate.challenge": Verdict.BLOCKED}}, "rule.indeterminate.challenge: a fault is never"),
        ({"readings": {"indeterminate.inconsistent": Verdict.ALLOWED}}, "a fault is never scored"),
        ({"readings": {"allowed.token": Verdict.BLOCKED}}, "rule.allowed.token: the page arrived whole"),
        ({"readings": {"allowed.token": Verdict.INDETERMINATE}}, "rule.allowed.token: the page arrived whole"),
        ({"readings": {"blocked.reset": Verdict.ALLOWED}}, "rule.blocked.reset: the page did not arrive"),
        (
            {"readings": {"blocked.sinkhole": Verdict.WARNED}},
            "rule.blocked.sinkhole: there is no such rule; there are:",
        ),
        ({"readings": {"degraded": Verdict.WARNED}}, "rule.degraded: there is no such rule"),
        ({"readings": {"": Verdict.WARNED}}, "rule.: there is no such rule"),
        ({"emptied": 1.0}, "emptied: 1.0 is not a share"),
        ({"emptied": -0.1}, "emptied: "),
        ({"emptied": float("nan")}, "emptied: "),
        ({"errors": {"ERR_FAILED": "reset"}}, "error.ERR_FAILED: speaks of the machine"),
        ({"errors": {"ERR_PROXY_CONNECTION_FAILED": "reset"}}, "error.ERR_PROXY_CONNECTION_FAILED: "),
        (
            {"errors": {"ERR_CERT_INVALID": "block-page"}},
            "error.ERR_CERT_INVALID: 'block-page' is the mechanism of a page",
        ),
    ],
)
def test_refused(changes: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError, match=re.escape(error)):
        replace(STANDARD, **changes)


def test_the_rules_of_a_spec_are_the_rules() -> None:
    rules = replace(STANDARD, name="mine", readings={"warned.continue-link": Verdict.BLOCKED}, reasons={"rule.x": "y"})
    assert rules_from(canonical.plain(rules)) == rules
    assert rules_from(canonical.plain(STANDARD)) == STANDARD


@pytest.mark.parametrize(
    "spoil",
    [{"emptied": "much"}, {"readings": {"blocked.reset": "gone"}}, {"readings": []}, {"errors": 5}, {"more": 1}],
)
def test_what_is_no_rule_set_is_refused(spoil: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError, KeyError, AttributeError)):
        rules_from({**canonical.plain(STANDARD), **spoil})


def _sets() -> st.SearchStrategy[Rules]:
    """Any set that can be, over every error that the evidence shows."""
    errors = [name for name in KINDS if name.startswith("ERR_") and name not in FAULTS]
    ways = st.sampled_from(["reset", "sinkhole", "dns"])
    return st.builds(
        replace,
        st.just(STANDARD),
        emptied=st.sampled_from([0.0, 0.1, 0.999]),
        errors=st.dictionaries(st.sampled_from(errors), ways),
        readings=st.dictionaries(
            st.sampled_from(PAGE_RULES), st.sampled_from([item for item in Verdict if item is not Verdict.ALLOWED])
        )
        | st.dictionaries(st.sampled_from([rule for rule in PAGE_RULES if rule[0] in "dw"]), st.sampled_from(Verdict)),
    )


@given(_sets(), control_arm, product_arm)
def test_no_rule_set_scores_a_fault(rules: Rules, control: list[Observation], test: list[Observation]) -> None:
    case = CaseEvidence(control, test)
    standard, found = (judge(case, [], LIMITS, rules=chosen) for chosen in (STANDARD, rules))
    if standard.validity is not Validity.VALID:
        assert found == standard
    elif standard.rule_id not in ("indeterminate.network-error", "indeterminate.inconsistent"):
        assert (found.verdict is Verdict.INDETERMINATE) or standard.verdict is not Verdict.INDETERMINATE


@given(_sets(), control_arm, product_arm)
def test_no_rule_set_denies_what_arrived(rules: Rules, control: list[Observation], test: list[Observation]) -> None:
    """What came whole stays allowed, and what was stopped never becomes it."""
    case = CaseEvidence(control, test)
    standard, found = (judge(case, [], LIMITS, rules=chosen) for chosen in (STANDARD, rules))
    if standard.verdict is Verdict.ALLOWED:
        assert found == standard
    if found.verdict is Verdict.ALLOWED:
        assert found.rule_id.startswith(("allowed.", "degraded.", "warned."))
