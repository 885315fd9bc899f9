"""`harness failures` as a maker of a product meets it."""

from pathlib import Path

import pytest

from tests import live
from tests.report import runs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    planned = runs.cases(12, 6)
    runs.run(tmp_path / "old", planned, {"adult-00": "arrives"})
    runs.run(tmp_path / "new", planned, {"adult-01": "arrives", "adult-02": "arrives"}, seed=2)
    runs.run(tmp_path / "void", planned, stop={"complete": False, "reason": "the \x1bproduct died"}, seed=3)
    return tmp_path


def test_worse(folder: Path) -> None:
    ended = live.command("failures", "new", "--baseline", "old", "--out", "out")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.splitlines() == [
        "Some cases got worse",
        "  2 cases handled rightly in the baseline are handled wrongly now, and 1 the other way round.",
        "  2 newly wrong, 1 newly right",
        "",
        "  1 2 pages to block were under-blocked, with no common cause found (2 newly wrong); setting moderate",
        "    2 of 12 scored pages to block went wrong; nothing sets these apart.",
        "    for example http://adult-01.test/",
        "      harness probe zoo-perfect --corpus test --case adult-01 --setting moderate",
        "",
        "  written: out/failures.html, failures.json, failures.csv",
    ]
    assert {path.name for path in Path("out").iterdir()} == {"failures.html", "failures.json", "failures.csv"}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("new",), 0, "No baseline to compare with"),
        (("old", "--baseline", "new", "--setting", "moderate"), 1, "1 newly wrong, 2 newly right"),
        (("new", "--baseline", "void"), 2, "The baseline is void"),
        (("new", "--baseline", "new"), 2, "The runs cannot be compared"),
        (("void", "--baseline", "old"), 3, "Void: says nothing about the product"),
    ],
)
def test_exit_codes(folder: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    ended = live.command("failures", *arguments)
    assert (ended.code, ended.err) == (code, "")
    assert words in ended.out
    assert "\x1b" not in ended.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere",), "nowhere: not a run folder"),
        (("new", "--baseline", "nowhere"), "nowhere: not a run folder"),
        (("new", "--setting", "least"), "new: --setting: no setting 'least'"),
        (("new", "--out", "."), "--out: the folder holds other files"),
        (("new", "--confidence", "1"), "--confidence"),
        (("new", "--out", "new/failures"), "--out: lies in a run folder"),
    ],
)
def test_wrong_usage_is_one_line(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    ended = live.command("failures", *arguments)
    assert (ended.code, ended.out) == (4, "")
    assert words in ended.err.splitlines()[-1]
