"""The files of a source: one file, a folder, or an archive that is read without unpacking it."""

import gzip
import io
import os
import posixpath
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from harness.corpus.importing.reading import Limited
from harness.corpus.importing.row import shown
from harness.model.errors import UsageError

# Lists of names and pages of text shrink to a tenth, seldom to a twentieth.
MOST_TIMES = 100
FREE_BYTES = 1 << 26
MOST_BYTES = 1 << 33
MOST_FILES = 10_000
MOST_NAME = 4096
DAMAGED = (tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a source, by its name in there; `stream` is read before the next member is asked for, and None where
    `why` says why it is not read."""

    name: str
    stream: BinaryIO | None
    why: str = ""


def members(source: Path) -> Iterator[Member]:
    """The files of a folder (sorted, without hidden ones), of a tar archive (in its order), or the one file.

    Raises UsageError when one lies outside or is no plain file and when an archive is a bomb, one of DAMAGED when it is
    damaged, also while a stream is read.
    """
    if source.is_dir():
        yield from _folder(source)
    elif source.name.endswith((".tar", ".tar.gz", ".tgz")):
        yield from _tar(source)
    else:
        with opened(source) as stream:
            yield Member(source.name, stream)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A plain file for reading. Raises UsageError when it is none."""
    if not path.is_file():
        raise UsageError("no such file", file=path)
    with path.open("rb") as stream:
        yield stream


def bounded(plain: BinaryIO, file: Path) -> BinaryIO:
    """An unpacked stream that ends in a UsageError when it is out of proportion to the file that it came in."""
    most = min(max(FREE_BYTES, MOST_TIMES * file.stat().st_size), MOST_BYTES)
    return io.BufferedReader(Limited(plain, most, str(file)), 1 << 16)


def refuse_outside(name: str, file: Path) -> None:
    """Raise UsageError when the name of a member leads out of its archive, or is none that a disk would have."""
    if len(name) > MOST_NAME:
        raise UsageError(f"holds a name of {len(name)} characters", file=file)
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
        raise UsageError(f"holds what leads out of it: {shown(name, 200)!r}", file=file)


def _folder(source: Path) -> Iterator[Member]:
    found = 0
    for place, folders, files in os.walk(source, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in sorted([*links, *(name for name in files if not name.startswith("."))]):
            path = Path(place) / name
            said = path.relative_to(source).as_posix()
            found += 1
            if found > MOST_FILES:
                raise UsageError(f"more than {MOST_FILES} files", file=source)
            if path.is_symlink():
                target = Path(os.path.normpath(path.parent / path.readlink()))
                if not target.is_relative_to(source):
                    raise UsageError("a link that leads out of the folder; links are not followed", file=path)
                yield Member(said, None, f"a link to {target.relative_to(source)}")
            else:
                with opened(path) as stream:
                    yield Member(said, stream)


def _raise(error: OSError) -> None:
    raise error


def _tar(source: Path) -> Iterator[Member]:
    # As a stream: nothing is sought, nothing is written, and every member passes once.
    with (
        opened(source) as file,
        gzip.GzipFile(fileobj=file) if source.suffix != ".tar" else nullcontext(file) as plain,
        tarfile.open(fileobj=bounded(cast(BinaryIO, plain), source), mode="r|") as archive,
    ):
        for found, entry in enumerate(archive, start=1):
            refuse_outside(entry.name, source)
            if found > MOST_FILES:
                raise UsageError(f"more than {MOST_FILES} files", file=source)
            name = PurePosixPath(entry.name).as_posix()
            if entry.issym() or entry.islnk():
                base = posixpath.dirname(name) if entry.issym() else ""
                target = posixpath.normpath(posixpath.join(base, entry.linkname))
                refuse_outside(target, source)
                yield Member(name, None, f"a link to {shown(target, 100)}")
            elif entry.isreg():
                yield Member(name, cast(BinaryIO, archive.extractfile(entry)))
            elif not entry.isdir():
                raise UsageError(f"holds what is no plain file: {shown(name, 200)!r}", file=source)
