"""The corpus that an import writes: made whole beside its place and then moved there."""

import csv
import hashlib
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harness.corpus.cases import REQUIRED, read_cases
from harness.corpus.importing.row import Reason, cell
from harness.corpus.importing.sieve import Found, Reject
from harness.corpus.manifest import Manifest, read_manifest
from harness.model.case import Case
from harness.model.errors import UsageError
from harness.model.url import Url
from harness.model.words import Expectation

CASES, REJECTS, MANIFEST = "cases.csv", "rejects.csv", "corpus.toml"
COLUMNS = (*REQUIRED, "language", "weight", "source", "label_date", "source_category", "source_row")
REJECT_COLUMNS = ("source", "file", "line", "reason", "detail", "category", "entry")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the corpus is to stand: new, or one that is added to, with its cases, their lines and addresses."""

    folder: Path
    manifest: Manifest | None = None
    cases: tuple[tuple[int, Case, Url], ...] = ()


@dataclass(slots=True)
class Written:
    """What the files hold: cases and rejects by kind, unmapped rows by their category and why."""

    cases: Counter[tuple[Expectation, str]] = field(default_factory=Counter)
    rejects: Counter[Reason] = field(default_factory=Counter)
    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)


def find(folder: Path) -> Place:
    """The corpus at that path, or room for one. Raises UsageError when it is broken, or something else stands there."""
    if not folder.parent.is_dir():
        raise UsageError("no such folder", file=folder.parent)
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return Place(folder)
    if not (folder / MANIFEST).is_file():
        raise UsageError("exists, and is no corpus: it has no corpus.toml", file=folder)
    manifest = read_manifest(folder)
    return Place(folder, manifest, tuple(read_cases(folder / CASES, manifest.known_categories)))


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """A scratch folder on the same disk, gone in the end unless it was moved."""
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write(place: Place, scratch: Path, rows: Iterable[Found | Reject], source: str, date: str) -> Written:
    """`cases.csv` and `rejects.csv` in the scratch folder: what the place has, and the rows."""
    done = Written()
    taken = {case.case_id: line for line, case, _ in place.cases}
    header = _copied(place, scratch / CASES)
    with (
        (scratch / CASES).open("a", encoding="utf-8", newline="") as cases,
        (scratch / REJECTS).open("w", encoding="utf-8", newline="") as rejects,
    ):
        case_out, reject_out = csv.writer(cases, lineterminator="\n"), csv.writer(rejects, lineterminator="\n")
        reject_out.writerow(REJECT_COLUMNS)
        reject_out.writerows(_rejects(place))
        for row in rows:
            if isinstance(row, Found):
                case = _case(row, source, date)
                if case["case_id"] not in taken:
                    case_out.writerow([case.get(name, "") for name in header])
                    done.cases[row.label.expectation, row.label.category] += 1
                    continue
                detail = f"its id {case['case_id']} stands at {CASES}:{taken[case['case_id']]} for another page"
                row = Reject(row.file, row.line, row.category, row.href, Reason.DUPLICATE, detail)
            said = (source, row.file, row.line or "", row.reason, row.detail, row.category, row.text)
            reject_out.writerow([cell(str(value)) for value in said])
            done.rejects[row.reason] += 1
            if row.reason is Reason.UNMAPPED:
                done.unmapped[row.category, row.detail] += 1
    return done


def move(place: Place, scratch: Path, manifest: str) -> None:
    """Put what was written where it belongs; of a corpus that is added to, `cases.csv` last."""
    if place.manifest is None:
        (scratch / MANIFEST).write_text(manifest, "utf-8")
        scratch.chmod(0o755)
        scratch.replace(place.folder)
        return
    for name in (REJECTS, CASES):
        (scratch / name).replace(place.folder / name)


def manifest(folder: Path, description: str, version: str, categories: Mapping[str, str]) -> str:
    """`corpus.toml` of a new corpus."""
    said = {"name": folder.name[:100], "version": version, "description": description}
    lines = [f"{key} = {_toml(value)}" for key, value in said.items() if value]
    if categories:
        lines += ["", "[categories]", *(f"{_toml(key)} = {_toml(title)}" for key, title in sorted(categories.items()))]
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    # What JSON escapes TOML escapes alike, but for DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _case(row: Found, source: str, date: str) -> dict[str, str]:
    return {
        "case_id": f"{source}-{hashlib.sha256(f'{row.scheme}://{row.key}'.encode()).hexdigest()[:16]}",
        "url": row.href,
        "category": row.label.category,
        "expectation": row.label.expectation,
        "language": row.language,
        "source": source,
        "label_date": row.date or date,
        "source_category": cell(row.category),
        "source_row": cell(f"{row.file}:{row.line}"),
    }


def _copied(place: Place, out: Path) -> list[str]:
    """Write the header and the cases that are there; returns the header, in which no column of ours is missing."""
    header = list(COLUMNS)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if place.manifest is None:
            writer.writerow(header)
            return header
        with (place.folder / CASES).open(encoding="utf-8-sig", newline="") as there:
            reader = csv.reader(there, strict=True)
            header = [name.strip() for name in next(reader)]
            header += [name for name in COLUMNS if name not in header]
            writer.writerow(header)
            writer.writerows([*row, *[""] * (len(header) - len(row))] for row in reader if any(row))
    return header


def _rejects(place: Place) -> Iterator[list[str]]:
    """What former imports left out."""
    there = place.folder / REJECTS
    if place.manifest is None or not there.exists():
        return
    with there.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if tuple(next(rows, ())) != REJECT_COLUMNS:
            raise UsageError("not a list that `harness corpus import` wrote; move it away", file=there, line=1)
        yield from rows
