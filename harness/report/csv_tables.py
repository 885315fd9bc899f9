"""`formats/verdicts.csv` and `formats/rates.csv`: tables for a spreadsheet, after RFC 4180, in UTF-8.

No cell is a formula and what cannot be seen is spelt out; what is not known is empty.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import chain, islice

import pandas as pd

from harness.report import result
from harness.report.derive import Derived
from harness.report.neutral import cell
from harness.score.rates import Rate

CHUNK = 10_000  # rows in a piece


def verdicts(derived: Derived) -> Iterator[str]:
    """The rows of `verdicts.parquet`, in pieces."""
    frames = result.verdict_frames(derived)
    first = next(frames)
    return _pieces(first.columns, chain.from_iterable(_rows(frame) for frame in chain((first,), frames)))


def rates(derived: Derived) -> Iterator[str]:
    """Every rate with its counts and interval, in pieces."""
    names = [field.name for field in fields(Rate)]
    return _pieces(names, ([getattr(rate, name) for name in names] for rate in derived.rates))


def _rows(frame: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    return frame.itertuples(index=False, name=None)


def _pieces(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    left = iter(rows)
    yield _text([head])
    while part := list(islice(left, CHUNK)):
        yield _text(part)


def _text(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None or value != value:  # not a number
        return ""
    return str(value).lower() if isinstance(value, bool) else cell(value)
