"""The sample run in `reports/sample`: its evidence stands, and its report is what the present code makes of it.

`harness report reports/sample` brings the report up to date after a change of templates; a change of the run's format
needs a new run, and the statement of the example laboratory:
`harness certify reference --corpus kitemark-practice --criteria pas74-kitemark --out reports/sample`,
`harness report reports/sample --laboratory docs/reports/laboratory.toml --assignment docs/reports/assignment.toml`.
"""

from pathlib import Path

from harness.evidence.folder import RunFolder
from harness.report import check, html, junit
from harness.report.derive import derive

SAMPLE = RunFolder(Path(__file__).resolve().parents[2] / "reports" / "sample")


def test_the_evidence_stands_and_the_results_follow() -> None:
    assert check.problems(SAMPLE) == []


def test_the_report_is_current() -> None:
    derived = derive(SAMPLE)
    assert (SAMPLE.path / "report.html").read_text("utf-8") == html.report(SAMPLE, derived)
    assert (SAMPLE.path / "junit.xml").read_text("utf-8") == junit.junit(derived)
