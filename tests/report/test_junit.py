"""JUnit: a fail is a failure; void and inconclusive are errors, never passes."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema

from harness.evidence import addenda
from harness.model.addendum import ClauseJudgement, Finding
from harness.report.derive import derive
from harness.report.junit import junit
from tests import builders
from tests.report import kinds, runs

SCHEMA = xmlschema.XMLSchema(Path(__file__).parents[1] / "data" / "junit-10.xsd")


def suites(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def test_pass(tmp_path: Path) -> None:
    root = suites(junit(runs.derived(tmp_path / "run", runs.cases(12, 12))))
    assert [
        (case.get("name"), len(case.findall("failure")), len(case.findall("error"))) for case in root.iter("testcase")
    ] == [
        ("block-adult", 0, 0),
        ("allow", 0, 0),
        ("run-is-valid", 0, 0),
    ]
    assert [(suite.get("tests"), suite.get("failures"), suite.get("errors")) for suite in root] == [("3", "0", "0")]


def test_fail_is_a_failure(tmp_path: Path) -> None:
    fates = {f"adult-{number:02}": "arrives" for number in range(12)}
    root = suites(junit(runs.derived(tmp_path / "run", runs.cases(12, 12), fates)))
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.get("type") == "fail"
    assert root[0].get("failures") == "1"


def test_inconclusive_is_an_error(tmp_path: Path) -> None:
    fates = {f"adult-{number:02}": "challenged" for number in range(12)}
    root = suites(junit(runs.derived(tmp_path / "run", runs.cases(12, 12), fates)))
    assert [error.get("type") for error in root.iter("error")] == ["inconclusive"]
    assert root[0].get("errors") == "1"


def test_void_makes_every_case_an_error(tmp_path: Path) -> None:
    stop = {"complete": False, "reason": "the product died"}
    root = suites(junit(runs.derived(tmp_path / "run", runs.cases(12, 12), stop=stop)))
    cases = list(root.iter("testcase"))
    assert all(case.find("error") is not None for case in cases)
    assert root[0].get("errors") == str(len(cases))
    assert list(root.iter("failure")) == []


def test_a_suite_for_every_setting(tmp_path: Path) -> None:
    root = suites(junit(runs.derived(tmp_path / "run", runs.cases(12, 12), settings=("moderate", "most"))))
    assert [suite.get("name") for suite in root] == ["acme at moderate", "acme at most"]


def test_text_that_xml_cannot_hold_is_replaced(tmp_path: Path) -> None:
    hostile = "a\0b\x1bc\ufffe]]><x>&"
    profile = builders.criteria(builders.criterion(title=hostile), runs.ALLOW).model_dump(mode="json", by_alias=True)
    text = junit(runs.derived(tmp_path / "run", runs.cases(12, 12), criteria=profile))
    out = suites(text).find(".//system-out")
    assert out is not None
    assert (out.text or "").startswith("a\ufffdb\ufffdc\ufffd]]><x>&\n")


def test_clauses_nobody_judged_are_skipped_and_an_age_band_untested_is_an_error(tmp_path: Path) -> None:
    tree = [
        {"id": "4", "title": "Blocking", "assessed": "measured"},
        {"id": "9", "title": "Maintenance", "assessed": "by-hand", "note": "Whether updates arrive."},
        {"id": "10", "title": "Removal", "assessed": "by-hand", "note": "Whether only the parent can."},
    ]
    young = runs.BLOCK.model_copy(update={"id": "young", "age_band": "0-12"})
    profile = builders.criteria(runs.BLOCK, young, clause=tree).model_dump(mode="json", by_alias=True)
    folder = runs.run(tmp_path / "run", runs.cases(12, 12), criteria=profile)
    said = ClauseJudgement(
        author="Ann Other", reason="None came", blind=True, date=builders.NOW, clause="9", finding=Finding.NOT_MET
    )
    addenda.append(folder, said)
    root = suites(junit(derive(folder)))
    named = {suite.get("name"): suite for suite in root}
    assert named["acme at no setting that was tested"].get("errors") == "1"
    hand = named["clauses judged by hand"]
    assert [hand.get(key) for key in ("tests", "failures", "skipped")] == ["2", "1", "1"]
    assert [case.get("name") for case in hand if case.find("failure") is not None] == ["9 Maintenance"]


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_kind_of_run_is_valid_as_jenkins_takes_it(kind: str) -> None:
    text = junit(kinds.derived(kind))
    SCHEMA.validate(text)
    root = suites(text)
    assert (root.get("time") is None) == (kind == "unfinished")
    for suite in root:
        for name in ("failure", "error", "skipped"):
            counted = str(len([case for case in suite.iter("testcase") if case.find(name) is not None]))
            assert suite.get(f"{name}s" if name != "skipped" else name, "0") == counted
        assert suite.get("tests") == str(len(suite.findall("testcase")))
