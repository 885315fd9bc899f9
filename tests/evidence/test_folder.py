"""The run folder: created once, read back, refused when it is not one."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.folder import RunFolder
from harness.model.errors import EvidenceError, UsageError
from harness.model.words import Expectation
from tests.builders import case, run_folder, spec

CASES = (case("a"), case("b", expectation=Expectation.ALLOW, language="de", fixture="b.html", fixture_digest="0"))


def test_round_trip(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "deep" / "run")
    folder.create(spec(CASES), CASES)
    assert folder.spec() == spec(CASES)
    assert folder.cases(folder.spec()) == CASES


def test_never_over_something_else(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run")
    with pytest.raises(UsageError, match="holds another run; continue it with `harness resume`"):
        folder.create(spec(), (case(),))
    (tmp_path / "notes.txt").touch()
    for path, words in (
        (tmp_path, "other files"),
        (tmp_path / "notes.txt", "other files"),
        (tmp_path / "notes.txt" / "run", "written"),
    ):
        with pytest.raises(UsageError, match=words):
            RunFolder(path).create(spec(), (case(),))


def test_not_a_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"not a run folder: no spec\.json"):
        RunFolder(tmp_path).spec()


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"schema": "pas-harness/spec/1"}', "\x00", "[" * 100_000])
def test_a_damaged_spec(tmp_path: Path, text: str) -> None:
    folder = run_folder(tmp_path / "run")
    folder.spec_file.write_text(text)
    with pytest.raises(EvidenceError, match=r"spec\.json"):
        folder.spec()


def test_a_changed_or_missing_plan(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run")
    with pytest.raises(EvidenceError, match="changed since the run was planned"):
        folder.cases(replace(folder.spec(), plan_digest=""))
    folder.plan_file.unlink()
    with pytest.raises(EvidenceError, match=r"plan\.jsonl"):
        folder.cases(folder.spec())


def test_one_writer(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run")
    with folder.lock(), pytest.raises(UsageError, match="another process"), RunFolder(folder.path).lock():
        pass
    with folder.lock():
        pass


def test_a_plan_is_the_cases_by_their_ids(tmp_path: Path) -> None:
    planned = (case("b", language="de"), *CASES[::-1], case("ä", url="http://b\u00fccher.test/"), case("B"))
    folder = RunFolder(tmp_path / "run")
    folder.create(spec(planned), planned)
    found = folder.plan(folder.spec())
    assert len(found) == len(planned)
    assert [*found] == [*found] == sorted(folder.cases(folder.spec()), key=lambda item: item.case_id)


def test_a_changed_or_missing_plan_is_not_read_case_by_case_either(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run")
    with pytest.raises(EvidenceError, match="changed since the run was planned"):
        folder.plan(replace(folder.spec(), plan_digest=""))
    folder.plan_file.unlink()
    with pytest.raises(EvidenceError, match=r"plan\.jsonl"):
        folder.plan(folder.spec())
