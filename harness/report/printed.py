"""`report.pdf` beside a report: a print, which is never recomputed, as other browsers print other bytes."""

import re
from pathlib import Path

from harness.model import canonical

FILE = "report.pdf"
OF = "/ReportSHA256"  # its metadata name the report it is a print of, by the digest of report.html
NAMED = re.compile(rb"/ReportSHA256 \(([0-9a-f]{64})\)")
OTHER = "not a print of the report beside it (made before that changed?); `harness report --pdf` prints it anew"


def flaw(path: Path) -> str:
    """Why the print does not belong to the report that lies beside it, "" when it says that it does."""
    report = path.with_name("report.html")
    named = NAMED.findall(path.read_bytes())
    if report.is_file() and named and named[-1].decode() == canonical.digest(report.read_bytes()):
        return ""
    return OTHER
