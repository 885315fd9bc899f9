"""A print beside a report says which report it is a print of; verification asks for no more, and says so."""

from pathlib import Path

import pytest
from pypdf import PdfWriter

from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.report import check, outputs, printed
from harness.report.derive import derive
from tests.live import command
from tests.report import runs
from tests.report.stated import state


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = runs.run(tmp_path / "run", runs.cases(12, 12))
    outputs.write(folder, derive(folder))
    return folder


def make(folder: RunFolder, digest: str = "") -> Path:
    """A print that says it is one of that report; by default of the one beside it."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    digest = digest or canonical.digest((folder.path / "report.html").read_bytes())
    writer.add_metadata({printed.OF: digest})
    writer.write(folder.path / printed.FILE)
    return folder.path / printed.FILE


def test_a_print_of_the_report_stands_and_is_said_not_to_be_recomputed(folder: RunFolder) -> None:
    make(folder)
    ended = command("verify", folder.path)
    assert (ended.code, ended.err) == (0, "")
    assert "report.pdf says it is a print of this report; a print is not recomputed" in ended.out
    (same,) = [line for line in ended.out.splitlines() if line.startswith("these files say the same")]
    assert "report.pdf" not in same


def test_without_a_print_nothing_is_said_of_it(folder: RunFolder) -> None:
    assert "report.pdf" not in command("verify", folder.path).out


def test_a_print_of_another_report_does_not_stand(folder: RunFolder) -> None:
    path = make(folder)
    state(folder)
    outputs.write(folder, derive(folder))
    assert check.problems(folder) == [f"{path}: {printed.OTHER}"]


@pytest.mark.parametrize("digest", ["0" * 64, "0" * 63, "none"])
def test_a_print_that_names_no_such_report_does_not_stand(folder: RunFolder, digest: str) -> None:
    assert printed.flaw(make(folder, digest)) == printed.OTHER


def test_what_is_no_print_does_not_stand(folder: RunFolder) -> None:
    path = make(folder)
    path.write_bytes(b"no PDF")
    assert printed.flaw(path) == printed.OTHER
    make(folder)
    (folder.path / "report.html").unlink()
    assert printed.flaw(path) == printed.OTHER
