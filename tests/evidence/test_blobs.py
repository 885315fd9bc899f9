"""Blobs are named by what they hold."""

from pathlib import Path

import pytest

from harness.evidence.blobs import Blobs
from harness.model import canonical


def test_round_trip(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    digest = blobs.put(b"page")
    assert digest == canonical.digest(b"page")
    assert blobs.get(digest) == b"page"
    assert blobs.path(digest) == tmp_path / digest[:2] / digest


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    digests = {blobs.put(data) for data in (b"b", b"a", b"a", b"")}
    assert list(blobs.digests()) == sorted(digests)
    assert len(digests) == 3


def test_an_unfinished_blob_is_none(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    digest = blobs.put(b"page")
    (tmp_path / digest[:2] / f".{digest}.1").write_bytes(b"pa")
    assert list(blobs.digests()) == [digest]


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Blobs(tmp_path).get("0" * 64)
