"""The samples in `reports/sample-comparison` and `reports/sample-failures`: what the present code makes of sealed runs.

UPDATE_SNAPSHOTS=1 brings them up to date after a change of templates or words. A change of the runs' format needs
new runs: kitemark-practice by pas74-kitemark with a limit of 200, `harness bundle` of each without its results.
"""

import os
from pathlib import Path

import pytest

from harness.evidence import bundle
from harness.report import compared, failures_page
from harness.report.compare import comparison
from harness.report.failures import failures

SAMPLE = Path(__file__).resolve().parents[2] / "reports" / "sample-comparison"
FAILURES = SAMPLE.with_name("sample-failures")
RUNS = ("squidguard-2025", "squidguard-2026", "dnsmasq", "reference")


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The runs by their names in the working folder."""
    monkeypatch.chdir(tmp_path)
    for name in RUNS:
        (tmp_path / name).mkdir()
        bundle.unpack(SAMPLE / "runs" / f"{name}{bundle.SUFFIX}", tmp_path / name)


@pytest.mark.usefixtures("unpacked")
def test_the_site_is_current() -> None:
    found = comparison(RUNS, (), 0.95)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        compared.write(found, SAMPLE / "site")
    there = {path.name: path.read_text("utf-8") for path in (SAMPLE / "site").iterdir()}
    made = compared.files(found)
    assert there.keys() == made.keys()
    for name, text in made.items():
        assert there[name] == text, f"{name}: if this is meant, run again with UPDATE_SNAPSHOTS=1"


@pytest.mark.usefixtures("unpacked")
def test_what_the_maker_is_told_is_current(tmp_path: Path) -> None:
    found = failures(Path("squidguard-2026"), Path("squidguard-2025"), (), 0.95)
    out = FAILURES if os.environ.get("UPDATE_SNAPSHOTS") else tmp_path / "out"
    failures_page.write(found, out)
    assert {path.name for path in out.iterdir()} == {path.name for path in FAILURES.iterdir()}
    for path in FAILURES.iterdir():
        assert path.read_bytes() == (out / path.name).read_bytes(), f"{path.name}: if meant, UPDATE_SNAPSHOTS=1"
