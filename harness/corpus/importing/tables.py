"""Lists as tables: Citizen Lab's, and any CSV file by its columns."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.corpus.importing.options import Options
from harness.corpus.importing.reading import Table, lines
from harness.corpus.importing.row import Reason, Row, unread
from harness.corpus.importing.sources import Member, members
from harness.model.errors import UsageError

CITIZENLAB = {"url": "url", "category": "category_code", "date": "date_added"}
FIELDS = ("url", "category", "expectation", "date", "language")
LEGEND = "00-LEGEND"


def csv_file(source: Path, options: Options) -> Iterator[Row]:
    """Any table, by the columns that the options name; without them by columns of the fields' own names."""
    columns = {**{name: name for name in FIELDS}, **options.columns}
    for member in members(source):
        if member.stream is None or not member.name.lower().endswith((".csv", ".tsv", ".txt")):
            yield unread(member.name, member.why or "not a table")
        else:
            yield from _rows(member, columns, options, {})


def citizenlab(source: Path, options: Options) -> Iterator[Row]:
    """Citizen Lab's lists, one file a country; with the legends of the same folder, what codes that do not map mean."""
    titles: dict[str, str] = {}
    found = False
    for member in members(source):
        name = Path(member.name).name
        if member.stream is not None and name.startswith(LEGEND) and name.endswith(".csv"):
            titles |= _legend(member, options)
        elif member.stream is None or not name.endswith(".csv"):
            yield unread(member.name, member.why or "not a list: no .csv")
        else:
            found = True
            yield from _rows(member, CITIZENLAB, options, titles)
    if not found:
        raise UsageError("holds no list; expected COUNTRY.csv", file=source)


def _rows(member: Member, columns: Mapping[str, str], options: Options, titles: Mapping[str, str]) -> Iterator[Row]:
    assert member.stream is not None
    found = Table(member.stream, member.name, columns, "url", options.encoding, options.delimiter)
    if missing := sorted(set(options.columns.values()) - set(found.header)):
        raise UsageError("no such column", file=member.name, line=1, key=missing[0])
    heading = " ".join(found.header)
    for record in found.records():
        if record.wrong:
            yield Row(member.name, record.line, "", reason=Reason.BROKEN, detail=record.wrong, heading=heading)
            continue
        url, category, expectation, date, language = (record.values.get(name, "") for name in FIELDS)
        detail = titles.get(category, "")
        yield Row(member.name, record.line, url, category, date, language, expectation, detail, heading)


def _legend(member: Member, options: Options) -> dict[str, str]:
    """The titles of codes: the older legend has the code first, the newer one the title."""
    assert member.stream is not None
    try:
        rows = list(csv.reader((line for _, line in lines(member.stream, member.name, options.encoding)), strict=True))
    except csv.Error as error:
        raise UsageError(f"not valid CSV: {error}", file=member.name) from None
    columns = {"CategoryCode": (0, 1), "Category Description": (1, 0)}.get(rows[0][0] if rows and rows[0] else "")
    return {row[columns[0]]: row[columns[1]] for row in rows[1:] if len(row) > 1} if columns else {}
