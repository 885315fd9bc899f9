"""result.json and verdicts.parquet: what other programs read."""

import json
from pathlib import Path

import pandas as pd
import pytest

from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.report import check, outputs, result
from harness.report.derive import derive
from tests.report import runs


def test_counts_add_up(tmp_path: Path) -> None:
    fates = {
        "adult-00": "arrives",
        "adult-01": "altered",
        "adult-02": "challenged",
        "adult-03": "faulty",
        "news-00": "",
    }
    counted = result.counts(runs.derived(tmp_path / "run", runs.cases(8, 8), fates))
    assert counted["planned"] == 16
    assert counted["scored"] == 13
    assert (counted["blocked"], counted["allowed"], counted["degraded"], counted["indeterminate"]) == (4, 8, 1, 1)
    assert counted["unscored"] == {"browser-fault": 1, "indeterminate.challenge": 1, "not-measured": 1}


def test_result_is_json_and_names_what_was_tested(tmp_path: Path) -> None:
    folder = runs.run(tmp_path / "run", runs.cases(12, 12))
    derived = derive(folder)
    said = json.loads(canonical.pretty(result.result(derived, sealed=True)))
    assert said["schema"] == result.SCHEMA
    assert said["decision"] == "pass"
    assert said["product"]["version"] == "1.2"
    assert said["run"]["journal_head"] == derived.head
    assert said["run"]["sealed"] is True
    assert {item["decision"] for item in said["criteria"]} == {"pass"}


def test_void_says_why_and_decides_nothing(tmp_path: Path) -> None:
    derived = runs.derived(tmp_path / "run", runs.cases(12, 12), stop={"complete": False, "reason": "the product died"})
    said = result.result(derived, sealed=True)
    assert said["decision"] == "void"
    assert said["void"] == ["The run was stopped: the product died."]


def test_folders_given_as_parameters_stand_by_their_digest(tmp_path: Path) -> None:
    derived = runs.derived(
        tmp_path / "run", runs.cases(1, 1), params={"lists": "/home/x", "mode": "fast"}, params_digests={"lists": "abc"}
    )
    assert result.product(derived)["params"] == {"lists": "sha256 abc", "mode": "fast"}


def test_verdicts_hold_a_row_for_every_case_and_setting(tmp_path: Path) -> None:
    fates = {"adult-00": "arrives", "adult-01": "reset", "news-01": "blocked"}
    table = runs.frame(
        runs.derived(tmp_path / "run", runs.cases(3, 3), fates, settings=("moderate", "most")), "verdicts"
    )
    assert len(table) == 12
    first = table.set_index(["setting", "case_id"])
    assert first.loc[("moderate", "adult-00"), "outcome"] == "under-blocked"
    assert first.loc[("moderate", "adult-01"), "rule_id"] == "blocked.reset"
    assert first.loc[("most", "news-01"), "outcome"] == "over-blocked"
    assert first.loc[("most", "news-01"), "lookalike_of"] == "adult"


def test_witnesses_hold_the_attempts_and_what_decided(tmp_path: Path) -> None:
    derived = runs.derived(tmp_path / "run", runs.cases(3, 3), {"adult-01": "reset"}, settings=("moderate", "most"))
    rows, verdicts = runs.frame(derived, "witnesses"), runs.frame(derived, "verdicts")
    assert list(rows["case_id"]) == list(verdicts["case_id"])
    first = rows.set_index(["setting", "case_id"])
    assert first.loc[("moderate", "adult-01"), "attempts_test"] == 3
    assert first.loc[("most", "adult-00"), "witness"] == "adult-00/most/test/1"


def test_long_tables_come_in_pieces_and_verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = runs.run(tmp_path / "run", runs.cases(3, 4), {"adult-01": "reset"})
    derived = derive(folder)
    whole = runs.frame(derived, "witnesses")
    monkeypatch.setattr(result, "ROWS", 3)
    assert [len(piece) for piece in result.tables(derived)["verdicts.parquet"]()] == [3, 3, 1]
    outputs.write(folder, derived)
    pd.testing.assert_frame_equal(pd.read_parquet(folder.derived / "witnesses.parquet"), whole)
    assert check.problems(folder) == []


def test_decisions_depend_on_what_was_seen_alone(tmp_path: Path) -> None:
    """Another run of the same cases in another order, at another time, with faults on the way."""
    planned, fates = runs.cases(6, 6), {"adult-01": "arrives"}
    one = runs.derived(tmp_path / "one", planned, fates)
    other = runs.derived(tmp_path / "other", planned[::-1], fates, seen={"duration_ms": 7}, seed=9, jobs=5)
    assert result.decisions(one) == result.decisions(other)
    (table,), (same,) = (result.tables(run)["verdicts.parquet"]() for run in (one, other))
    assert table.equals(same)
    assert one.head != other.head


def test_written_twice_is_written_the_same(tmp_path: Path) -> None:
    folder = runs.run(tmp_path / "run", runs.cases(3, 3))
    files = (folder.result_file, *(folder.derived / f"{name}.parquet" for name in ("verdicts", "witnesses")))
    seen = []
    for _ in range(2):
        outputs.write(folder, derive(RunFolder(folder.path)))
        seen.append([file.read_bytes() for file in files])
    assert seen[0] == seen[1]
    assert list(pd.read_parquet(files[1])["case_id"]) == [
        "adult-00",
        "adult-01",
        "adult-02",
        "news-00",
        "news-01",
        "news-02",
    ]
    assert not list(folder.path.glob(".*.part"))
