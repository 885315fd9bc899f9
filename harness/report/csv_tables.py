"""`formats/verdicts.csv` and `formats/rates.csv`: tables for a spreadsheet, after RFC 4180, in UTF-8.

No cell is a formula and what cannot be seen is spelt out; what is not known is empty.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from harness.report.columns import VERDICTS
from harness.report.derive import Derived
from harness.report.neutral import cell
from harness.score.rates import Rate

CHUNK = 10_000  # rows in a piece
# Text that is written as it is: nothing unseen, no formula, no quotes needed. Most is.
HARMLESS = r"^([!#-*./0-9:;<>?A-Z\[-~][ !#-+\--~]*)?$"


def verdicts(derived: Derived) -> Iterator[str]:
    """The rows of `verdicts.parquet`, in pieces."""
    yield _text([VERDICTS])
    for piece in derived.scored.pieces(VERDICTS, CHUNK):
        yield _lines(piece)


def rates(derived: Derived) -> Iterator[str]:
    """Every rate with its counts and interval, in pieces."""
    names = [field.name for field in fields(Rate)]
    yield _text([names])
    rows = ([getattr(rate, name) for name in names] for rate in derived.rates)
    while part := list(islice(rows, CHUNK)):
        yield _text(part)


def _lines(table: pa.Table) -> str:
    """As `_text`, column by column."""
    columns = [_written(table.column(name).combine_chunks()) for name in table.column_names]
    ends = pa.array(["\r\n"] * len(table), pa.large_string())
    lines = pc.binary_join_element_wise(*columns, pa.scalar(",", pa.large_string()))
    return "".join(pc.binary_join_element_wise(lines, ends, pa.scalar("", pa.large_string())).to_pylist())


def _written(column: pa.Array) -> pa.Array:
    """The texts of a column's cells; what differs is written once."""
    if pa.types.is_large_string(column.type) and pc.all(pc.match_substring_regex(column, HARMLESS)).as_py():
        return column
    different = column.dictionary_encode()
    # Beside a cell that is not empty, as one alone would be quoted.
    texts = [_text([(value, "x")]).removesuffix(",x\r\n") for value in different.dictionary.to_pylist()]
    return pc.fill_null(pa.array(texts, pa.large_string()).take(different.indices), "")


def _text(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None or value != value:  # not a number
        return ""
    return str(value).lower() if isinstance(value, bool) else cell(value)
