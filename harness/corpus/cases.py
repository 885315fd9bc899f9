"""`cases.csv`: one labelled URL a row, checked as it is read."""

import codecs
import csv
import datetime
import io
import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from harness.model import url as urls
from harness.model.case import Case
from harness.model.errors import UsageError
from harness.model.url import Url
from harness.model.words import Expectation

REQUIRED = ("case_id", "url", "category", "expectation")
PROVENANCE = ("source", "label_date", "rater", "confidence")
OPTIONAL = ("fixture", "language", "lookalike_of", "weight", "cluster", "popularity", *PROVENANCE)
MAX_BYTES = 1024**3
MAX_FIELD = 64 * 1024
CASE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}")

Wrong = Callable[[str, str], UsageError]  # what is wrong with a key, as an error that names file and line


def table(path: Path, required: Sequence[str], optional: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and values by column, stripped, of every row of a CSV file that is not blank; the optional columns are
    always there. Raises UsageError with file, line and key when it is no such table."""
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    start = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, path, required, optional)
        blank = dict.fromkeys((*optional, *header), "")
        start = reader.line_num + 1
        for row in reader:
            line, start = start, reader.line_num + 1
            if not any(row):
                continue
            if len(row) > len(header):
                raise UsageError(f"{len(row)} fields, the header has {len(header)}", file=path, line=line)
            yield line, {**blank, **{name: value.strip() for name, value in zip(header, row, strict=False)}}
    except csv.Error as error:
        raise UsageError(f"not valid CSV: {error}", file=path, line=start) from None


def read_cases(path: Path, categories: frozenset[str]) -> Iterator[tuple[int, Case, Url]]:
    """All cases with their lines and addresses, in order. Raises UsageError with file, line and key at the first wrong
    row."""
    ids: dict[str, int] = {}
    labels: dict[tuple[str, str], tuple[int, Case]] = {}
    addresses: dict[str, int] = {}
    for line, row in table(path, REQUIRED, OPTIONAL):
        case, url = read_case(row, categories, path, line)
        if case.case_id in ids:
            raise UsageError(
                f"{case.case_id!r} stands already at line {ids[case.case_id]}", file=path, line=line, key="case_id"
            )
        ids[case.case_id] = line
        # Fragment and credentials are not part of a request: two labels of one request contradict each other.
        _check_label(*labels.setdefault((url.scheme, url.key), (line, case)), case, path, line)
        if url.href in addresses:
            raise UsageError(f"duplicate of line {addresses[url.href]}: {case.url!r}", file=path, line=line, key="url")
        addresses[url.href] = line
        yield line, case, url
    if not ids:
        raise UsageError("no cases", file=path)


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UsageError(f"{size} bytes; the most a {path.name} may have is {MAX_BYTES}", file=path)
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", file=path) from None
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UsageError("UTF-16; save it as UTF-8", file=path, line=1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError(
            f"not UTF-8 (byte 0x{data[error.start]:02x}); save it as UTF-8", file=path, line=line
        ) from None
    if "\0" in text:
        raise UsageError("NUL character; not a CSV text", file=path, line=text[: text.index("\0")].count("\n") + 1)
    return text


def _check_header(
    header: list[str], path: Path, required: Sequence[str] = REQUIRED, optional: Sequence[str] = OPTIONAL
) -> None:
    for name in required:
        if name not in header:
            expected = ",".join((*required, *optional))
            raise UsageError(f"the header lacks it; expected {expected}", file=path, line=1, key=name)
    if len(set(header)) != len(header):
        raise UsageError("a column stands twice in the header", file=path, line=1)


def read_case(row: dict[str, str], categories: frozenset[str], path: Path, line: int) -> tuple[Case, Url]:
    """The case in the values of a row, and its address. Raises UsageError with file, line and key."""

    def wrong(key: str, message: str) -> UsageError:
        return UsageError(message, file=path, line=line, key=key)

    values = {name: row.get(name, "").strip() for name in (*REQUIRED, *OPTIONAL)}
    for name in REQUIRED:
        if not values[name]:
            raise wrong(name, "empty")
    if not CASE_ID.fullmatch(values["case_id"]):
        raise wrong(
            "case_id",
            f"{values['case_id'][:60]!r}: up to 200 letters, digits and ._:/@+-, starting with a letter or digit",
        )
    try:
        url = urls.parse(values["url"])
    except ValueError as error:
        raise wrong("url", str(error)) from None
    category, expectation = label(values, categories, wrong)
    case = Case(
        case_id=values["case_id"],
        url=values["url"],
        category=category,
        expectation=expectation,
        fixture=values["fixture"],
        language=sys.intern(values["language"]),
        lookalike_of=values["lookalike_of"],
        weight=_number(values["weight"] or "1", "weight", 1e-9, 1e9, wrong),
        cluster=values["cluster"],
        source=sys.intern(values["source"]),
        label_date=date(values["label_date"], "label_date", wrong),
        rater=sys.intern(values["rater"]),
        confidence=confidence(values["confidence"], wrong),
        popularity=_rank(values["popularity"], wrong),
    )
    return case, url


def label(values: dict[str, str], categories: frozenset[str], wrong: Wrong) -> tuple[str, Expectation]:
    """Category and expectation of a row. Raises what `wrong` makes."""
    if values["category"] not in categories:
        raise wrong(
            "category",
            f"unknown category {values['category']!r}; declare it in corpus.toml"
            f" or use one of {', '.join(sorted(categories))}",
        )
    try:
        return sys.intern(values["category"]), Expectation(values["expectation"])
    except ValueError:
        raise wrong("expectation", f"{values['expectation']!r} is neither 'block' nor 'allow'") from None


def date(text: str, key: str, wrong: Wrong) -> str:
    """An ISO date as it stands, or "". Raises what `wrong` makes."""
    try:
        if text and datetime.date.fromisoformat(text).isoformat() != text:
            raise ValueError
    except ValueError:
        raise wrong(key, f"{text[:60]!r} is not a date like 2026-01-31") from None
    return sys.intern(text)


def confidence(text: str, wrong: Wrong) -> float | None:
    """A share from 0 to 1, None when empty. Raises what `wrong` makes."""
    return _number(text, "confidence", 0, 1, wrong) if text else None


def _number(text: str, key: str, least: float, most: float, wrong: Wrong) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise wrong(key, f"{text[:60]!r} is not a number from {least:g} to {most:g}")
    return number


def _rank(text: str, wrong: Wrong) -> int:
    """0 when empty."""
    if text and not re.fullmatch(r"[1-9]\d{0,11}", text, re.ASCII):
        raise wrong("popularity", f"{text[:60]!r} is not a rank: a whole number, 1 for the most visited")
    return int(text or 0)


def _check_label(earlier: int, twin: Case, case: Case, path: Path, line: int) -> None:
    if (twin.category, twin.expectation) != (case.category, case.expectation):
        labels = f"{twin.category}/{twin.expectation} there, {case.category}/{case.expectation} here"
        raise UsageError(
            f"conflicting labels for {case.url!r}, already at line {earlier}: {labels}",
            file=path,
            line=line,
            key="expectation",
        )
