"""What can be found in a corpus: how grave each kind is, and why it matters."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from harness.corpus import chunks


class Severity(StrEnum):
    """ERROR: a run refuses the corpus. WARNING: a reviewer would attack a result for it. NOTE: worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


SEVERITIES = tuple(Severity)
# What a spreadsheet may take for a formula (OWASP, CSV Injection); full-width forms too.
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Spot(NamedTuple):
    """One place: `line` 0 speaks of the whole file, `key` is the column or key, "" where none is at fault."""

    file: str
    line: int
    key: str
    text: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.text}" if self.key else f"{place}: {self.text}"


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """All places of one kind. `rows` has the columns line, key and text."""

    kind: str
    file: str
    rows: pd.DataFrame

    @property
    def severity(self) -> Severity:
        return KINDS[self.kind][0]

    @property
    def title(self) -> str:
        return KINDS[self.kind][1]

    @property
    def why(self) -> str:
        return KINDS[self.kind][2]

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def first(self) -> Spot:
        """The place that stands first in its file."""
        return next(Finding(self.kind, self.file, self.rows.nsmallest(1, "line")).spots())

    def spots(self, most: int | None = None) -> Iterator[Spot]:
        """The first places, or all."""
        rows = self.rows.iloc[:most]
        for line, key, text in zip(rows["line"], rows["key"], rows["text"], strict=True):
            yield Spot(self.file, line, key, text)


def finding(kind: str, file: str, places: Iterable[tuple[int, str, str]]) -> Finding:
    """Of line, key and text of each place."""
    return Finding(kind, file, chunks.frame(places, ("line", "key", "text")))


def ordered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that found anything, gravest first, then as listed in `KINDS`."""
    kinds = list(KINDS)
    return tuple(
        sorted(
            (item for item in found if item.count),
            key=lambda item: (SEVERITIES.index(item.severity), kinds.index(item.kind), item.file),
        )
    )


def write(found: Iterable[Finding], path: Path) -> None:
    """Write every place of every finding as CSV, one a row; the whole file, or nothing. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("severity", "kind", *Spot._fields))
        for item in found:
            for spot in item.spots():
                rows.writerow([cell(value) for value in (item.severity, item.kind, *spot)])
    part.replace(path)


def cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.lstrip().startswith(FORMULA) else value


ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
KINDS: dict[str, tuple[Severity, str, str]] = {
    # What a run refuses
    "cut": (ERROR, "The table breaks off", "Rows from here on could not be read, and nothing is said of them."),
    "row": (ERROR, "Rows that cannot be read", "A run reads every row or none."),
    "id": (ERROR, "One id, several cases", "Evidence and raters name a case by its id."),
    "conflict": (ERROR, "One address, several labels", "A product cannot be right about both."),
    "duplicate": (
        ERROR,
        "One address, several cases",
        "The page would count several times (URLs compared after WHATWG).",
    ),
    "fixture": (ERROR, "Fixtures that cannot be replayed", "What a case replays must lie in the corpus."),
    "other-table": (ERROR, "Tables beside cases.csv", "Each is read up to its first error."),
    "design": (ERROR, "Weights that the criteria do not allow", "They take all cases for equal."),
    # Labels
    "twin-conflict": (
        WARNING,
        "http and https with different labels",
        "The same page for most sites, so one of the labels is wrong.",
    ),
    "disputed": (WARNING, "Labels that raters dispute", "Nobody has settled which is right (adjudications.csv)."),
    "unsourced": (
        WARNING,
        "Labels of unknown origin",
        "Without a source or a rater, nobody can ask why a label is right.",
    ),
    "expectation": (NOTE, "Unusual expectation", "A category to block with pages to allow, or the other way round."),
    "category": (NOTE, "Declared categories without a case", "No rate can be told for them."),
    # Addresses
    "request": (WARNING, "Same request twice", "Fragment and credentials are not sent: the page would count twice."),
    "twin": (WARNING, "http and https twins", "The same page for most sites: it would count twice."),
    "near": (NOTE, "Almost the same address", "Apart from www, case, slashes or an index page; perhaps one page."),
    "dead": (WARNING, "Dead or parked on record", "The label speaks of a page that is no longer there."),
    "status": (NOTE, "Unknown status", "The column `status` knows live, dead and parked."),
    "address": (
        WARNING,
        "Addresses of the real Internet in place of names",
        "They change hands, and lists of names do not hold them.",
    ),
    "spelling": (
        NOTE,
        "Addresses in unusual spelling",
        "As an integer, in hex, octal or short; browsers read them all.",
    ),
    "script": (
        WARNING,
        "Mixed scripts in a host name",
        "Beyond what Unicode TS 39 calls highly restrictive; browsers show xn--.",
    ),
    "homoglyph": (WARNING, "Host names that look like others", "A mistake, or a trap meant as one: say which."),
    "idn": (NOTE, "Internationalised host names", "Lists may hold them in either spelling."),
    "local": (WARNING, "Names of the own machine or network", "On a live network they lead into the laboratory's own."),
    "reserved": (NOTE, "Reserved names", "On no real list and not on the Internet: for replay only."),
    "reserved-mixed": (
        WARNING,
        "Reserved and real names together",
        "A product's own lists can know one kind only, so rates mix two questions.",
    ),
    "bare": (WARNING, "Hardly any paths", "Says little of filters that look at more than the host."),
    # Sample
    "one-sided": (WARNING, "Pages to block or to allow are missing", "Half of the errors a filter makes go unseen."),
    "uneven": (WARNING, "Uneven classes", "An overall rate speaks mostly of the largest class."),
    "dominant": (WARNING, "One site dominates", "Cases of a site share one fate: the rate is that site's."),
    "clustered": (
        WARNING,
        "Few sites, many cases",
        "Cases of a site are worth one together (Kish), so intervals widen.",
    ),
    "tells": (WARNING, "The shape gives the label away", "A product could be right for the wrong reason."),
    "lookalikes": (WARNING, "No look-alikes", "Over-blocking shows first on innocuous pages close to a topic."),
    "lookalike": (WARNING, "Look-alikes of nothing", "They are to be allowed, and name a category to block."),
    "small": (NOTE, "Small groups", "So few independent cases show little even when none goes wrong."),
    # Languages
    "languages": (WARNING, "One language", "Filters are worse in languages they were not made for."),
    "language-missing": (WARNING, "Cases without a language", "Rates by language leave them out."),
    "language-few": (NOTE, "Languages with few cases", "No rate can be told for them."),
    "language-tag": (NOTE, "Languages that are no tags", "Write them as in HTML (BCP 47): en, cy, zh-Hant."),
    # Fixtures
    "no-fixture": (NOTE, "Cases without a fixture", "A neutral page is replayed: nothing there to judge by content."),
    "shared-label": (WARNING, "Same page, both expectations", "A product that judges content must get one wrong."),
    "shared": (NOTE, "Same page for several cases", "To a product that judges content they are one case."),
    "fixture-language": (WARNING, "Page and case differ in language", "One of the two is wrong."),
    "fixture-silent": (NOTE, "Pages that do not say their language", "Real pages mostly do (the lang attribute)."),
    # Against other corpora
    "leak-label": (WARNING, "Labelled otherwise elsewhere", "The two corpora cannot both be right."),
    "leak-url": (
        WARNING,
        "Addresses of another corpus",
        "Whoever has tuned a product to one has tuned it to the other.",
    ),
    "leak-fixture": (WARNING, "Pages of another corpus", "Tuned to content once, right twice."),
    "leak-host": (WARNING, "Hosts of another corpus", "Filters that go by host know them already."),
    "leak-site": (NOTE, "Sites of another corpus", "Filters often go by site."),
    # For criteria
    "undecidable": (
        WARNING,
        "Criteria that this corpus leaves undecided",
        "They end inconclusive whatever the product does.",
    ),
    "unpassable": (
        WARNING,
        "Criteria that no product could pass outright",
        "Even without any miss the interval reaches beyond the bound.",
    ),
    "manifest": (NOTE, "Gaps in the data sheet", "Who reads a result wants to know what the corpus is."),
}
