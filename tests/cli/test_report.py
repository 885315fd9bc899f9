"""`harness report` as a laboratory meets it."""

import shutil
from pathlib import Path

import pytest

from harness.evidence import addenda, keys, seal
from harness.evidence.folder import RunFolder
from harness.report import check, pdf
from harness.report.derive import Derived, derive
from tests.live import Ended, command
from tests.report import runs
from tests.report.stated import EXAMPLES

DATES = {"2026-11-16": "2025-12-31", "2026-11-23": "2026-01-02"}  # around the run made for tests


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return runs.run(tmp_path_factory.mktemp("report") / "run", runs.cases(12, 12)).path


class Desk:
    """A run, and what a laboratory states of it, which a test changes."""

    def __init__(self, place: Path, pristine: Path) -> None:
        self.folder = RunFolder(Path(shutil.copytree(pristine, place / "run")))
        self.laboratory = Path(shutil.copy(EXAMPLES / "laboratory.toml", place))
        self.assignment = Path(shutil.copy(EXAMPLES / "assignment.toml", place))
        self.change(**DATES)

    def change(self, **changes: str) -> None:
        for before, after in changes.items():
            text = self.assignment.read_text("utf-8")
            assert before in text
            self.assignment.write_text(text.replace(before, after), "utf-8")

    def state(self, *more: str | Path) -> Ended:
        stated = ("--laboratory", self.laboratory, "--assignment", self.assignment)
        return command("report", self.folder.path, *stated, *more)

    def refused(self, ended: Ended, *words: str, code: int = 4) -> None:
        """It ended with that code and one line that says all this, and nothing was added."""
        assert (ended.code, ended.out) == (code, "")
        (line,) = ended.err.splitlines()
        for word in words:
            assert word in line
        assert addenda.read(self.folder) == ()


@pytest.fixture
def desk(tmp_path: Path, pristine: Path) -> Desk:
    return Desk(tmp_path, pristine)


def test_a_report_without_a_laboratory(desk: Desk) -> None:
    ended = command("report", desk.folder.path)
    assert ended == Ended(0, f"{desk.folder.path / 'report.html'}\n", "")
    assert "Draft: not issued by a laboratory" in (desk.folder.path / "report.html").read_text("utf-8")


def test_what_is_stated_is_recorded_once_and_stays(desk: Desk) -> None:
    ended = desk.state()
    (entry,) = addenda.read(desk.folder)
    assert ended == Ended(0, f"recorded, {entry.date}\n{desk.folder.path / 'report.html'}\n", "")
    assert desk.state().out.startswith("this is what is stated already; nothing was recorded\n")
    assert addenda.read(desk.folder) == (entry,)
    assert command("report", desk.folder.path).code == 0
    assert "ETL-2026-0042" in (desk.folder.path / "report.html").read_text("utf-8")
    assert check.problems(desk.folder) == []


def test_gaps_are_told(desk: Desk) -> None:
    desk.change(**{'title = "Test report"': 'title = ""', "ETL-M-07": "ETL-M-08"})
    assert "7.8.2.1 a: Title: title is missing from assignment.toml\n" in desk.state().out


def test_both_files_are_needed(desk: Desk) -> None:
    desk.refused(command("report", desk.folder.path, "--laboratory", desk.laboratory), "--assignment", "needed too")
    desk.refused(command("report", desk.folder.path, "--assignment", desk.assignment), "--laboratory", "needed too")


def test_wrong_files_are_named_with_their_keys(desk: Desk) -> None:
    desk.change(**{"2025-12-31": '"soon"', 'chosen_by = "laboratory"': 'chosen_by = "chance"'})
    desk.refused(desk.state(), f"{desk.assignment}: received: ", "sampling.chosen_by: ")
    desk.laboratory.unlink()
    desk.refused(desk.state(), f"{desk.laboratory}: file not found")


def test_a_run_without_a_seal_takes_no_statement(desk: Desk) -> None:
    desk.folder.seal_file.unlink()
    desk.refused(desk.state(), "the run is not sealed", code=3)


def test_no_run(desk: Desk, tmp_path: Path) -> None:
    shutil.rmtree(desk.folder.path)
    desk.folder.path.mkdir()
    desk.refused(desk.state(), "not a run folder")


def test_a_signed_run_asks_for_the_key(desk: Desk, tmp_path: Path) -> None:
    lab = keys.create(tmp_path / "lab.key")
    seal.sign(desk.folder, lab)
    desk.refused(desk.state(), "--key FILE")
    assert desk.state("--key", tmp_path / "lab.key").code == 0
    assert addenda.verify(desk.folder, lab.public_key()) == []


def test_nothing_is_recorded_when_there_is_no_browser_to_print_with(desk: Desk) -> None:
    desk.refused(desk.state("--pdf", "--browser", "no-such-program"), "no browser at 'no-such-program'")


def test_the_print_is_made_of_what_is_stated(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def write(folder: RunFolder, derived: Derived, program: Path) -> Path:
        assert (len(derived.statements), program.name) == (1, "browser")
        return folder.path / "report.pdf"

    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(pdf, "write", write)
    ended = desk.state("--pdf", "--browser", program)
    assert (ended.code, ended.out.splitlines()[-1]) == (0, str(desk.folder.path / "report.pdf"))


def test_the_decision_is_the_exit_code(tmp_path: Path) -> None:
    fates = {f"adult-{n:02}": "challenged" for n in range(12)}
    folder = runs.run(tmp_path / "run", runs.cases(12, 12), fates)
    assert command("report", folder.path).code == derive(folder).decision.exit_code == 2
