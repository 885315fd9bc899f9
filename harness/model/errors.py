"""Errors a person is meant to read, each with the exit code of the command it ends."""

from pathlib import Path


class HarnessError(Exception):
    """A fault of the harness or its machine (exit 5)."""

    exit_code = 5


class UsageError(HarnessError):
    """Wrong use or input (exit 4). `where` reads `file:line`, `key` names the offending field."""

    exit_code = 4

    def __init__(self, message: str, *, file: Path | str | None = None, line: int | None = None, key: str = "") -> None:
        place = "" if file is None else f"{file}" + (f":{line}" if line is not None else "") + ": "
        super().__init__(place + (f"{key}: " if key else "") + message)


class EvidenceError(HarnessError):
    """Evidence that does not hold: changed, missing, reordered or unfinished (exit 3)."""

    exit_code = 3


class BrowserGone(HarnessError):
    """The browser died or its DevTools connection closed; in-flight attempts are faults, never verdicts."""


class InternetGone(HarnessError):
    """The replayed Internet died; in-flight attempts are faults, never verdicts."""


class ProductFault(HarnessError):
    """The product did not start, died, or stopped answering."""
