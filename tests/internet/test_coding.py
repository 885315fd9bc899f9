"""Content codings, undone within bounds."""

import gzip
import tracemalloc
import zlib

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from harness.internet import coding
from harness.internet.coding import packed, unpacked

CODINGS = ("gzip", "x-gzip", "deflate", "br", "zstd", "identity", "")


@given(st.sampled_from(CODINGS), st.binary(max_size=2000))
def test_there_and_back(name: str, body: bytes) -> None:
    assert unpacked(packed(body, name), name.upper()) == body


def test_as_others_pack() -> None:
    body = b"the quick brown fox " * 1000
    machine = zlib.compressobj(wbits=-15)
    assert unpacked(machine.compress(body) + machine.flush(), "deflate") == body
    assert unpacked(gzip.compress(body), " GZip ") == body
    assert unpacked(brotli.compress(body), "br") == body
    assert unpacked(zstandard.ZstdCompressor().compress(body), "zstd") == body


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_what_is_not_packed_is_told(name: str) -> None:
    for body in (b"<p>not packed at all</p>", b"\xff" * 50):
        with pytest.raises(ValueError, match=name):
            unpacked(body, name)
    with pytest.raises(ValueError, match="unknown content coding 'gzip, br'"):
        unpacked(b"", "gzip, br")


@pytest.mark.parametrize("name", ["gzip", "deflate", "br"])
def test_what_is_cut_short_is_told(name: str) -> None:
    with pytest.raises(ValueError, match="ends too early"):
        unpacked(packed(bytes(range(256)) * 100, name)[:-8], name)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_stays_within_bounds(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    bomb = packed(bytes(150 * 2**20), name)
    monkeypatch.setattr(coding, "MOST", 2**20)
    tracemalloc.start()
    with pytest.raises(ValueError, match="more than 1048576 bytes"):
        unpacked(bomb, name)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 80 * 2**20
