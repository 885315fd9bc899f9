"""Lists of block-page fingerprints in OONI's CSV format (https://github.com/ooni/blocking-fingerprints).

Regular expressions are RE2's, whose time is linear in the text; what RE2 does not know (look-around, back-references)
is refused, and so is what would need much memory.
"""

import csv
import io
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import re2
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.classify.patterns import Fingerprint, Known
from harness.model.errors import UsageError
from harness.profile import shipped

FOLDER = shipped.ROOT / "profiles" / "fingerprints"
MAX_BYTES = 16 * 1024 * 1024
MAX_ROWS = 50_000
REGEXP_BYTES = 1024 * 1024  # memory of one compiled expression
TEXT = 1_000_000  # characters that a pattern is looked for in

_OPTIONS = re2.Options()
_OPTIONS.max_mem = REGEXP_BYTES
_OPTIONS.log_errors = False


class Row(BaseModel):
    """One row. Columns of other names are left alone, as OONI adds some now and then; names may stand twice, and scopes
    be empty, as they do there."""

    model_config = ConfigDict(frozen=True, str_max_length=10_000)

    name: Annotated[str, Field(pattern=r"^[\w.:@+/-]{1,200}$")]
    scope: Literal["nat", "isp", "prod", "inst", "vbw", "fp", "injb", "prov", ""] = ""
    location_found: Annotated[str, Field(pattern=r"^(body|dns|header\.[a-z0-9-]{1,100})$")]
    pattern_type: Literal["full", "prefix", "contains", "regexp"]
    pattern: Annotated[str, Field(min_length=1, max_length=5_000)]
    confidence_no_fp: Annotated[int, Field(ge=0, le=10)]


def load(ref: str) -> tuple[Known, ...]:
    """The list of that shipped name or path. Raises UsageError naming file, line and column."""
    return tuple(known(item, path, line) for path, line, item in _rows(ref))


def known(fingerprint: Fingerprint, file: Path | None = None, line: int | None = None) -> Known:
    """The fingerprint ready to look for. Raises UsageError when its expression cannot be had."""
    return Known(fingerprint, _search(fingerprint, file, line))


def _rows(ref: str) -> Iterable[tuple[Path, int, Fingerprint]]:
    path = shipped.find(ref, FOLDER, "*.csv", "list of fingerprints")
    rows = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        missing = sorted(Row.model_fields.keys() - set(rows.fieldnames or ()) - {"scope"})
        if missing:
            raise UsageError(f"no column {', '.join(missing)}", file=path, line=1)
        for number, row in enumerate(rows):
            if number >= MAX_ROWS:
                raise UsageError(f"more than {MAX_ROWS} rows", file=path, line=rows.line_num)
            if None in row or None in row.values():
                raise UsageError(f"not {len(rows.fieldnames or ())} columns", file=path, line=rows.line_num)
            yield path, rows.line_num, _fingerprint(row, path, rows.line_num)
    except csv.Error as error:
        raise UsageError(f"not CSV: {error}", file=path, line=rows.line_num + 1) from None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"larger than {MAX_BYTES} bytes", file=path)
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", file=path) from None
    except UnicodeDecodeError:
        raise UsageError("not UTF-8", file=path) from None


def _fingerprint(row: dict[str, str], path: Path, line: int) -> Fingerprint:
    try:
        read = Row.model_validate(row)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise UsageError(wrong["msg"], file=path, line=line, key=str(wrong["loc"][0])) from None
    return Fingerprint(
        read.name, read.scope, read.location_found, read.pattern_type, read.pattern, read.confidence_no_fp
    )


def _search(fingerprint: Fingerprint, file: Path | None, line: int | None) -> Callable[[str], bool]:
    pattern = fingerprint.pattern
    match fingerprint.kind:
        case "full":
            return pattern.__eq__
        case "prefix":
            return lambda text: text.startswith(pattern)
        case "contains":
            return lambda text: pattern in text[:TEXT]
    try:
        return partial(_regexp, re2.compile(pattern, _OPTIONS))
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise UsageError(
            f"{pattern!r} is no regular expression of RE2: {reason}", file=file, line=line, key="pattern"
        ) from None


def _regexp(compiled: "re2._Regexp", text: str) -> bool:
    # RE2 reads UTF-8, which has no lone surrogates.
    return compiled.search(text[:TEXT].encode("utf-8", "replace").decode()) is not None
