"""Fixtures as HTTP answers."""

from pathlib import Path

import pytest

from harness.corpus.answer import Answer, from_fixture


def http(folder: Path, data: bytes) -> Answer:
    path = folder / "answer.http"
    path.write_bytes(data)
    return from_fixture(path)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.html", "text/html; charset=utf-8"),
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.css", "text/css"),
        ("a.png", "image/png"),
        ("a.svg", "image/svg+xml"),
        ("a.pdf", "application/pdf"),
        ("a.unheard-of", "application/octet-stream"),
        ("a", "application/octet-stream"),
    ],
)
def test_type_by_suffix(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(b"body")
    assert from_fixture(tmp_path / name) == Answer(200, (("Content-Type", kind),), b"body")


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("body", [b"", b"plain", b"\n\nstarts blank", b"one\r\n\r\ntwo\n\nthree\x00\xff"])
def test_body_is_kept_byte_for_byte(tmp_path: Path, newline: bytes, body: bytes) -> None:
    head = [b"HTTP/1.1 302 Found", b"Location: http://b.test/", b"X-Empty:", b"", b""]
    answer = http(tmp_path, newline.join(head) + body)
    assert answer == Answer(302, (("Location", "http://b.test/"), ("X-Empty", "")), body)


def test_headers_of_the_connection_are_left_out(tmp_path: Path) -> None:
    left_out = b"Content-Length: 9\nConnection: close\nTransfer-Encoding: chunked\ncache-control: public\n"
    data = b"HTTP/1.1 200 OK\n" + left_out + b"Set-Cookie: a\nSet-Cookie: b\n\n"
    assert http(tmp_path, data).headers == (("Set-Cookie", "a"), ("Set-Cookie", "b"))


def test_headers_keep_bytes_beyond_ascii(tmp_path: Path) -> None:
    """UTF-8 of "Ånd" holds 0x85, which Python takes for a line end."""
    answer = http(tmp_path, "HTTP/1.1 200 OK\nX-Title: Ånd\nX-Next: a\n\n".encode())
    assert [value.encode("latin-1").decode() for _, value in answer.headers] == ["Ånd", "a"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "status line"),
        (b"<html></html>\n\n", "status line"),
        (b"HTTP/1.1 OK\n\n", "status line"),
        (b"HTTP/2 200\n\n", "status line"),
        (b"HTTP/1.1 200 OK\nContent-Type: text/html\n<p>no blank line", "status line"),
        (b"HTTP/1.1 200 OK\nno colon\n\n", "malformed header 'no colon'"),
        (b"HTTP/1.1 200 OK\nTwo Words: a\n\n", "malformed header"),
        (b"HTTP/1.1 200 OK\n: a\n\n", "malformed header"),
        (b"HTTP/1.1 200 OK\nA: b\n folded\n\n", "malformed header"),
    ],
)
def test_refused(tmp_path: Path, data: bytes, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        http(tmp_path, data)


@pytest.mark.parametrize(
    ("headers", "takes"),
    [
        ((("content-type", "Text/HTML"),), True),
        ((("Content-Type", "text/html; charset=iso-8859-1"),), True),
        ((("Content-Type", "text/html; charset=UTF-16"),), False),
        ((("Content-Type", "text/html"), ("Content-Encoding", "gzip")), True),
        ((("Content-Type", "text/plain"),), False),
        ((("Content-Type", "application/xhtml+xml"),), False),
        ((), False),
    ],
)
def test_takes_token(headers: tuple[tuple[str, str], ...], takes: bool) -> None:
    assert Answer(200, headers, b"").takes_token is takes
