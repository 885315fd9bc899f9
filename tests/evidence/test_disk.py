"""What is written is forced to disk, bytes before names."""

import errno
import os
from pathlib import Path

import pytest

from harness.evidence import disk


@pytest.fixture
def forced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of what is forced to disk, in order."""
    names: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        names.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return names


def test_bytes_then_name(tmp_path: Path, forced: list[str]) -> None:
    disk.write(tmp_path / "file", b"bytes")
    assert forced == [".file.part", tmp_path.name]
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("file", b"bytes")]


def test_every_new_folder_is_named_on_disk(tmp_path: Path, forced: list[str]) -> None:
    disk.make_folder(tmp_path / "one" / "two")
    assert sorted(forced) == sorted([tmp_path.name, "one"])
    forced.clear()
    disk.make_folder(tmp_path / "one" / "two")
    assert forced == []


def test_an_unfinished_file_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk.write(tmp_path / "file", b"old")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        disk.write(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
