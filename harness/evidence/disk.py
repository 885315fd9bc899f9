"""Files that a power cut leaves whole or not there at all."""

import os
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Write the file as a whole; when this returns, its bytes and its name are on disk. Raises OSError naming it."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        force(path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def make_folder(path: Path) -> None:
    """Make the folder and those above it; when this returns, their names are on disk."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        force(folder.parent)


def force(folder: Path) -> None:
    """Have the names in the folder on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
