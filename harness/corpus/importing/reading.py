"""Text of others, read in bounded pieces."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from harness.corpus.cases import MAX_FIELD
from harness.corpus.importing.row import shown
from harness.model.errors import UsageError

MAX_LINE = 256 * 1024
FORMULA = ("=", "+", "-", "@")


def lines(stream: BinaryIO, file: str, encoding: str = "utf-8", most: int = MAX_LINE) -> Iterator[tuple[int, str]]:
    """Every line with its number, line end included. Raises UsageError when one is longer than `most` bytes or not in
    that encoding."""
    number = 0
    while raw := stream.readline(most + 1):
        number += 1
        if len(raw) > most:
            raise UsageError(f"a line of more than {most} bytes; not a list", file=file, line=number)
        if number == 1:
            if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise UsageError("UTF-16; save it as UTF-8", file=file, line=1)
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        try:
            yield number, raw.decode(encoding)
        except UnicodeDecodeError as error:
            advice = "save it as UTF-8, or say --encoding"
            raise UsageError(
                f"not {encoding} (byte 0x{raw[error.start]:02x}); {advice}", file=file, line=number
            ) from None


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table: its values by field, or what is wrong with it."""

    line: int
    values: Mapping[str, str]
    wrong: str = ""


class Table:
    """A CSV file with a `header`; `columns` says which column holds which field, of which `required` has to be there.

    Raises UsageError, also while it is read, for what is no CSV and for a formula in a column that is used.
    """

    def __init__(
        self, stream: BinaryIO, file: str, columns: Mapping[str, str], required: str, encoding: str, delimiter: str
    ) -> None:
        csv.field_size_limit(MAX_FIELD)
        self._file = file
        self._reader = csv.reader((line for _, line in lines(stream, file, encoding)), strict=True, delimiter=delimiter)
        try:
            self.header = [name.strip() for name in next(self._reader, [])]
        except csv.Error as error:
            raise UsageError(f"not valid CSV: {error}", file=file, line=1) from None
        if columns[required] not in self.header:
            known = shown(", ".join(self.header)) or "none"
            raise UsageError(f"no such column; there are: {known}", file=file, line=1, key=columns[required])
        self._places = {field: self.header.index(name) for field, name in columns.items() if name in self.header}

    def records(self) -> Iterator[Record]:
        """The rows but empty ones."""
        while True:
            line = self._reader.line_num + 1
            try:
                row = next(self._reader, None)
            except csv.Error as error:
                if self._reader.line_num > line:  # a quotation mark that swallows lines would drop them unseen
                    raise UsageError(f"not valid CSV: {error}", file=self._file, line=line) from None
                yield Record(line, {}, f"not valid CSV: {error}")
                continue
            if row is None:
                return
            if len(row) == len(self.header):
                yield Record(line, self._values(row, line))
            elif any(row):
                yield Record(line, {}, f"{len(row)} fields, the header has {len(self.header)}")

    def _values(self, row: Sequence[str], line: int) -> dict[str, str]:
        values = {field: row[place].strip() for field, place in self._places.items()}
        for field, value in values.items():
            if value.startswith(FORMULA):
                said = f"a cell that a spreadsheet would compute: {shown(value, 40)!r}"
                raise UsageError(said, file=self._file, line=line, key=field)
        return values


class Limited(io.RawIOBase):
    """An uncompressed stream that ends in an error once it is longer than `most` bytes: what a small file unpacks to
    without end."""

    def __init__(self, stream: BinaryIO, most: int, file: str) -> None:
        self._stream, self._left, self._file = stream, most, file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise UsageError("unpacks to far more than it can honestly hold", file=self._file)
        buffer[: len(data)] = data
        return len(data)
