"""Which rows become cases: one for each request, and none whose labels contradict each other.

Rows are spooled to disk, as a later one may contradict them; in memory stays a digest and a place for each.
"""

import csv
import hashlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.corpus.importing.labels import Label
from harness.corpus.importing.row import Reason, Row, shown
from harness.model.errors import UsageError
from harness.model.url import Url
from harness.model.words import Expectation

MOST_ROWS = 20_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A row that becomes a case."""

    file: str
    line: int
    category: str
    date: str
    language: str
    href: str
    scheme: str
    host: str
    key: str
    label: Label


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that does not."""

    file: str
    line: int
    category: str
    text: str
    reason: Reason
    detail: str


class Sieve:
    """Takes rows with `add`, `refuse` and, for cases that are there already and stay, `keep`; then `decided` gives
    every row once, in order, but for those kept.

    Requests differ by scheme, host, port, path and query; a label is of the page, whichever scheme it is asked for by.
    """

    def __init__(self, spool: Path) -> None:
        self._spool = spool
        self._out = spool.open("w", encoding="utf-8", errors="surrogatepass", newline="")
        self._write = csv.writer(self._out).writerow
        self._first: dict[bytes, int] = {}
        self._contested: dict[bytes, tuple[int, int]] = {}
        self._files: dict[str, int] = {}
        self._labels: dict[Label, int] = {}
        self._place = (array("I"), array("Q"), array("I"))

    def keep(self, file: str, line: int, url: Url, label: Label) -> None:
        """A case of the corpus that the rows are added to."""
        self._see(file, line, url, label)

    def add(self, row: Row, url: Url, label: Label) -> None:
        """A row with its request and label."""
        number = self._see(row.file, row.line, url, label)
        said = (row.file, row.line, row.category, row.date, row.language, shown(row.text))
        self._write(
            (number, *said, url.href, url.scheme, url.hostname, url.key, label.category, label.expectation.value)
        )

    def refuse(self, row: Row, reason: Reason, detail: str) -> None:
        """A row that cannot become a case."""
        said = (shown(row.category, 100), shown(row.text), reason.value, shown(detail, 1000))
        self._write(("", row.file, row.line, *said))

    def decided(self) -> Iterator[Found | Reject]:
        """Every row as a case or as a reject."""
        self._out.close()
        self._names, self._ours = list(self._files), list(self._labels)
        with self._spool.open(encoding="utf-8", errors="surrogatepass", newline="") as spooled:
            for number, *said in csv.reader(spooled):
                if not number:
                    file, line, category, text, reason, detail = said
                    yield Reject(file, int(line), category, text, Reason(reason), detail)
                else:
                    yield self._decide(int(number), said)

    def _see(self, file: str, line: int, url: Url, label: Label) -> int:
        files, lines, labels = self._place
        number = len(files)
        if number >= MOST_ROWS:
            raise UsageError(f"more than {MOST_ROWS} rows; import it in parts", file=file, line=line)
        files.append(self._files.setdefault(file, len(self._files)))
        lines.append(line)
        labels.append(self._labels.setdefault(label, len(self._labels)))
        page = _digest(url.key)
        for scheme in (b"http", b"https"):
            twin = self._first.get(page + scheme)
            if twin is not None and labels[twin] != labels[number]:
                self._contested.setdefault(page, (twin, number))
        self._first.setdefault(page + url.scheme.encode(), number)
        return number

    def _decide(self, number: int, said: list[str]) -> Found | Reject:
        file, line, category, date, language, text, href, scheme, host, key, ours, expectation = said
        page = _digest(key)
        first = self._first[page + scheme.encode()]
        if page in self._contested:
            detail = " and ".join(self._told(place, labelled=True) for place in self._contested[page])
            return Reject(file, int(line), category, text, Reason.CONFLICT, detail)
        if first != number:
            return Reject(file, int(line), category, text, Reason.DUPLICATE, f"of {self._told(first)}")
        label = Label(ours, Expectation(expectation))
        return Found(file, int(line), category, date, language, href, scheme, host, key, label)

    def _told(self, number: int, labelled: bool = False) -> str:
        files, lines, labels = self._place
        where = f"{self._names[files[number]]}:{lines[number]}"
        label = self._ours[labels[number]]
        return f"{label.category}/{label.expectation} at {where}" if labelled else where


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()[:16]
