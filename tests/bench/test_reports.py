"""The bench measures what it says: from the tables' files comes what comes from the journal."""

from pathlib import Path

import pytest

from bench import curve, large, steps
from bench.steps import Steps
from harness.evidence.folder import RunFolder
from harness.report import check
from harness.report.derive import derive


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return large.write(tmp_path_factory.mktemp("bench") / "run", 90, 0.2, 1)


def test_what_comes_from_the_tables_is_what_comes_from_the_journal(folder: RunFolder) -> None:
    taken = Steps()
    steps.second(folder, steps.first(folder, taken), taken)
    assert set(taken.seconds) == {*steps.FIRST, *steps.SECOND, steps.PAGES, steps.SARIF, steps.CSV}
    assert all(seconds > 0 for seconds in taken.seconds.values())
    for name, make in steps.made(folder, derive(folder)):
        assert (folder.path / name).read_text("utf-8", errors="strict") == "".join(make()).replace("\r\n", "\n"), name
    assert check.problems(folder) == []


def test_a_share_of_the_cases_went_wrong_and_all_are_in_the_tables(folder: RunFolder) -> None:
    scored = derive(folder).scored
    assert (len(scored), 5 <= len(scored) - scored.counted("outcome")["correct",] <= 35) == (90, True)


def test_the_picture_is_the_same_for_the_same_figures(tmp_path: Path) -> None:
    for name in ("one", "other"):
        curve.draw(tmp_path / name / "reports.svg", {1_000: 130.0, 10_000: 121.5, 100_000: 128.0})
    assert (tmp_path / "one" / "reports.svg").read_bytes() == (tmp_path / "other" / "reports.svg").read_bytes()
    assert steps.flat([], 2) == []
    assert steps.peak() > 10
