"""`report.html`: the certification report, one file that needs nothing else and runs nothing."""

from dataclasses import replace

from harness.evidence.folder import RunFolder
from harness.report import pages
from harness.report.derive import Derived
from harness.report.view import View, view

MOST = 1_000_000  # bytes


def report(folder: RunFolder, derived: Derived) -> str:
    """The whole report as text: a pure function of the run folder. Where it would be larger than `MOST`, pictures stand
    beside it only."""
    seen = view(folder, derived)
    text = render(seen)
    if len(text.encode("utf-8")) <= MOST:
        return text
    return render(replace(seen, worst=tuple(replace(item, picture="") for item in seen.worst)))


def render(seen: View, at: dict[str, int] | None = None) -> str:
    """The view laid out; for a print with the pages on which things stand, by id."""
    return pages.render("certification.html.j2", "print.css", view=seen, at=at)
