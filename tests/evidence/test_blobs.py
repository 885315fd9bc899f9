"""Blobs are named by what they hold."""

import os
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
    (tmp_path / digest[:2] / f".{digest}.part").write_bytes(b"pa")
    assert list(blobs.digests()) == [digest]


@pytest.mark.parametrize("left", [b"", b"pa", b"page and more"])
def test_a_damaged_blob_is_written_anew(tmp_path: Path, left: bytes) -> None:
    blobs = Blobs(tmp_path)
    digest = blobs.put(b"page")
    blobs.path(digest).write_bytes(left)
    assert blobs.put(b"page") == digest
    assert blobs.get(digest) == b"page"


def test_it_is_on_disk_when_put_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forced = []
    monkeypatch.setattr(os, "fsync", lambda handle: forced.append(Path(f"/proc/self/fd/{handle}").readlink()))
    digest = Blobs(tmp_path / "blobs").put(b"page")
    folder = tmp_path / "blobs" / digest[:2]
    assert {tmp_path, folder.parent} <= set(forced)
    assert forced[-2:] == [folder / f".{digest}.part", folder]


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Blobs(tmp_path).get("0" * 64)
