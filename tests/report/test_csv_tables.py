"""The tables for spreadsheets say what the Parquet says, and nothing in them runs."""

import csv
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from harness.report import csv_tables
from tests.report import runs


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines(keepends=True), strict=True))


def test_verdicts_are_those_of_the_parquet(tmp_path: Path) -> None:
    planned = [replace(case, confidence=0.5, disputed=True) for case in runs.cases(3, 0)] + runs.cases(0, 3)
    derived = runs.derived(tmp_path / "run", planned, {"adult-00": "arrives"}, settings=("moderate", "most"))
    path = tmp_path / "verdicts.csv"
    path.write_text("".join(csv_tables.verdicts(derived)), "utf-8", newline="")
    expected = runs.frame(derived, "verdicts")
    read = pd.read_csv(path, keep_default_na=False, na_values={"confidence": [""]}, dtype=dict(expected.dtypes))
    pd.testing.assert_frame_equal(read, expected)
    assert len(read) == 12


def test_rates_say_how_many_of_how_many(tmp_path: Path) -> None:
    derived = runs.derived(tmp_path / "run", runs.cases(4, 0), {"adult-00": "arrives"})
    text = "".join(csv_tables.rates(derived))
    assert text.endswith("\r\n")
    assert len(rows(text)) == 1 + len(derived.rates)
    read = {(row["metric"], row["category"]): row for row in csv.DictReader(text.splitlines())}
    under = read["bad_sites_under_block", "adult"]
    assert (under["k"], under["n"], under["estimate"], under["unscored"]) == ("1", "4", "0.25", "0")
    assert read["ok_sites_over_block", "overall"]["estimate"] == ""


def test_it_comes_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    derived = runs.derived(tmp_path / "run", runs.cases(3, 2))
    whole = "".join(csv_tables.verdicts(derived))
    monkeypatch.setattr(csv_tables, "CHUNK", 2)
    pieces = list(csv_tables.verdicts(derived))
    assert len(pieces) == 4
    assert "".join(pieces) == whole


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    hostile = '=cmd|"/c calc"!A1\r\n\u202e'
    case = replace(runs.cases(1, 0)[0], language=hostile, source="@SUM(1)", rater="\uff1d1")
    text = "".join(csv_tables.verdicts(runs.derived(tmp_path / "run", [case])))
    text.encode("utf-8")
    (row,) = csv.DictReader(text.splitlines())
    assert row["language"] == '\'=cmd|"/c calc"!A1‹U+000D›‹U+000A›‹U+202E›'
    assert (row["source"], row["rater"]) == ("'@SUM(1)", "'\uff1d1")
