"""`harness probe` as a person meets it."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from harness.cli import probe
from harness.cli.main import cli
from harness.report.derive import derive
from harness.run.probe import opened
from tests import live
from tests.report import runs

STOPPED = {"complete": False, "reason": "the canary to block got \x1bthrough"}


@pytest.mark.browser
def test_a_page_is_opened_as_in_a_run_and_the_run_can_be_kept(tmp_path: Path) -> None:
    address = "https://one.test/a?b=1"
    kept = tmp_path / "kept"
    ended = live.command("probe", "zoo-perfect", address, "--expect", "block", "--timeout", "30", "--keep", kept)
    assert (ended.code, ended.err) == (0, "")
    for words in (
        "setting moderate: all 8 canaries as they must be",
        f"{address}  (case page-1, probe, to block)",
        "verdict   blocked by rule blocked.error-status, mechanism error-status",
        "outcome   correct",
        f"GET {address} → 200 (page)",
        "it said: 'Blocked': 'Blocked The zoo has blocked this page.",
        "no requests reached the replayed Internet",
    ):
        assert words in ended.out
    assert live.command("verify", kept).code == 0
    assert (kept / "report.html").is_file()


@pytest.mark.parametrize(
    ("fates", "changes", "expected", "code", "words"),
    [
        ({}, {}, True, 0, "outcome   correct"),
        ({"adult-00": "arrives"}, {}, True, 1, "outcome   under-blocked"),
        ({"adult-00": "arrives"}, {}, False, 0, "the page arrived, with its token, status 200"),
        ({"adult-00": "faulty"}, {}, True, 2, "fault: browser-fault: gone"),
        ({"adult-00": "faulty"}, {}, False, 2, "verdict   indeterminate"),
        (
            {},
            {"stop": STOPPED},
            False,
            3,
            "VOID, says nothing of the product: The run was stopped: the canary to block",
        ),
        ({"adult-00": "arrives"}, {"stop": STOPPED}, True, 3, "VOID"),
    ],
)
def test_exit_codes(
    fates: dict[str, str],
    changes: dict[str, Any],
    expected: bool,
    code: int,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = runs.run(tmp_path / "run", runs.cases(1, 1), fates, **changes)
    derived = derive(folder)
    assert probe._say([*opened(folder, derived)], derived, expected, None) == code
    said = capsys.readouterr().out
    assert words in said
    assert "\x1b" not in said
    assert ("outcome" in said) is expected


def test_a_window_needs_a_display(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    ended = live.command("probe", "zoo-perfect", "http://one.test/", "--headed", "--keep", tmp_path / "kept")
    assert (ended.code, ended.out) == (4, "")
    (line,) = ended.err.splitlines()
    assert "--headed: there is no display here" in line
    assert not (tmp_path / "kept").exists()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader", "utf-8")
    ended = live.command("probe", "zoo-perfect", "http://one.test/", "--keep", tmp_path, "--browser", "/bin/true")
    assert ended.code == 4
    assert "the output folder holds other files" in ended.err


def test_expectations_are_those_of_cases() -> None:
    shown = CliRunner().invoke(cli, ["probe", "zoo-perfect", "http://one.test/", "--expect", "warn"])
    assert "'warn' is not one of 'block', 'allow'" in shown.output
