"""Scratch folders that are removed in the end, also those of a process that was killed before it could."""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness.model.errors import HarnessError

PREFIX = "pas-harness-"
NAME = re.compile(rf"{PREFIX}[a-z]+-(\d+)-(\d+)-\w+")
# Numbers of processes mean something among those that share a namespace alone; 0 where the system has none.
PROCESSES = Path("/proc/self/ns/pid")
MEMORY, LEAST = Path("/dev/shm"), 256 << 20


@contextlib.contextmanager
def in_memory() -> Iterator[None]:
    """Meanwhile all temporary files, ours and those of programs that we start, are made in memory. Raises HarnessError
    where there is no place for them."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < LEAST:
        raise HarnessError(f"{MEMORY} has not {LEAST >> 20} MiB for what must not be written to a disk")
    before, environment = tempfile.tempdir, os.environ.get("TMPDIR")
    tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)
    try:
        yield
    finally:
        tempfile.tempdir = before
        os.environ.pop("TMPDIR") if environment is None else os.environ.update(TMPDIR=environment)


def make(kind: str) -> Path:
    """A new folder in the system's place for temporary files, readable by all (products may run as another user)."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-{_namespace()}-{os.getpid()}-"))
    folder.chmod(0o755)
    return folder


def remove(folder: Path) -> None:
    """Remove it and all it holds; harmless when it is gone."""
    shutil.rmtree(folder, ignore_errors=True)


def sweep(place: Path | None = None) -> None:
    """Remove the scratch folders in `place`, by itself the system's for temporary files, whose process was one of this
    system's and is no more."""
    for folder in (place or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"):
        match = NAME.fullmatch(folder.name)
        if not match or int(match[1]) != _namespace() or _runs(int(match[2])):
            continue
        if folder.is_dir() and not folder.is_symlink():
            with contextlib.suppress(OSError):
                if folder.stat().st_uid == os.geteuid():
                    remove(folder)


def _namespace() -> int:
    return PROCESSES.stat().st_ino if PROCESSES.exists() else 0


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
