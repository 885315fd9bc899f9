"""The check of a corpus: all that a run would refuse, and all that a reviewer would ask about, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.corpus.checks import addresses, against, fitness, fixtures, labels, sample
from harness.corpus.checks.fixtures import Page
from harness.corpus.findings import Finding, Severity, finding, ordered
from harness.corpus.load import load
from harness.corpus.manifest import Manifest
from harness.corpus.rows import CASES, Table, read
from harness.model.errors import UsageError
from harness.profile.criteria import Criteria

SHEET = ("title", "version", "licence", "description")
PROVENANCE = "provenance"  # what `harness corpus sample` writes: read by people, and by the next sample


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A corpus and what was found in it, gravest first. `pages` are its fixtures by name."""

    table: Table
    pages: Mapping[str, Page]
    findings: tuple[Finding, ...]

    def count(self, severity: Severity) -> int:
        """How many places of that severity."""
        return sum(item.count for item in self.findings if item.severity is severity)

    @property
    def first_error(self) -> str:
        """The error that stands first in the corpus, with its place; "" without any."""
        spots = [item.first for item in self.findings if item.severity is Severity.ERROR]
        if not spots:
            return ""
        first = min(spots, key=lambda spot: (spot.file != CASES, spot.line))
        file = self.table.folder / first.file
        return str(first._replace(file=str(file)) if file.exists() else first)


def digest(ref: str) -> str:
    """What evidence calls the corpus, "" when a run would refuse it."""
    try:
        return load(ref).digest
    except UsageError:
        return ""


def check(ref: str, others: Sequence[str] = (), criteria: Criteria | None = None) -> Checked:
    """The corpus of that shipped name or path, looked at by itself, beside other corpora and for criteria. Nothing is
    asked of any network. Raises UsageError where there is no corpus to look at."""
    table = read(ref)
    pages = fixtures.pages(table)
    found = [
        *labels.findings(table),
        *addresses.findings(table.frame),
        *sample.findings(table),
        *fixtures.findings(table.frame, pages),
        finding("manifest", "corpus.toml", _sheet(table.manifest)),
    ]
    for name in others:
        other = read(name)
        found += against.findings(table, pages, other, fixtures.pages(other))
    if criteria:
        found += fitness.findings(table.frame, criteria)
    return Checked(table, pages, ordered(found))


def _sheet(manifest: Manifest) -> list[tuple[int, str, str]]:
    missing = [(0, key, "not stated") for key in SHEET if not getattr(manifest, key)]
    unknown = sorted(set(manifest.model_extra or {}) - {*Manifest.model_fields, PROVENANCE})
    return missing + [(0, key, "unknown key, not used") for key in unknown]
