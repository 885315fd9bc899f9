"""`harness compare` as a person meets it."""

from pathlib import Path

import pytest

from tests import builders, live
from tests.report import runs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run with two settings, one that lets eight pages through, and a smaller unsealed one."""
    monkeypatch.chdir(tmp_path)
    planned = runs.cases(12, 6)
    runs.run(tmp_path / "good", planned, {"news-03": "challenged"}, settings=("moderate", "most"))
    bad = {f"adult-{number:02}": "arrives" for number in range(8)}
    runs.run(
        tmp_path / "bad", planned, bad | {"news-00": "blocked", "news-01": "altered", "news-02": "blocked"}, seed=2
    )
    runs.run(tmp_path / "other", [builders.case(f"drugs-{number}", category="drugs") for number in range(6)], seed=4)
    runs.run(tmp_path / "loose", planned[:-2], sealed=False, seed=3)
    return tmp_path


def test_summary(folder: Path) -> None:
    ended = live.command("compare", "good", "bad", "--setting", "moderate")
    assert (ended.code, ended.err) == (0, "")
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert lines[0].startswith("Run 1 (baseline): good: Acme Filter 1.2; corpus test 1; planned 2026-01-01")
    assert "Run 2 at moderate against run 1 at moderate" in lines
    assert "overall 12 0 (0.0%) 8 (66.7%) 0 8 +66.7 (+29.9 to +86.2) 0.0078 worse" in lines
    assert "news 5 (1 unscored) 0 (0.0%) 3 (60.0%) 0 3 +60.0 (+3.0 to +88.2) 0.2500 no difference shown" in lines
    assert "interval: Newcombe 1998 (paired), method 10" in lines
    assert "p: exact McNemar test" in lines
    assert "12 cases with another verdict or outcome: 11 worse, 1 different" in lines
    assert "and 2 more; --out lists all of them" in lines
    assert "written" not in ended.out
    assert "equal" not in ended.out


def test_files_are_written_when_asked_for(folder: Path) -> None:
    ended = live.command("compare", "good@most", "bad@moderate", "loose", "--out", "out", "--confidence", "0.9")
    assert ended.code == 0
    assert "warning: Run 3 (loose) IS NOT SEALED" in ended.out
    assert "points (90%)" in ended.out
    assert "All 3 runs: same verdict in" in ended.out
    assert ended.out.endswith("written: out/index.html, out/comparison.json\n")
    there = {path.name for path in (folder / "out").iterdir()}
    assert {"index.html", "flips-1-3-001.html", "comparison.json", "league.csv"} <= there


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("good",), "RUN: name two runs or more"),
        (("good", "nowhere"), "nowhere: not a run folder"),
        (("good", "good"), "the same evidence"),
        (("good", "bad@none"), "bad: no setting 'none'"),
        (("good", "bad", "--setting", "none"), "good: no setting 'none'"),
        (("good", "bad", "--out", "."), "--out: the folder holds other files"),
        (("good@most", "other", "--out", "out"), "share no case: runs 1 and 2 have 0 cases alike, 18 and 6 that the"),
    ],
)
def test_errors_are_one_line(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    ended = live.command("compare", *arguments)
    assert (ended.code, ended.out) == (4, "")
    (line,) = ended.err.splitlines()
    assert words in line
    assert not (folder / "out").exists()


@pytest.mark.parametrize("confidence", ["1", "0.4", "nan", "high"])
def test_impossible_confidence(folder: Path, confidence: str) -> None:
    assert live.command("compare", "good", "bad", "--confidence", confidence).code == 4


def test_damaged_evidence_is_not_compared(folder: Path) -> None:
    (folder / "bad" / "plan.jsonl").write_text("")
    ended = live.command("compare", "good", "bad", "--out", "out")
    assert (ended.code, ended.out) == (3, "")
    assert "plan.jsonl" in ended.err
    assert not (folder / "out").exists()


def test_text_of_others_is_shown_as_it_is(folder: Path) -> None:
    """No colours, markup or direction marks that a product or corpus brings along."""
    title = {**runs.PRODUCT, "title": "\x1b[31m[bold]Acme\u202e"}
    planned = runs.cases(2, 0, category="[red]x[/red]\x1b[2J")
    for number in (1, 2):
        runs.run(folder / f"odd-{number}", planned, {"adult-00": "arrives"} if number == 2 else {}, product=title)
    ended = live.command("compare", "odd-1", "odd-2")
    assert ended.code == 0
    assert "\x1b" not in ended.out
    assert "‹U+001B›[31m[bold]Acme‹U+202E›" in ended.out
    assert "[red]x[/red]‹U+001B›[2J" in ended.out
