"""A cleaned copy of a corpus: what is wrong is taken out and listed, nothing is guessed, and no label changes."""

import csv
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from harness.corpus.check import Checked, check
from harness.corpus.checks.addresses import GONE
from harness.corpus.checks.fixtures import refusals
from harness.corpus.findings import cell
from harness.corpus.labels import ADJUDICATIONS, RATINGS
from harness.corpus.rows import CASES, each, raw_rows
from harness.model.errors import UsageError

CHANGES = "changes.csv"
OUT, RENAMED = "taken out", "renamed"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the old corpus that is not in the new one, or not under its id."""

    file: str
    line: int
    case_id: str
    url: str
    change: str
    reason: str


def plan(checked: Checked) -> list[Change]:
    """What a cleaned `cases.csv` would lack, by line. A pure function of the corpus; of a cleaned one, nothing.

    Out go rows that a run refuses, all rows of an address (whichever its scheme) with more than one label, pages dead
    or parked on record, and every row after the first of an address. Cases that share an id keep it in the first.
    """
    frame = checked.table.frame
    found = [
        Change(CASES, fault.line, fault.case_id, "", OUT, f"{fault.key}: {fault.text}" if fault.key else fault.text)
        for fault in checked.table.faults
    ]
    label = frame["category"] + "/" + frame["expectation"]
    torn = label.groupby(frame["key"], sort=False).transform("nunique") > 1
    labels = frame.assign(label=label)[torn].drop_duplicates(["key", "label"]).sort_values("label")
    said = frame["key"][torn].map(labels.groupby("key")["label"].agg(", ".join))
    refused = dict(refusals(frame, checked.pages))
    gone = frame["status"].isin(GONE) & ~torn
    bad = frame["line"].isin(refused.keys()) & ~torn & ~gone
    found += _out(frame[torn], (f"conflicting labels for one address: {text}" for text in said))
    found += _out(frame[gone], (f"{status} on record" for status in frame["status"][gone]))
    found += _out(frame[bad], (f"fixture: {refused[line]}" for line in frame["line"][bad]))

    left = frame[~(torn | gone | bad)]
    first = left.groupby("key", sort=False)["line"].transform("first")
    again = left.duplicated("key")
    found += _out(left[again], (f"same address as line {line}" for line in first[again]))
    found += _renamed(left[~again], set(frame["case_id"]))
    return sorted(found, key=lambda change: change.line)


def _out(rows: pd.DataFrame, reasons: Iterable[str]) -> Iterator[Change]:
    for (line, name, url), reason in zip(each(rows, "line", "case_id", "url"), reasons, strict=True):
        yield Change(CASES, line, name, url, OUT, reason)


def _renamed(rows: pd.DataFrame, taken: set[str]) -> Iterator[Change]:
    """`case_id` is the id that the row had, `reason` the new one."""
    for line, name, url in each(rows[rows.duplicated("case_id")], "line", "case_id", "url"):
        number = 2
        while (new := f"{name[:190]}-{number}") in taken:
            number += 1
        taken.add(new)
        yield Change(CASES, line, name, url, RENAMED, new)


def fix(checked: Checked, into: Path) -> list[Change]:
    """Write the cleaned corpus with `changes.csv` into a new or empty folder; the whole of it, or nothing.

    Raises UsageError when the folder is not free, when nothing would be left, and when something is wrong that no row
    can be taken out for.
    """
    folder, cut = checked.table.folder, checked.table.cut
    if cut:
        raise UsageError(f"{cut.text}; mend it by hand first", file=folder / CASES, line=cut.line)
    _check_free(folder, into)
    changes = plan(checked)
    try:
        with tempfile.TemporaryDirectory(prefix=".corpus.", dir=into.resolve().parent) as scratch:
            made = Path(scratch) / "corpus"
            _copy(folder, made)
            changes += _tables(checked, made, changes)
            _write(made / CHANGES, (Change.__slots__, *([cell(item) for item in _values(row)] for row in changes)))
            _prove(folder, made)
            made.replace(into)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=into, key="--into") from None
    return changes


def _values(change: Change) -> list[object]:
    return [getattr(change, name) for name in Change.__slots__]


def _check_free(folder: Path, into: Path) -> None:
    at, corpus = into.resolve(), folder.resolve()
    if at.is_relative_to(corpus) or corpus.is_relative_to(at):
        raise UsageError("a corpus is never changed in place; name a folder outside it", file=into, key="--into")
    if not at.parent.is_dir():
        raise UsageError("no such folder", file=into.parent, key="--into")
    if into.is_symlink() or (into.exists() and not (into.is_dir() and not any(into.iterdir()))):
        raise UsageError("exists already and is not an empty folder", file=into, key="--into")


def _copy(folder: Path, made: Path) -> None:
    """Every plain file; links between files are followed within the corpus."""
    root = folder.resolve()
    for name, _, files in os.walk(folder):
        target = made / Path(name).relative_to(folder)
        target.mkdir(parents=True, exist_ok=True)
        for file in files:
            source = Path(name) / file
            if source.is_file() and source.resolve().is_relative_to(root):
                shutil.copyfile(source, target / file)


def _tables(checked: Checked, made: Path, changes: Sequence[Change]) -> list[Change]:
    """Write `cases.csv` without what is taken out, then what raters said of the cases that are left, if it is sure of
    which they said it."""
    folder = checked.table.folder
    out = {change.line for change in changes if change.change == OUT}
    new = {change.line: change.reason for change in changes if change.change == RENAMED}
    rows = raw_rows(folder / CASES)
    _, header = next(rows)
    at = header.index("case_id")
    ids = set()

    def kept() -> Iterator[list[str]]:
        yield header
        for line, row in rows:
            if line not in out:
                row[at] = new.get(line, row[at])
                ids.add(row[at].strip())
                yield row

    _write(made / CASES, kept())
    if not ids:
        raise UsageError("every case would be taken out", file=folder / CASES)
    names = Counter([*checked.table.frame["case_id"], *(fault.case_id for fault in checked.table.faults)])
    sure = {name for name in ids if names[name] < 2}
    return [change for name in (RATINGS, ADJUDICATIONS) for change in _beside(folder / name, made / name, sure)]


def _beside(source: Path, target: Path, ids: Set[str]) -> Iterator[Change]:
    if not source.exists():
        return
    rows = list(raw_rows(source, ("case_id",)))
    at = rows[0][1].index("case_id")
    _write(target, [row for number, (_, row) in enumerate(rows) if not number or row[at].strip() in ids])
    for line, row in rows[1:]:
        if row[at].strip() not in ids:
            yield Change(source.name, line, row[at], "", OUT, "its id names no case, or named several")


def _prove(folder: Path, made: Path) -> None:
    """A run would take what was written."""
    if error := check(str(made)).first_error:
        text = error.replace(str(made), str(folder))
        raise UsageError(f"what is left would still be refused: {text}; mend it by hand first")


def _write(path: Path, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
