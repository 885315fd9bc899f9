"""`report.html`: the certification report, one file that needs nothing else and runs nothing."""

from harness.evidence.folder import RunFolder
from harness.report import pages
from harness.report.derive import Derived
from harness.report.view import View, view


def report(folder: RunFolder, derived: Derived) -> str:
    """The whole report as text: a pure function of the run folder."""
    return render(view(folder, derived))


def render(seen: View, at: dict[str, int] | None = None) -> str:
    """The view laid out; for a print with the pages on which things stand, by id."""
    return pages.render("certification.html.j2", "print.css", view=seen, at=at)
