"""All formats at once: whatever was decided, none calls more a pass than is one, and a void run has none."""

import json
from collections.abc import Sequence
from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from harness.model.words import Decision
from harness.report import earl, oscal, sarif
from harness.report.derive import Derived
from harness.report.junit import junit
from harness.score.decide import overall
from tests.report import kinds

PASSES = (Decision.PASS, Decision.CONDITIONAL_PASS)  # for JUnit, which knows nothing between, as for the exit code


def decided(decisions: Sequence[Decision], void: bool) -> Derived:
    """A run with these decisions on its criteria, in which people found one clause met and another not."""
    derived = kinds.derived("judged")
    items = tuple(replace(item, decision=decision) for item, decision in zip(derived.decided, decisions, strict=True))
    whole = Decision.VOID if void else overall(decisions)
    return replace(derived, decided=items, decision=whole, voids=("It ended.",) if void else ())


@given(
    st.lists(st.sampled_from([item for item in Decision if item is not Decision.VOID]), min_size=4, max_size=4),
    st.booleans(),
)
def test_a_pass_is_a_pass_and_nothing_else_is(decisions: list[Decision], void: bool) -> None:
    derived = decided(decisions, void)
    passed = 0 if void else decisions.count(Decision.PASS)

    (found,) = json.loads(oscal.oscal(derived))["assessment-results"]["results"]
    states = [item["target"]["status"]["state"] for item in found["findings"]]
    assert states.count("satisfied") == (0 if void else passed + 1)

    nodes = [node for node in json.loads(earl.earl(derived))["@graph"] if node["@type"] == "earl:Assertion"]
    outcomes = [node["earl:result"]["earl:outcome"] for node in nodes if "/criterion/" in node["@id"]]
    assert outcomes.count("earl:passed") == passed
    assert outcomes.count("earl:failed") == (
        0 if void else sum(item in (Decision.FAIL, Decision.CONDITIONAL_FAIL) for item in decisions)
    )

    (run,) = json.loads(sarif.sarif(derived))["runs"]
    told = [item for item in run["results"] if item["ruleId"].startswith("criterion/")]
    assert len(told) == len(decisions) - passed

    root = ElementTree.fromstring(junit(derived))
    tests = [case for suite in root if suite.get("name") != "clauses judged by hand" for case in suite]
    quiet = [case for case in tests if case.find("failure") is None and case.find("error") is None]
    good = [case for case in quiet if case.find("skipped") is None and case.get("name") != "run-is-valid"]
    assert len(good) == (0 if void else sum(item in PASSES for item in decisions))
    by_hand = root.findall("testsuite[@name='clauses judged by hand']/testcase")
    assert sum(not len(case) for case in by_hand) == (not void)


@given(st.lists(st.sampled_from(PASSES), min_size=4, max_size=4))
def test_a_void_run_has_no_word_of_passing(decisions: list[Decision]) -> None:
    derived = decided(decisions, void=True)
    for text in (earl.earl(derived), oscal.oscal(derived), sarif.sarif(derived)):
        for word in ("passed", '"satisfied"', '"pass"', "conditional pass"):
            assert word not in text.replace('"not-satisfied"', "")
