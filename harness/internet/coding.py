"""Content codings of HTTP bodies: undone within bounds, as a few bytes can stand for very many, and done again."""

import gzip
import io
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
import zstandard

MOST = 64 * 1024 * 1024  # bytes, unpacked
STEP = 16  # bytes of Brotli at once, which can stand for some 2**24 each


def unpacked(body: bytes, coding: str) -> bytes:
    """The body without its coding (a Content-Encoding). Raises ValueError when that is unknown, or the body is damaged
    or out of bounds."""
    way = UNPACK.get(_name(coding))
    if way is None:
        raise ValueError(f"unknown content coding {coding[:40]!r}")
    try:
        data = way(body)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise ValueError(f"not {coding}: {error}") from None
    if len(data) > MOST:
        raise ValueError(f"more than {MOST} bytes")
    return data


def packed(body: bytes, coding: str) -> bytes:
    """The body in a coding that `unpacked` undoes."""
    return PACK[_name(coding)](body)


def _name(coding: str) -> str:
    return coding.strip().lower().removeprefix("x-")


def _zlib(body: bytes, bits: int) -> bytes:
    machine = zlib.decompressobj(bits)
    data = machine.decompress(body, MOST + 1)
    if not machine.eof and len(data) <= MOST:
        raise ValueError("ends too early")
    return data


def _deflate(body: bytes) -> bytes:
    """With or without the header of RFC 1950, as browsers take both."""
    try:
        return _zlib(body, zlib.MAX_WBITS)
    except zlib.error:
        return _zlib(body, -zlib.MAX_WBITS)


def _brotli(body: bytes) -> bytes:
    machine = brotli.Decompressor()
    data = bytearray()
    for start in range(0, len(body), STEP):
        data += machine.process(body[start : start + STEP])
        if len(data) > MOST:
            break
    else:
        if not machine.is_finished():
            raise ValueError("ends too early")
    return bytes(data)


def _zstd(body: bytes) -> bytes:
    return zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(io.BytesIO(body)).read(MOST + 1)


def _same(body: bytes) -> bytes:
    return body


Way = Callable[[bytes], bytes]
UNPACK: dict[str, Way] = {
    "": _same,
    "identity": _same,
    "gzip": lambda body: _zlib(body, zlib.MAX_WBITS + 16),
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
PACK: dict[str, Way] = {
    "": _same,
    "identity": _same,
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
    "deflate": zlib.compress,
    "br": lambda body: bytes(brotli.compress(body, quality=5)),
    "zstd": lambda body: zstandard.ZstdCompressor().compress(body),
}
