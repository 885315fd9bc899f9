"""Pages out of recorded traffic: their addresses only. What a page loaded beside itself is no case."""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from harness.corpus import warc as warcs
from harness.corpus.importing.options import Options
from harness.corpus.importing.reading import lines
from harness.corpus.importing.row import Reason, Row, shown
from harness.corpus.importing.sources import MOST_FILES, bounded, opened, refuse_outside
from harness.model.errors import UsageError

MAX_HAR = 1 << 27  # a HAR file is one JSON value, which needs many times its size in memory
MAX_PAGE = 1 << 24  # a line of pages.jsonl may hold the text of a page
MAX_HEAD = 1 << 16
PAGES = re.compile(r"pages/[^/]+\.jsonl")


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
    """The pages among a WARC file's responses; `line` is the number of the record."""
    with opened(source) as stream:
        records = enumerate(warcs.records(stream), start=1)
        while True:
            try:
                number, record = next(records, (0, None))
            except ValueError as error:
                raise UsageError(str(error), file=source) from None
            if record is None:
                return
            address = record.headers.get("warc-target-uri", "").strip("<>")  # as Wget 1.19 writes it
            if record.kind == "response" and address.startswith(("http://", "https://")):
                yield _response(record.block, source.name, number, address)
            elif record.kind not in ("warcinfo", "request", "metadata"):
                detail = f"a record of type {shown(record.kind, 40)}, which is no page as it was answered"
                yield Row(source.name, number, address, reason=Reason.NO_PAGE, detail=detail)


def _response(block: bytes, file: str, number: int, address: str) -> Row:
    head = re.split(r"\r?\n\r?\n", block[:MAX_HEAD].decode("latin-1"), maxsplit=1)[0]
    status = re.match(r"HTTP/\S+ (\d{3})", head)
    if not status:
        return Row(file, number, address, reason=Reason.BROKEN, detail="not an HTTP answer")
    content = re.search(r"(?im)^content-type:([^\r\n]*)", head)
    kind = content[1].strip() if content else "nothing"
    return _row(file, number, address, int(status[1]), "document" if _is_html(kind) else kind)
