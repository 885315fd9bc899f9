"""A comparison as files: the same bytes every time, whole or not at all, and harmless in a spreadsheet."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.report import compared, comparison_tables
from harness.report.compare import Comparison, comparison
from tests.report import runs


def found(folder: Path, category: str = "adult", url: str = "http://adult-00.test/") -> Comparison:
    planned = [replace(runs.cases(1, 0)[0], category=category, url=url), *runs.cases(3, 3)[1:]]
    for number, fates in enumerate(({}, {"adult-00": "arrives", "news-01": "blocked"})):
        runs.run(folder / f"run-{number}", planned, fates, seed=number)
    return comparison([str(folder / "run-0"), str(folder / "run-1")], (), 0.95)


def test_what_is_written(tmp_path: Path) -> None:
    compared.write(found(tmp_path), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("agreement.csv", "agreement.html", "baseline.csv", "categories.csv", "categories.html", "comparison.json"),
        *("differences.csv", "differences.html", "flips-1-2-001.html", "flips.csv", "flips.html", "index.html"),
        *("league.csv", "matching.csv", "method.html", "not-comparable.csv", "trend.csv", "trend.html"),
    }
    said = json.loads((tmp_path / "out" / "comparison.json").read_bytes())
    assert (said["schema"], said["confidence"]) == ("pas-harness/comparison/2", 0.95)
    assert [(run["number"], run["name"], run["cases"], run["left_out"], run["sealed"]) for run in said["runs"]] == [
        (1, "run-0", 6, 0, True),
        (2, "run-1", 6, 0, True),
    ]
    assert said["matching"]["shared"] == 6
    (lineup,) = said["comparisons"]
    assert [rate["finding"] for rate in lineup["against"][0]["rates"]] == ["no difference shown"] * 4
    assert [flip["change"] for flip in lineup["against"][0]["flips"]] == ["worse", "worse"]
    with (tmp_path / "out" / "flips.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert [(row["case_id_before"], row["rule_id_after"], row["outcome_after"]) for row in rows] == [
        ("adult-00", "allowed.token", "under-blocked"),
        ("news-01", "blocked.error-status", "over-blocked"),
    ]


def test_the_same_evidence_gives_the_same_bytes_wherever_it_lies(tmp_path: Path) -> None:
    for place in ("here", "there"):
        compared.write(found(tmp_path / place), tmp_path / place / "out")
        compared.write(
            comparison([str(tmp_path / place / f"run-{n}") for n in (0, 1)], (), 0.95), tmp_path / place / "out"
        )
    here, there = (
        {path.name: path.read_bytes() for path in (tmp_path / place / "out").iterdir()} for place in ("here", "there")
    )
    assert here == there
    assert not [name for name, data in here.items() if str(tmp_path).encode() in data]


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    made = found(tmp_path)
    with pytest.raises(UsageError, match="holds other files"):
        compared.write(made, tmp_path)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="file: --out: cannot be written"):
        compared.write(made, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "run-0", "run-1"]
    compared.write(made, tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"holds other files \(notes.txt\)"):
        compared.write(made, tmp_path / "out")


def test_pages_of_an_earlier_comparison_do_not_stay(tmp_path: Path) -> None:
    made = found(tmp_path)
    compared.write(made, tmp_path / "out")
    before = {path.name for path in (tmp_path / "out").iterdir()}
    (tmp_path / "out" / "flips-1-9-002.html").write_text("of an earlier one")
    compared.write(made, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == before


@pytest.mark.parametrize(
    ("category", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\uff1d1", "'\uff1d1"),
        (" =1", "' =1"),
        ("\t=1", "‹U+0009›=1"),
        ("\r\n=1", "‹U+000D›‹U+000A›=1"),
        ("a\u202eb", "a‹U+202E›b"),
        ('",=1', '",=1'),
    ],
)
def test_no_cell_is_a_formula(tmp_path: Path, category: str, cell: str) -> None:
    made = found(tmp_path, category, "http://adult-00.test/?q==1,%22")
    (table,) = (item for item in comparison_tables.tables(made) if item.file == "flips.csv")
    rows = list(csv.DictReader(comparison_tables.text(table).splitlines()))
    assert {row["category"] for row in rows} == {cell, "news"}
    assert all(None not in row and None not in row.values() for row in rows)
    compared.write(made, tmp_path / "out")
    text = (tmp_path / "out" / "comparison.json").read_text("utf-8")
    assert {flip["category"] for flip in json.loads(text)["comparisons"][0]["against"][0]["flips"]} == {
        category,
        "news",
    }


def test_half_a_character_does_not_stop_the_writing(tmp_path: Path) -> None:
    made = found(tmp_path)
    made.runs[0].identity["product"]["title"] = "Acme \ud83d"
    compared.write(made, tmp_path / "out")
    said = json.loads((tmp_path / "out" / "comparison.json").read_bytes())
    assert said["runs"][0]["product"]["title"] == "Acme \ud83d"
