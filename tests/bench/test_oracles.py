"""Tables of others compared: on small ones made by hand."""

import sys
from pathlib import Path

import pytest

from bench import oracles
from harness.model.errors import UsageError

# The second has a tie, 13/16, printed as to even; the third and fourth have no positives, the last nothing at all.
WEEKS = """\
1,90.0,870.0,30.0,10.0,0.750,0.900,0.033,0.800,0.818
2,13.0,327.0,6.0,3.0,0.684,0.812,0.018,0.732,0.743
3,0.0,6.0,1.0,0.0,0.000,0.000,0.143,0.000,0.000
4,0.0,5.0,0.0,0.0,0.000,0.000,0.000,0.000,0.000
5,0.0,0.0,0.0,0.0,0.000,0.000,0.000,0.000,0.000
"""
CHARITIES = "\tOne\tTwo\tThree\n" + "".join(
    f"http://charity-{number}.example\t{result}\n"
    for number, result in enumerate(["ok\tok\t", "blocked\tok\t", "ok\terror\t", "error\ttimeout\t", "ok\tok\t"])
)


def written(folder: Path, weeks: str = WEEKS, charities: str = CHARITIES) -> Path:
    (folder / "accuracy").mkdir()
    (folder / "accuracy" / "some_accuracy.csv").write_text(weeks)
    (folder / "opencharities.tsv").write_text(charities)
    return folder


def test_agreement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert oracles.compare(written(tmp_path)) == 0
    found = capsys.readouterr().out.splitlines()
    assert found[0] == "weekly tables: 1 files, 25 figures"
    # as in any table of exact limits
    assert found[1] == "One             1 of      4 blocked: 25.000000% (0.630946% to 80.587955%); 1 failed beside them"
    # 1 - 0.025 ** (1 / 3)
    assert found[2] == "Two             0 of      3 blocked: 0.000000% (0.000000% to 70.759823%); 2 failed beside them"
    assert "0 of      0 blocked: none (0.000000% to 100.000000%); 0 failed" in found[3]
    assert found[4] == "34 of 34 figures agree"


@pytest.mark.parametrize("digit", ["0.749", "0.75", "0.751"])
def test_a_digit_that_differs_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str], digit: str) -> None:
    assert oracles.compare(written(tmp_path, WEEKS.replace("0.750", digit))) == 1
    found = capsys.readouterr().out
    assert f"DIFFERS: some_accuracy.csv, week 1: precision is 0.750 here and {digit} there" in found
    assert "33 of 34 figures agree" in found


def test_bounds_that_differ_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oracles, "proportion_confint", lambda *_: (0.0, 1.0))
    assert oracles.compare(written(tmp_path)) == 1
    assert "DIFFERS: One: upper is 80.587955% here and 100.000000% there" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("weeks", "charities", "message"),
    [
        ("1,1.5,0,0,0,0,0,0,0,0\n", CHARITIES, "some_accuracy.csv:1: not a week"),
        (WEEKS + "6,-1,0,0,0,0,0,0,0,0\n", CHARITIES, "some_accuracy.csv:6: not a week"),
        ("1,inf,0,0,0,0,0,0,0,0\n", CHARITIES, "not a week"),
        ("1,1,0,0,0,0,0,0,0\n", CHARITIES, "not a week"),
        ("\n", CHARITIES, "not a week"),
        (WEEKS, "\tOne\nhttp://a.example\tperhaps\n", "opencharities.tsv:2: not an address"),
        (WEEKS, "\tOne\nhttp://a.example\tok\tok\n", "not an address"),
    ],
)
def test_what_is_no_table(tmp_path: Path, weeks: str, charities: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        oracles.compare(written(tmp_path, weeks, charities))


def test_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["oracles", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        oracles.main()
    assert ended.value.code == 4
    assert "neither" in capsys.readouterr().err
