"""Cleaned copies: a run takes them, cleaning again changes nothing, no label changes, and nothing is half-written."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.corpus.check import check
from harness.corpus.findings import Severity
from harness.corpus.fix import CHANGES, fix, plan
from harness.corpus.load import load
from harness.model.case import Case
from harness.model.errors import UsageError
from tests.corpus.made import ROW, corpus, with_fixtures


def clean(path: str, into: Path) -> list[tuple[int, str, str]]:
    """Write the cleaned copy, and say line, change and reason of each change."""
    return [(change.line, change.change, change.reason) for change in fix(check(path), into)]


def rows(folder: Path, name: str = "cases.csv") -> list[list[str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def test_rows_that_contradict_each_other_go_all_of_them(tmp_path: Path) -> None:
    path = corpus(
        tmp_path / "c",
        [
            "a,http://one.test/,adult,block",
            "b,https://one.test:443/#x,news,allow",
            "c,HTTP://ONE.TEST,adult,block",
            "d,http://two.test/,adult,block",
        ],
    )
    reason = "conflicting labels for one address: adult/block, news/allow"
    assert clean(path, tmp_path / "new") == [(line, "taken out", reason) for line in (2, 3, 4)]
    assert [row[0] for row in rows(tmp_path / "new")] == ["d"]


def test_the_first_of_an_address_stays_as_it_is_written(tmp_path: Path) -> None:
    path = corpus(
        tmp_path / "c",
        [
            "dead,http://one.test/,adult,block,,,dead",
            'a, HTTP://ONE.test:80/#x ,adult,block,,,,"adult, or so"',
            "b,http://one.test/,adult,block",
            "c,https://one.test/,adult,block",
        ],
    )
    same = "same address as line 3"
    assert clean(path, tmp_path / "new") == [
        (2, "taken out", "dead on record"),
        (4, "taken out", same),
        (5, "taken out", same),
    ]
    assert rows(tmp_path / "new") == [["a", " HTTP://ONE.test:80/#x ", "adult", "block", "", "", "", "adult, or so"]]


def test_what_a_run_refuses_goes_with_its_words(tmp_path: Path) -> None:
    path = with_fixtures(
        tmp_path / "c",
        [
            "a,http://one.test/,fashion,allow",
            "b,http://two.test/,news,allow,gone.html",
            "c,http://six.test/,news,allow,a.html",
        ],
    )
    (first, _, category), (second, _, fixture) = clean(path, tmp_path / "new")
    assert (first, second) == (2, 3)
    assert category.startswith("category: unknown category 'fashion'")
    assert fixture.startswith("fixture: fixture 'gone.html' not found")
    assert [case.case_id for case in load(str(tmp_path / "new")).cases] == ["c"]


def test_cases_of_one_id_are_told_apart_and_lose_what_raters_said(tmp_path: Path) -> None:
    path = corpus(
        tmp_path / "c",
        [
            "a,http://one.test/,adult,block",
            "a,http://two.test/,adult,block",
            "a-2,http://six.test/,adult,block",
            "b,http://ten.test/,adult,block",
        ],
    )
    (tmp_path / "c" / "labels.csv").write_text(
        "case_id,category,expectation,rater\na,adult,block,x\nb,adult,block,x\nz,adult,block,x\n"
    )
    lost = "its id names no case, or named several"
    assert clean(path, tmp_path / "new") == [
        (3, "renamed", "a-3"),
        (2, "taken out", lost),
        (4, "taken out", lost),
    ]
    assert [row[0] for row in rows(tmp_path / "new")] == ["a", "a-3", "a-2", "b"]
    assert rows(tmp_path / "new", "labels.csv") == [["b", "adult", "block", "x"]]


def test_the_list_of_changes_holds_no_formula(tmp_path: Path) -> None:
    path = corpus(tmp_path / "c", ["=1+1,http://one.test/,adult,block", "a,http://two.test/,adult,block"])
    clean(path, tmp_path / "new")
    ((file, line, case_id, _, change, _),) = rows(tmp_path / "new", CHANGES)
    assert (file, line, case_id, change) == ("cases.csv", "2", "'=1+1", "taken out")


def test_other_files_come_along_and_links_lead_nowhere_else(tmp_path: Path) -> None:
    path = with_fixtures(tmp_path / "c", ["a,http://one.test/,adult,block,link.html"])
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "c" / "link.html").symlink_to("a.html")
    (tmp_path / "c" / "out.html").symlink_to(tmp_path / "secret")
    (tmp_path / "c" / "deep" / "er").mkdir(parents=True)
    (tmp_path / "c" / "deep" / "er" / "note.txt").write_text("note")
    clean(path, tmp_path / "new")
    new = tmp_path / "new"
    assert (new / "deep" / "er" / "note.txt").read_text() == "note"
    assert not (new / "link.html").is_symlink()
    assert (new / "link.html").read_bytes() == (new / "a.html").read_bytes()
    assert not (new / "out.html").exists()


def spoilt(folder: Path) -> None:
    (folder / "resources.csv").write_text("url,fixture\nhttp://one.test/a.png,gone.png\n")


REFUSED: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "nothing would be left": (
        lambda folder: corpus(folder, ["a,http://one.test/,x,block"]),
        "new",
        "every case would be taken out",
    ),
    "broken off": (
        lambda folder: corpus(folder, ["a,http://one.test/,adult,block", 'b,"']),
        "new",
        r"cases.csv:3: not valid CSV.*mend it by hand first",
    ),
    "another table": (spoilt, "new", r"c/resources.csv:2: fixture: .*mend it by hand first"),
    "in place": (lambda folder: None, "c", "never changed in place"),
    "within": (lambda folder: None, "c/new", "never changed in place"),
    "around": (lambda folder: None, ".", "never changed in place"),
    "nowhere": (lambda folder: None, "no/new", "no such folder"),
    "a file": (lambda folder: (folder.parent / "new").write_text("x"), "new", "exists already"),
    "full": (lambda folder: (folder / "x").rename(folder.parent / "new"), "new", "exists"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_all_or_nothing(case: str, tmp_path: Path) -> None:
    spoil, into, text = REFUSED[case]
    path = corpus(tmp_path / "c", ["a,http://one.test/,adult,block", "b,http://one.test/,adult,block"])
    (tmp_path / "c" / "x" / "y").mkdir(parents=True)
    spoil(tmp_path / "c")
    before = tree(tmp_path)
    with pytest.raises(UsageError, match=text):
        fix(check(path), tmp_path / into)
    assert tree(tmp_path) == before


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def labelled(cases: Iterable[Case]) -> set[tuple[str, str, str]]:
    return {(case.url, case.category, case.expectation) for case in cases}


@settings(max_examples=25, deadline=None)
@given(given_rows=st.lists(ROW, min_size=1, max_size=7))
def test_cleaning_is_done_once_and_invents_nothing(
    given_rows: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("c")
    path = with_fixtures(folder / "c", given_rows)
    found = check(path)
    before = {tuple(row[1:4]) for row in rows(folder / "c")}
    if {change.line for change in plan(found) if change.change == "taken out"} >= set(found.table.frame["line"]):
        with pytest.raises(UsageError, match="every case would be taken out"):
            fix(found, folder / "new")
        return
    changes = fix(found, folder / "new")
    again = check(str(folder / "new"))
    assert again.count(Severity.ERROR) == 0
    assert plan(again) == []
    assert labelled(load(str(folder / "new")).cases) <= before
    out = {change.line for change in changes if change.change == "taken out"}
    assert len(rows(folder / "new")) + len(out) == len(given_rows)

    assert fix(check(path), folder / "same") == changes
    assert tree(folder / "same") == tree(folder / "new")
    assert fix(again, folder / "next") == []
    assert (folder / "next" / "cases.csv").read_bytes() == (folder / "new" / "cases.csv").read_bytes()
