"""What there is for people to judge in a sealed run, and what a finding of theirs must come with."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.model import canonical
from harness.model.addendum import Attached, Finding
from harness.model.errors import UsageError
from harness.model.observation import Observation
from harness.model.words import Validity, Verdict
from harness.report.clauses import Assessed
from harness.report.derive import Derived
from harness.report.result import witness
from harness.score.outcome import Scored

LARGEST = 20_000_000  # bytes of one file
MOST = 20  # files of one finding
RESTS_ON_FILES = (Finding.MET, Finding.NOT_MET)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A case the rules cannot tell, with the observation they looked at; a person may. `said` is the person's verdict
    where there is one."""

    item: Scored
    seen: Observation | None
    said: Verdict | None


@dataclass(frozen=True, slots=True)
class Agenda:
    """Clauses that people judge, in the criteria's order, and the review queue."""

    clauses: tuple[Assessed, ...]
    doubts: tuple[Doubt, ...]

    @property
    def open(self) -> int:
        """How many of both nobody has settled."""
        return sum(bool(item.open) for item in self.clauses) + sum(item.said is None for item in self.doubts)


def agenda(derived: Derived) -> Agenda:
    """Clauses judged by hand, and cases that were validly measured and stayed indeterminate by the rules."""
    doubts = []
    for item in derived.scored:
        machine = item.machine or item.judgement
        if machine.verdict is Verdict.INDETERMINATE and machine.validity is Validity.VALID:
            said = item.judgement.verdict if item.machine else None
            doubts.append(Doubt(item, witness(derived, item), said))
    return Agenda(tuple(item for item in derived.clauses if item.clause.assessed == "by-hand"), tuple(doubts))


def enough(finding: Finding, files: int) -> None:
    """Raises UsageError when a finding comes with too few files, or with too many."""
    if finding in RESTS_ON_FILES and not files:
        raise UsageError(f"{finding} needs a file that it rests on: a picture, a log, minutes", key="--evidence")
    if files > MOST:
        raise UsageError(f"{files} files; at most {MOST}", key="--evidence")


def attached(name: str, content: bytes) -> Attached:
    """The entry's word for a file. Raises UsageError when it is empty, too large or strangely named."""
    if len(content) > LARGEST:
        raise UsageError(f"{name!r} has {len(content):,} bytes; at most {LARGEST:,}", key="--evidence")
    try:
        return Attached(name, canonical.digest(content), len(content))
    except ValueError as error:
        raise UsageError(str(error).removeprefix("evidence: "), key="--evidence") from None


def read(path: Path) -> bytes:
    """A file to attach, no more of it than `attached` would take. Raises UsageError."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", file=path, key="--evidence") from None


def next_open(found: Agenda) -> Assessed | Doubt | None:
    """What is to be judged next."""
    open_ones: Sequence[Assessed | Doubt] = [
        *(item for item in found.clauses if item.open),
        *(item for item in found.doubts if item.said is None),
    ]
    return open_ones[0] if open_ones else None
