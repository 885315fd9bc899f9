"""`harness corpus check` and `harness corpus stats`: exit codes, what is said where, and what is written."""

import csv
from pathlib import Path

from harness.profile import shipped
from tests import live
from tests.corpus.made import corpus, with_fixtures

GOOD = ["a,http://one.test/,adult,block", "b,http://two.test/,news,allow"]
BAD = [*GOOD, "c,http://one.test/,news,allow", "d,http://six.test/,adult,block", "d,http://ten.test/,adult,block"]


def test_warnings_end_with_0(tmp_path: Path) -> None:
    ended = live.command("corpus", "check", corpus(tmp_path / "c", GOOD))
    assert (ended.code, ended.err) == (0, "")
    assert "Small 1: 2 cases on 2 hosts of 2 sites\ndigest " in ended.out
    assert "warning: No look-alikes (1)\n" in ended.out
    assert ended.out.endswith("\nerrors: 0, warnings: 3, notes: 4\n")


def test_errors_end_with_4_and_all_of_them_are_said(tmp_path: Path) -> None:
    path = corpus(tmp_path / "c", BAD)
    ended = live.command("corpus", "check", path)
    assert ended.code == 4
    assert "digest" not in ended.out
    assert "cases.csv:4: expectation: conflicting labels" in ended.out
    assert "cases.csv:6: case_id: 'd' stands already at line 5" in ended.out
    (line,) = ended.err.splitlines()
    assert line.startswith(f"error: {path}/cases.csv:4: expectation: conflicting labels for 'http://one.test/'")
    assert line.endswith(" (errors in all: 2)")


def test_a_cleaned_copy(tmp_path: Path) -> None:
    path, new = corpus(tmp_path / "c", BAD), tmp_path / "new"
    ended = live.command("corpus", "check", path, "--fix", "--into", new)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith(f"{new}: 1 renamed, 2 taken out; every change is in changes.csv\n")
    ended = live.command("corpus", "check", new, "--fix", "--into", tmp_path / "next")
    assert ended.code == 0
    assert ended.out.endswith(f"{tmp_path / 'next'}: nothing to change; every change is in changes.csv\n")


def test_options_that_belong_together(tmp_path: Path) -> None:
    path = corpus(tmp_path / "c", GOOD)
    for more in (("--fix",), ("--into", tmp_path / "new")):
        ended = live.command("corpus", "check", path, *more)
        assert (ended.code, ended.out, ended.err) == (4, "", "error: --fix and --into NEW belong together\n")
    assert not (tmp_path / "new").exists()


def test_the_list_has_every_finding(tmp_path: Path) -> None:
    rows = [f"c{n},http://one.test/#{n},adult,block" for n in range(20)]
    listed = tmp_path / "list.csv"
    ended = live.command("corpus", "check", corpus(tmp_path / "c", rows), "--list", listed)
    assert ended.code == 0
    assert "    and 14 more; --list FILE writes all\n" in ended.out
    with listed.open(newline="") as file:
        assert sum(row["kind"] == "request" for row in csv.DictReader(file)) == 19
    ended = live.command("corpus", "check", tmp_path / "c", "--list", tmp_path / "no" / "list.csv")
    assert (ended.code, ended.out) == (4, "")
    assert "list.csv: --list: cannot be written" in ended.err


def test_against_and_criteria(tmp_path: Path) -> None:
    ended = live.command(
        *("corpus", "check", corpus(tmp_path / "c", GOOD), "--against", corpus(tmp_path / "o", GOOD[:1])),
        *("--criteria", "pas74-kitemark"),
    )
    assert ended.code == 0
    assert "cases.csv:2: url: 'one.test/' is in small at line 2" in ended.out
    assert "criteria pas74-kitemark: block-adult: cases: 1, asked for: 29; sites: 1, asked for: 29" in ended.out


def test_what_is_said_is_harmless(tmp_path: Path) -> None:
    rows = ['"\u202ea\u200b","http://one.test/\u202e<script>",adult,block,,\u202e,\u202e,\u202e']
    ended = live.command("corpus", "check", corpus(tmp_path / "c", [*GOOD, *rows]))
    assert ended.code == 4
    assert "\u202e" not in ended.out + ended.err
    assert "\u200b" not in ended.out + ended.err


def test_the_page_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    ended = live.command("corpus", "stats", with_fixtures(tmp_path / "c", BAD), "--out", page)
    assert (ended.code, ended.out, ended.err) == (0, f"{page}\n", "")
    assert page.read_text("utf-8").startswith("<!doctype html>")
    ended = live.command("corpus", "stats", tmp_path / "c", "--out", tmp_path / "no" / "page.html")
    assert (ended.code, ended.out) == (4, "")
    assert f"error: {tmp_path / 'no' / 'page.html'}: --out: cannot be written" in ended.err


def test_every_shipped_corpus_has_a_page(tmp_path: Path) -> None:
    for name in shipped.names(shipped.CORPORA, "corpus.toml"):
        assert live.command("corpus", "stats", name, "--out", tmp_path / f"{name}.html").code == 0
