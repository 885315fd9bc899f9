"""A corpus read to the end, whatever is wrong with its rows: the good ones as a table, the others as faults."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from harness.corpus import cases, chunks, sealed
from harness.corpus.manifest import Manifest, read_manifest
from harness.model import url as urls
from harness.model.case import Case
from harness.model.errors import UsageError
from harness.model.url import Url
from harness.profile import shipped

CASES = "cases.csv"
STATUS = "status"  # what is on record about the page, beside the columns a run reads
KEYED = re.compile(r"(?s)(\w+): (.*)")


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that a run refuses, in the words of the run. `case_id` is what stands there, good or bad."""

    line: int
    key: str
    text: str
    case_id: str = ""


class Row(NamedTuple):
    """A row of the frame. `host` to `key` are as the browser reads the address: `key` names the request whichever
    scheme carries it. `cluster` is the site where the corpus names none."""

    line: int
    case_id: str
    url: str
    category: str
    expectation: str
    fixture: str
    language: str
    lookalike_of: str
    weight: float
    source: str
    status: str
    scheme: str
    host: str
    port: int
    target: str
    href: str
    key: str
    site: str
    cluster: str


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """`frame` has the columns of `Row`, in the order of the file. `cut` is where the CSV itself broke and nothing more
    could be read."""

    folder: Path
    manifest: Manifest
    frame: pd.DataFrame
    faults: tuple[Fault, ...]
    cut: Fault | None


def read(ref: str) -> Table:
    """The corpus of that shipped name or path. Raises UsageError where there is no table to speak of: no manifest,
    no header, not UTF-8."""
    folder = shipped.find(ref, shipped.CORPORA, "corpus.toml", "corpus")
    if not folder.is_dir():
        raise UsageError("a corpus is a folder with corpus.toml and cases.csv", file=folder)
    if (folder / sealed.FILE).is_file():
        raise UsageError("a sealed corpus; it is checked before it is sealed", file=folder)
    manifest = read_manifest(folder)
    faults: list[Fault] = []
    cut: list[Fault] = []
    good = _good(folder / CASES, manifest.known_categories, faults, cut)
    frame = chunks.frame(good, Row._fields)
    if not len(frame) and not faults and not cut:
        raise UsageError("no cases", file=folder / CASES)
    return Table(folder, manifest, frame, tuple(faults), cut[0] if cut else None)


def raw_rows(path: Path, required: Sequence[str] = cases.REQUIRED) -> Iterator[tuple[int, list[str]]]:
    """The header, then every row that is not blank, as it stands with its line. Raises UsageError with file and line,
    also in the midst of it where the CSV breaks."""
    csv.field_size_limit(cases.MAX_FIELD)
    reader = csv.reader(io.StringIO(cases._text(path), newline=""), strict=True)
    start = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        cases._check_header(header, path, required)
        yield 1, header
        start = reader.line_num + 1
        for row in reader:
            if any(row):
                yield start, row
            start = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"not valid CSV: {error}", file=path, line=start) from None


def each(frame: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    """The rows, as tuples of these columns."""
    return zip(*(frame[name] for name in names), strict=True)


def _good(path: Path, categories: frozenset[str], faults: list[Fault], cut: list[Fault]) -> Iterator[Row]:
    rows = raw_rows(path)
    _, header = next(rows)
    blank = dict.fromkeys((*cases.OPTIONAL, STATUS), "")
    try:
        for line, row in rows:
            values = {**blank, **{name: value.strip() for name, value in zip(header, row, strict=False)}}
            try:
                if len(row) > len(header):
                    raise UsageError(f"{len(row)} fields, the header has {len(header)}", file=path, line=line)
                yield _row(line, *cases.read_case(values, categories, path, line), values[STATUS])
            except UsageError as error:
                faults.append(_fault(error, path, line, values.get("case_id", "")))
    except UsageError as error:
        line = int(str(error).removeprefix(f"{path}:").partition(":")[0])
        cut.append(_fault(error, path, line))


def _row(line: int, case: Case, url: Url, status: str) -> Row:
    site = _site(url.hostname)
    return Row(
        line=line,
        case_id=case.case_id,
        url=case.url,
        category=case.category,
        expectation=case.expectation.value,
        fixture=case.fixture,
        language=case.language,
        lookalike_of=case.lookalike_of,
        weight=case.weight,
        source=case.source or case.rater,
        status=status.lower(),
        scheme=url.scheme,
        host=url.hostname,
        port=url.port,
        target=url.target,
        href=url.href,
        key=url.key,
        site=site,
        cluster=case.cluster or site,
    )


@lru_cache(maxsize=chunks.CHUNK)
def _site(host: str) -> str:
    return urls.site(host)


def _fault(error: UsageError, path: Path, line: int, case_id: str = "") -> Fault:
    """The error with its place taken off."""
    text = str(error).removeprefix(f"{path}:{line}: ")
    keyed = KEYED.fullmatch(text)
    if keyed and keyed[1] in (*cases.REQUIRED, *cases.OPTIONAL):
        return Fault(line, keyed[1], keyed[2], case_id)
    return Fault(line, "", text, case_id)
