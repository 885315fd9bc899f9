"""Pages out of recorded traffic: their addresses only. What a page loaded beside itself is no case."""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from harness.corpus.importing.options import Options
from harness.corpus.importing.reading import lines
from harness.corpus.importing.row import Reason, Row
from harness.corpus.importing.sources import MOST_FILES, bounded, opened, refuse_outside, unzipped
from harness.model.errors import UsageError

MAX_HAR = 1 << 27  # a HAR file is one JSON value, which needs many times its size in memory
MAX_PAGE = 1 << 24  # a line of pages.jsonl may hold the text of a page
MAX_HEADERS = 1000
PAGES = re.compile(r"pages/[^/]+\.jsonl")
CHUNK = 1 << 16


def har(source: Path, options: Options) -> Iterator[Row]:
    """The documents of a HAR file; `line` is the number of its entry."""
    with opened(source) as stream:
        data = stream.read(MAX_HAR + 1)
    if len(data) > MAX_HAR:
        raise UsageError(f"more than {MAX_HAR} bytes; split it", file=source)
    try:
        entries = json.loads(data.decode("utf-8-sig"))["log"]["entries"]
        for number, entry in enumerate(entries, start=1):
            address = entry["request"]["url"]
            content = entry["response"].get("content", {}).get("mimeType") or ""
            kind = entry.get("_resourceType") or ("document" if _is_html(content) else content or "nothing")
            yield _row(source.name, number, str(address), entry["response"]["status"], kind)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"not a HAR file ({type(error).__name__}: {str(error)[:100]})", file=source) from None


def _row(file: str, number: int, address: str, status: object, kind: str) -> Row:
    if kind != "document":
        return Row(file, number, address, reason=Reason.NO_PAGE, detail=f"a part of a page: {kind[:60]}")
    if status != 200:
        return Row(file, number, address, reason=Reason.NO_PAGE, detail=f"no page: status {str(status)[:20]}")
    return Row(file, number, address)


def _is_html(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")


def wacz(source: Path, options: Options) -> Iterator[Row]:
    """The pages that a WACZ file lists (`pages/*.jsonl`)."""
    with opened(source) as stream, zipfile.ZipFile(stream) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_FILES:
            raise UsageError(f"more than {MOST_FILES} files", file=source)
        for entry in entries:
            refuse_outside(entry.orig_filename, source)
        pages = [entry for entry in entries if PAGES.fullmatch(entry.filename)]
        if not pages:
            raise UsageError("holds no pages/pages.jsonl; import its WARC files", file=source)
        for entry in pages:
            if entry.flag_bits & 1:
                raise UsageError("is encrypted", file=source, key=entry.filename)
            with archive.open(entry) as packed:
                yield from _pages(bounded(packed, source), f"{source.name}/{entry.filename}")  # type: ignore[arg-type]


def _pages(stream: BinaryIO, file: str) -> Iterator[Row]:
    for number, line in lines(stream, file, most=MAX_PAGE):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
            if "format" not in said or "url" in said:  # the first line says what the file is
                yield Row(file, number, str(said["url"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            yield Row(file, number, line.strip(), reason=Reason.BROKEN, detail="not a page as JSON")


def warc(source: Path, options: Options) -> Iterator[Row]:
    """The pages among a WARC file's responses (ISO 28500); `line` is the number of the record.

    Read by hand, as warcio reads header lines of any length into memory.
    """
    with unzipped(source) as stream:
        number = 0
        while (version := _line(stream, source)) is not None:
            if not version:
                continue
            number += 1
            if not version.startswith("WARC/"):
                raise UsageError("no WARC record, or the length before is wrong", file=source, line=number)
            headers = _headers(stream, source)
            block = _Block(stream, headers.get("content-length", ""), source, number)
            kind, address = headers.get("warc-type", ""), headers.get("warc-target-uri", "").strip("<>")
            if kind == "response" and address.startswith(("http://", "https://")):
                yield _response(block, source, number, address)
            elif kind in ("response", "resource", "revisit", "conversion", "continuation"):
                detail = f"a record of type {kind}, which is no page as it was answered"
                yield Row(source.name, number, address, reason=Reason.NO_PAGE, detail=detail)
            block.skip()
        if not number:
            raise UsageError("holds no WARC record", file=source)


def _response(block: "_Block", source: Path, number: int, address: str) -> Row:
    status = re.match(r"HTTP/\S+ (\d{3})", block.line())
    if not status:
        return Row(source.name, number, address, reason=Reason.BROKEN, detail="not an HTTP answer")
    content = ""
    while header := block.line():
        key, _, value = header.partition(":")
        content = value if key.lower() == "content-type" else content
    return _row(source.name, number, address, int(status[1]), "document" if _is_html(content) else content.strip())


class _Block:
    """The bytes of one record, of which no more than its length are read."""

    def __init__(self, stream: BinaryIO, length: str, source: Path, number: int) -> None:
        if not re.fullmatch(r"\d{1,15}", length):
            raise UsageError("a record without its length", file=source, line=number)
        self._stream, self._left, self._source, self._number = stream, int(length), source, number

    def line(self) -> str:
        """The next line, bounded, without its end; "" at the end."""
        raw = self._stream.readline(min(self._left, CHUNK))
        self._left -= len(raw)
        return raw.decode("latin-1").rstrip("\r\n")

    def skip(self) -> None:
        """Read to the end. Raises UsageError when the file ends before."""
        while self._left:
            data = self._stream.read(min(self._left, CHUNK))
            if not data:
                raise UsageError("ends within a record", file=self._source, line=self._number)
            self._left -= len(data)


def _headers(stream: BinaryIO, source: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for _ in range(MAX_HEADERS):
        line = _line(stream, source)
        if not line:
            return found
        key, _, value = line.partition(":")
        found[key.strip().lower()] = value.strip()
    raise UsageError(f"a record with more than {MAX_HEADERS} headers", file=source)


def _line(stream: BinaryIO, source: Path) -> str | None:
    """The next line, None at the end."""
    raw = stream.readline(CHUNK)
    if len(raw) == CHUNK:
        raise UsageError("a header line without end", file=source)
    return raw.decode("utf-8", "replace").rstrip("\r\n") if raw else None
