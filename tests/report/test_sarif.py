"""SARIF: valid by its schema, nothing decided that is not, and a finding is known again in the next run."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.report import sarif
from tests.report import kinds, runs

DATA = Path(__file__).parents[1] / "data"
CHECKER = jsonschema.Draft202012Validator(
    json.loads((DATA / "sarif-2.1.0.json").read_text("utf-8")), format_checker=jsonschema.FormatChecker()
)


def said(derived: Any) -> dict[str, Any]:
    made = json.loads(sarif.sarif(derived))
    assert [f"{error.json_path}: {error.message}" for error in CHECKER.iter_errors(made)] == []
    (run,) = made["runs"]
    return dict(run)


def results(run: dict[str, Any], group: str) -> list[dict[str, Any]]:
    return [item for item in run["results"] if item["ruleId"].startswith(f"{group}/")]


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_kind_of_run_is_valid_and_claims_no_pass(kind: str) -> None:
    derived = kinds.derived(kind)
    run = said(derived)
    assert {item["kind"] for item in run["results"]} <= {"fail", "open", "review"}
    assert all((item["level"] == "error") == (item["kind"] == "fail") for item in run["results"])
    assert run["properties"]["decision"] == derived.decision
    assert run["invocations"][0]["executionSuccessful"] is not bool(derived.voids)
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {item["ruleId"] for item in run["results"]}
    if derived.decision not in ("pass", "conditional pass"):
        assert run["results"] != []


def test_a_failing_case_says_where_why_and_how_to_see_it() -> None:
    derived = kinds.derived("fail")
    (first, *others) = results(said(derived), "under-blocked")
    assert len(others) == 23
    assert first["ruleId"] == "under-blocked/allowed.token"
    assert first["locations"] == [
        {"logicalLocations": [{"name": "adult-00", "fullyQualifiedName": "http://adult-00.test/", "kind": "resource"}]}
    ]
    command = "harness probe zoo-perfect --corpus test --case adult-00 --setting moderate"
    assert first["message"]["text"].endswith(f"To open it alone: {command}")
    assert first["properties"]["command"] == command


def test_criteria_and_clauses_that_failed_are_findings() -> None:
    assert [item["properties"]["decision"] for item in results(said(kinds.derived("fail")), "criterion")] == [
        "fail"
    ] * 2
    assert [item["kind"] for item in results(said(kinds.derived("conditional-pass")), "criterion")] == ["review"] * 2
    assert [item["kind"] for item in results(said(kinds.derived("inconclusive")), "criterion")] == ["open"] * 2
    assert [item["ruleId"] for item in results(said(kinds.derived("judged")), "clause")] == ["clause/6"]


def test_a_void_run_decides_nothing_but_that_it_is_void() -> None:
    run = said(kinds.derived("void"))
    (void,) = results(run, "run")
    assert void["level"] == "error"
    assert {item["kind"] for item in run["results"] if item is not void} == {"open"}
    assert len(results(run, "under-blocked")) == 8
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "the product died" in note["message"]["text"]
    assert "/home/" not in json.dumps(run)


def test_the_next_run_knows_a_finding_again(tmp_path: Path) -> None:
    one = said(runs.derived(tmp_path / "one", runs.cases(6, 6), {"adult-00": "arrives", "adult-01": "arrives"}))
    two = said(
        runs.derived(tmp_path / "two", runs.cases(6, 6), {"adult-01": "altered", "adult-02": "arrives"}, seed=7, jobs=4)
    )
    known = [{item["fingerprints"]["finding/v1"] for item in results(run, "under-blocked")} for run in (one, two)]
    assert (len(known[0] & known[1]), len(known[1] - known[0])) == (1, 1)
    every = [item["fingerprints"]["finding/v1"] for item in one["results"]]
    assert len(set(every)) == len(every)


def test_what_is_too_much_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST", 5)
    run = said(kinds.derived("fail"))
    assert len(run["results"]) == 5
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "21 more cases went wrong and are not listed here; formats/verdicts.csv has all."
    cases = run["properties"]["cases"]
    assert (cases["planned"], cases["under-blocked"], cases["shown"]) == (48, 24, 3)


def test_a_sealed_case_has_no_command() -> None:
    found = results(said(kinds.derived("parts")), "under-blocked")
    assert {item["properties"]["command"] for item in found} == {""}
    assert "To open it" not in found[0]["message"]["text"]
