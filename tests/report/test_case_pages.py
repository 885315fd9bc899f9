"""The pages of cases beside the report: every case once, in its place, and the report itself stays small."""

import re
from pathlib import Path
from typing import Any

import pytest

from harness.evidence.folder import RunFolder
from harness.model.words import Expectation, Outcome
from harness.report import check, html, outputs, paging
from harness.report.derive import derive
from tests import builders
from tests.report import runs

FATES = {f"adult-{number:02}": "arrives" for number in range(5)} | {"news-01": "blocked", "adult-07": "challenged"}


def written(path: Path, **changes: Any) -> RunFolder:
    folder = runs.run(path, runs.cases(12, 12), FATES, **changes)
    outputs.write(folder, derive(folder))
    return folder


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "CASES", 2)


def test_every_case_stands_on_one_page_by_setting_and_outcome(tmp_path: Path, small: None) -> None:
    derived = runs.derived(tmp_path / "run", runs.cases(12, 12), FATES, settings=("most", "moderate"))
    found = paging.paged(derived)
    under, over, unscored = Outcome.UNDER_BLOCKED, Outcome.OVER_BLOCKED, Outcome.UNSCORED
    kinds = [(page.outcome, page.first, page.last, page.of) for page in found]
    one = [(under, 1, 2, 5), (under, 3, 4, 5), (under, 5, 5, 5), (over, 1, 1, 1), (unscored, 1, 1, 1)]
    assert kinds == one * 2
    assert [page.setting for page in found] == ["most"] * 5 + ["moderate"] * 5
    wrong = {(item.setting, item.case.case_id) for item in derived.scored if item.outcome is not Outcome.CORRECT}
    assert sorted(wrong) == sorted((item.setting, item.case.case_id) for page in found for item in page.items)
    assert [page.file for page in found][::9] == ["cases-0001.html", "cases-0010.html"]


def test_index_counts_and_leads_to_the_first_of_each(tmp_path: Path, small: None) -> None:
    derived = runs.derived(tmp_path / "run", runs.cases(12, 12), FATES)
    parts = paging.parts(paging.paged(derived))
    assert [(part.outcome, part.count) for part in parts] == [
        (Outcome.UNDER_BLOCKED, 5),
        (Outcome.OVER_BLOCKED, 1),
        (Outcome.UNSCORED, 1),
    ]
    assert [(group.category, group.count, group.href) for group in parts[0].groups] == [
        ("adult", 5, "cases-0001.html#case-adult-00")
    ]


def test_ids_of_cases_make_anchors_whatever_they_are(tmp_path: Path) -> None:
    planned = [builders.case(case_id) for case_id in ("plain-1", 'a"b<c', "a/b:c@d", "x" * 200, "\u202e")]
    derived = runs.derived(tmp_path / "run", planned, {case.case_id: "arrives" for case in planned})
    anchors = [paging.anchor(item) for item in derived.scored]
    assert len(set(anchors)) == 5
    assert "case-plain-1" in anchors
    assert all(re.fullmatch("[A-Za-z0-9_.-]{1,90}", anchor) for anchor in anchors)


def test_pages_verify_and_what_is_changed_or_left_over_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path / "run")
    assert check.problems(folder) == []
    page, stale = folder.path / "report" / "cases-0002.html", folder.path / "report" / "cases-0009.html"
    page.write_text(page.read_text("utf-8").replace("news-01", "news-02"), "utf-8")
    stale.write_text("old", "utf-8")
    assert [str(item).split(":")[0] for item in check.problems(folder)] == [str(page), str(stale)]
    outputs.write(folder, derive(folder))
    assert check.problems(folder) == []
    assert not stale.exists()


def test_a_run_without_wrong_cases_has_no_pages(tmp_path: Path) -> None:
    folder = runs.run(tmp_path / "run", runs.cases(12, 12))
    outputs.write(folder, derive(folder))
    assert not (folder.path / "report").exists()
    assert "report/cases" not in (folder.path / "report.html").read_text("utf-8")


def test_a_screenshot_is_a_link_to_its_blob_and_only_a_jpeg_is(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", shots={"adult-00": runs.JPEG, "adult-01": b"<script>alert(1)</script>"})
    text = (folder.path / "report" / "cases-0001.html").read_text("utf-8")
    pictures = re.findall(r'<a href="([^"]+)"><img src="([^"]+)"', text)
    assert [link for link, _ in pictures] == [picture for _, picture in pictures]
    assert [(folder.path / "report" / link).read_bytes() for link, _ in pictures] == [runs.JPEG]


def test_pages_of_a_void_run_say_so(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", stop={"complete": False, "reason": "the product died"})
    for page in (folder.path / "report").glob("*.html"):
        text = page.read_text("utf-8")
        assert "Not valid for a decision." in text
        assert 'class="is-void"' in text


def test_the_report_stays_under_a_megabyte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With settings, categories and languages by the hundred, long addresses and large screenshots."""
    kinds = {f"category-{number:03}-{'c' * 40}": f"{'C' * 80} {number}" for number in range(120)}
    planned = [
        builders.case(
            f"case-{number:04}-{'i' * 150}",
            url=f"http://site-{number}.test/{'x' * 1900}",
            category=f"category-{number % 120:03}-{'c' * 40}",
            expectation=list(Expectation)[number % 2],
            language=f"language-{number % 60}",
        )
        for number in range(240)
    ]
    folder = runs.run(
        tmp_path / "run",
        planned,
        {case.case_id: "arrives" if case.expectation is Expectation.BLOCK else "blocked" for case in planned},
        settings=tuple(f"setting-{number}" for number in range(6)),
        corpus={**builders.spec().corpus, "categories": kinds},
        shots={case.case_id: runs.JPEG + bytes(70_000) for case in planned},
        sealed=False,
    )
    derived = derive(folder)
    text = html.report(folder, derived)
    assert len(text.encode()) < html.MOST
    assert "data:image/jpeg" in text
    monkeypatch.setattr(html, "MOST", len(text) - 1)
    assert "data:image/jpeg" not in html.report(folder, derived)
