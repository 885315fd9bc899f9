"""Scratch folders that are removed in the end, also those of a process that was killed before it could."""

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

PREFIX = "pas-harness-"
NAME = re.compile(rf"{PREFIX}(?:[a-z]+-)?(\d+)-\w+")


def make(kind: str) -> Path:
    """A new folder in the system's place for temporary files, readable by all (products may run as another user)."""
    sweep(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-{os.getpid()}-"))
    folder.chmod(0o755)
    return folder


def remove(folder: Path) -> None:
    """Remove it and all it holds; harmless when it is gone."""
    shutil.rmtree(folder, ignore_errors=True)


def sweep(place: Path) -> None:
    """Remove the scratch folders in `place` whose process is no more."""
    for folder in place.glob(f"{PREFIX}*"):
        match = NAME.fullmatch(folder.name)
        if match and folder.is_dir() and not folder.is_symlink() and not _runs(int(match[1])):
            with contextlib.suppress(OSError):
                if folder.stat().st_uid == os.geteuid():
                    remove(folder)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
