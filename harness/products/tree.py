"""Folders given by a parameter, such as an extension: read whole, to be evidence and to be copied."""

from pathlib import Path

from harness.model import canonical
from harness.model.errors import UsageError

MAX_BYTES = 256 * 1024**2


def read(folder: Path, besides: str = "") -> dict[str, bytes]:
    """The contents of its files by relative path, but for those in its folder `besides`. Raises UsageError for what is
    neither file nor folder, links among it, for what cannot be read, and for more than MAX_BYTES."""
    found, size = {}, 0
    try:
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if relative.parts[0] == besides or (path.is_dir() and not path.is_symlink()):
                continue
            if path.is_symlink() or not path.is_file():
                raise UsageError("neither a file nor a folder", file=path)
            size += path.stat().st_size
            if size > MAX_BYTES:
                raise UsageError(f"holds more than {MAX_BYTES} bytes", file=folder)
            found[relative.as_posix()] = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", file=error.filename) from None
    return found


def digest(files: dict[str, bytes]) -> str:
    """SHA-256 over their names and contents."""
    return canonical.digest(canonical.dumps({name: canonical.digest(data) for name, data in files.items()}))
