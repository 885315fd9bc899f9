"""WARC files: what others write is read, others read what is written, and nothing hostile gets far."""

import gzip
import io
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from harness.corpus import warc
from harness.corpus.warc import records, write

HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Title: \xc3\x85nd\r\n\r\n<p>body"
SAID = {"WARC-Target-URI": "http://one.test/", "WARC-Date": "2026-01-02T03:04:05Z"}


def raw(block: bytes = HTTP, length: str = "", head: str = "WARC/1.1") -> bytes:
    """A record as text, uncompressed."""
    return (
        f"{head}\r\nWARC-Type: response\r\nContent-Length: {length or len(block)}\r\n\r\n".encode()
        + block
        + b"\r\n\r\n"
    )


def made(*blocks: bytes) -> bytes:
    file = io.BytesIO()
    for block in blocks:
        write(file, "response", {**SAID, "Content-Type": "application/http; msgtype=response"}, block)
    return file.getvalue()


@pytest.mark.parametrize("packed", [True, False])
def test_what_warcio_writes_is_read(packed: bool) -> None:
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "warcio"}))
    for number in range(3):
        status = StatusAndHeaders("200 OK", [("Content-Type", "text/plain")], protocol="HTTP/1.1")
        body = io.BytesIO(b"%d" % number * 100_000)
        writer.write_record(writer.create_warc_record("http://one.test/", "response", body, http_headers=status))
    found = list(records(file))
    assert [item.kind for item in found] == ["warcinfo", "response", "response", "response"]
    assert [item.block[-100_000:] for item in found[1:]] == [b"%d" % number * 100_000 for number in range(3)]
    assert found[1].headers["warc-target-uri"] == "http://one.test/"
    assert [warc.record(file, item.offset) for item in found] == found


def test_warcio_reads_what_is_written_and_finds_its_digests_right() -> None:
    file = io.BytesIO(made(HTTP, b"HTTP/1.1 204 No Content\r\n\r\n"))
    read = [(item.http_headers.get_statuscode(), item.raw_stream.read()) for item in _checked(file)]
    assert read == [("200", b"<p>body"), ("204", b"")]


def _checked(file: io.BytesIO) -> ArchiveIterator:
    return ArchiveIterator(file, check_digests="raise")


def test_a_record_is_named_by_what_is_in_it() -> None:
    names = [write(io.BytesIO(), "response", SAID, block) for block in (b"a", b"b", b"a")]
    assert names[0] == names[2] != names[1]


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_every_byte_comes_back(blocks: list[bytes]) -> None:
    assert [item.block for item in records(io.BytesIO(made(*blocks)))] == blocks


@given(st.data())
def test_a_file_cut_short_is_told(data: st.DataObject) -> None:
    whole = made(HTTP, b"second")
    ends = {0, *(item.offset for item in records(io.BytesIO(whole))), len(whole)}
    cut = data.draw(st.integers(1, len(whole) - 1).filter(lambda at: at not in ends))
    with pytest.raises(ValueError, match=r"WARC record [12] at byte \d+: "):
        list(records(io.BytesIO(whole[:cut])))


@given(st.data())
def test_no_damage_goes_unseen(data: st.DataObject) -> None:
    whole = bytearray(made(HTTP, b"second"))
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    blocks = [item.block for item in records(io.BytesIO(bytes(whole)))]
    whole[at] ^= 1 << bit
    try:
        seen = [item.block for item in records(io.BytesIO(bytes(whole)))]
    except ValueError:
        return
    assert seen == blocks  # the time in the header of a gzip member says nothing


BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "holds no WARC record"),
    "page": (b"<!doctype html>\n\n", "record 1 at byte 0: begins with b'<!doctype html>"),
    "no length": (b"WARC/1.1\r\nWARC-Type: response\r\n\r\n", "Content-Length is ''"),
    "negative": (raw(length="-5"), "Content-Length is '-5'"),
    "huge": (raw(length="99999999999"), "99999999999 bytes; the most"),
    "long number": (raw(length="9" * 5000), "Content-Length is '9999"),
    "short": (raw(length="3"), "does not end where its Content-Length says"),
    "beyond": (raw(length="5000"), "ends within it"),
    "endless line": (b"WARC/1.1\r\n" + b"x" * 200_000, "headers have more than 65536 bytes"),
    "endless headers": (b"WARC/1.1\r\n" + b"a: b\r\n" * 50_000, "headers have more than 65536 bytes"),
    "in one piece": (gzip.compress(raw() + raw()), "warcio recompress"),
    "not packed": (warc.GZIP + b"nothing of the kind", "damaged"),
    "second": (raw() + b"rubbish\r\n\r\n", f"record 2 at byte {len(raw())}: begins with b'rubbish"),
}


@pytest.mark.parametrize("name", BAD)
def test_refused(name: str) -> None:
    data, error = BAD[name]
    with pytest.raises(ValueError, match=error.replace("(", r"\(")):
        list(records(io.BytesIO(data)))


def bomb(start: bytes, filler: bytes, megabytes: int) -> bytes:
    machine = zlib.compressobj(9, wbits=zlib.MAX_WBITS + 16)
    parts = [machine.compress(start), *(machine.compress(filler * 2**20) for _ in range(megabytes)), machine.flush()]
    return b"".join(parts)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (bomb(b"WARC/1.1\r\nA: ", b"x", 200), "headers have more than"),
        (bomb(b"", b"\n", 200), "begins with b'', not WARC"),
        (bomb(b"WARC/1.1\r\nContent-Length: 4\r\n\r\nabcd\r\n\r\n", b"\n", 200), "in one piece"),
    ],
)
def test_a_bomb_is_not_unpacked(data: bytes, error: str) -> None:
    unpacked = Watched(data)
    with pytest.raises(ValueError, match=error):
        list(records(unpacked))
    assert unpacked.most < len(data) / 2


class Watched(io.BytesIO):
    """Knows how far it was read."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.most = max(self.most, self.tell())
        return data


@pytest.mark.parametrize(
    ("name", "most", "error"),
    [
        ("MAX_RECORDS", 2, "more than 2 records"),
        ("MAX_TOTAL", 150, "more than 150 bytes"),
        ("MAX_RECORD", 60, "the most"),
    ],
)
def test_bounds(monkeypatch: pytest.MonkeyPatch, name: str, most: int, error: str) -> None:
    whole = made(HTTP, HTTP, HTTP)
    assert len(list(records(io.BytesIO(whole)))) == 3
    monkeypatch.setattr(warc, name, most)
    with pytest.raises(ValueError, match=error):
        list(records(io.BytesIO(whole)))


def test_one_record_is_held_at_a_time() -> None:
    whole = io.BytesIO(made(*(bytes([number]) * 2**20 for number in range(30))))
    tracemalloc.start()
    assert sum(len(item.block) for item in records(whole)) == 30 * 2**20
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 6 * 2**20
