"""Pages of recorded traffic: what was a document and arrived, and nothing that it loaded."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from harness.model.errors import UsageError
from tests.corpus.imported import Desk

PAGE = "text/html; charset=utf-8"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def entry(url: str, mime: str = PAGE, status: int = 200, **more: object) -> dict[str, object]:
    return {"request": {"url": url}, "response": {"status": status, "content": {"mimeType": mime}}, **more}


def record(kind: str, url: str, block: bytes) -> bytes:
    head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def answer(body: bytes, mime: str = PAGE, status: int = 200) -> bytes:
    return f"HTTP/1.1 {status} OK\r\nServer: test\r\nContent-Type: {mime}\r\n\r\n".encode() + body


RECORDS = (
    record("warcinfo", "", b"software: a test\r\n"),
    record("request", "http://a.test/", b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"),
    record("response", "http://a.test/", answer(b"<p>WARC/1.1 within a page\r\n\r\n" + b"x" * 200_000)),
    record("response", "<http://b.test/>", answer(b"")),  # as Wget 1.19 writes it
    record("response", "http://a.test/a.png", answer(b"png", "image/png")),
    record("response", "http://a.test/gone", answer(b"", status=404)),
    record("response", "http://a.test/odd", b"no answer"),
    record("revisit", "http://a.test/", b""),
    record("response", "dns:a.test", b"192.0.2.1"),
)


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


PAGES = '{"format": "json-pages-1.0", "id": "pages"}\n' + "\n".join(
    json.dumps({"url": url, "ts": "2026-01-01T00:00:00Z", "text": "x" * 300_000})
    for url in ("http://a.test/", "http://b.test/")
)


def test_har(desk: Desk) -> None:
    entries = [
        entry("http://a.test/"),
        entry("http://a.test/a.png", "image/png"),
        entry("http://a.test/frame", _resourceType="iframe"),
        entry("http://a.test/data", "application/json", _resourceType="document"),
        entry("http://a.test/old", status=301),
        entry("about:blank"),
        entry("http://a.test/\ud800"),
    ]
    desk.run("har", desk.put("a.har", "\ufeff" + json.dumps({"log": {"entries": entries}})))
    assert desk.cases().keys() == {"http://a.test/", "http://a.test/data"}
    assert desk.rejects() == [
        ("a.har:2", "no page", "a part of a page: image/png"),
        ("a.har:3", "no page", "a part of a page: iframe"),
        ("a.har:5", "no page", "no page: status 301"),
        ("a.har:6", "no URL", desk.rejects()[3][2]),
        ("a.har:7", "no URL", desk.rejects()[4][2]),
    ]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_warc(desk: Desk, packed: bool) -> None:
    data = b"".join(gzip.compress(item) if packed else item for item in RECORDS)
    desk.run("warc", desk.put("a.warc", data))
    assert desk.cases().keys() == {"http://a.test/", "http://b.test/"}
    assert [(place, reason) for place, reason, _ in desk.rejects()] == [
        ("a.warc:5", "no page"),
        ("a.warc:6", "no page"),
        ("a.warc:7", "broken row"),
        ("a.warc:8", "no page"),
        ("a.warc:9", "no page"),
    ]


def test_wacz(desk: Desk) -> None:
    files = {"archive/data.warc.gz": "", "pages/pages.jsonl": PAGES, "pages/extraPages.jsonl": "{\n\n[]\n"}
    desk.run("wacz", desk.put("a.wacz", zipped(**files)))
    assert desk.cases().keys() == {"http://a.test/", "http://b.test/"}
    assert [reason for _, reason, _ in desk.rejects()] == ["broken row", "broken row"]


@pytest.mark.parametrize(
    ("format_", "data", "error"),
    [
        ("har", b"", "not a HAR file"),
        ("har", b"\xff", "not a HAR file"),
        ("har", b"[" * 100_000, "not a HAR file"),
        ("har", b'{"log": {"entries": [{}]}}', "not a HAR file"),
        ("har", b'{"log": {"entries": 3}}', "not a HAR file"),
        ("har", b"NaN", "not a HAR file"),
        ("warc", b"", "holds no WARC record"),
        ("warc", b"GET / HTTP/1.1\r\n\r\n", "not WARC/1.1"),
        ("warc", RECORDS[2][:5000], "the file ends within it"),
        ("warc", gzip.compress(RECORDS[2])[:30] + b"\xff" * 100, "damaged"),
        ("wacz", b"", "damaged"),
        ("wacz", zipped(**{"archive/data.warc": ""}), "holds no pages/pages.jsonl"),
        ("wacz", zipped(**{"pages/pages.jsonl": PAGES})[:-30], "damaged"),
        ("wacz", zipped(**{"pages/pages.jsonl": PAGES, "../../etc/x": ""}), "holds what leads out of it"),
        ("wacz", zipped(**{"pages/pages.jsonl": "{" + " " * (1 << 24)}), "a line of more than"),
    ],
)  # fmt: skip
def test_refused(desk: Desk, format_: str, data: bytes, error: str) -> None:
    source = desk.put(f"a.{format_}", data)
    with pytest.raises(UsageError, match=error):
        desk.run(format_, source)
    assert desk.untouched()
