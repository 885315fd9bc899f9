"""The sample comparison in `reports/sample-comparison`: what the present code makes of the sealed runs beside it.

UPDATE_SNAPSHOTS=1 brings the site up to date after a change of templates or words. A change of the runs' format needs
new runs: kitemark-practice by pas74-kitemark with a limit of 200, `harness bundle` of each without its results.
"""

import os
from pathlib import Path

import pytest

from harness.evidence import bundle
from harness.report import compared
from harness.report.compare import comparison

SAMPLE = Path(__file__).resolve().parents[2] / "reports" / "sample-comparison"
RUNS = ("squidguard-2025", "squidguard-2026", "dnsmasq", "reference")


def test_the_site_is_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in RUNS:
        (tmp_path / name).mkdir()
        bundle.unpack(SAMPLE / "runs" / f"{name}{bundle.SUFFIX}", tmp_path / name)
    found = comparison(RUNS, (), 0.95)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        compared.write(found, SAMPLE / "site")
    there = {path.name: path.read_text("utf-8") for path in (SAMPLE / "site").iterdir()}
    made = compared.files(found)
    assert there.keys() == made.keys()
    for name, text in made.items():
        assert there[name] == text, f"{name}: if this is meant, run again with UPDATE_SNAPSHOTS=1"
