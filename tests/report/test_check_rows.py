"""Checks in the report: what decided stands on the first page, every check in its table, every try on a page beside."""

from xml.etree import ElementTree

from harness.model.words import Decision
from harness.report import check_pages, check_rows, junit
from harness.report.summary import summary
from harness.report.texts import texts
from tests.report import kinds


def test_a_requirement_that_decided_stands_on_the_first_page() -> None:
    derived = kinds.derived("checks-broken")
    assert derived.decision is Decision.FAIL
    (ground,) = summary(derived, texts("en")).grounds
    assert (ground.subject.text, ground.told) == ("Ways round are closed", "1 of 1 checks is broken; none may be.")
    (at,) = summary(derived, texts("en")).at
    assert at.decision is Decision.FAIL


def test_tables_have_every_check_with_what_matters_first() -> None:
    derived = kinds.derived("checks-broken")
    tables = check_rows.checks(derived).tables
    rows = {row.id: row for table in tables for row in table.rows}
    assert len(rows) == len(derived.spec.checks)
    assert [row.standing for row in rows.values()].count("Not assessed") == 1
    assert rows["battery.way-0"].standing == "Broken"
    assert rows["life-cycle.way-5"].told == "it has no names"


def test_every_try_lies_open() -> None:
    folder, derived = kinds.run("checks-broken")
    ((name, make),) = check_pages.outputs(folder, derived)
    (page,) = make()
    assert name == "report/checks.html"
    for row in (row for table in check_rows.checks(derived).tables for row in table.rows):
        assert f'id="{row.href.partition("#")[2]}"' in page
    assert page.count("<details><summary>Try") == len(derived.state.of_kind("check"))
    assert "Fault, and never scored: the server did not come up" in page


def test_what_is_missing_spoils_a_pass_and_no_more() -> None:
    derived = kinds.derived("checks-missing")
    assert {item.id: item.decision for item in derived.required} == {"round": "pass", "rest": "pass"}
    assert kinds.derived("checks-void").decision is Decision.VOID
    assert {item.decision for item in kinds.derived("checks-void").required} == {Decision.VOID}


def test_junit_fails_only_what_is_required() -> None:
    suites = ElementTree.fromstring(junit.junit(kinds.derived("checks-broken")))
    (suite,) = [suite for suite in suites if str(suite.get("name")).startswith("checks of")]
    marked = {str(case.get("name")): [part.tag for part in case if part.tag != "system-out"] for case in suite}
    assert marked["battery.way-0"] == ["failure"]
    assert marked["communications.way-1"] == []
    assert marked["messages.way-4"] == ["error"]
    assert marked["life-cycle.way-5"] == ["skipped"]
    void = junit.junit(kinds.derived("checks-void"))
    assert "<failure" not in void
