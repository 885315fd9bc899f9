"""Fixtures: the bytes replayed for a case."""

from pathlib import Path

from harness.corpus import recording
from harness.corpus.answer import from_fixture
from harness.corpus.recording import Recording
from harness.model.errors import UsageError

MAX_BYTES = 64 * 1024 * 1024


def locate(folder: Path, name: str) -> Path:
    """The fixture `name`, relative to the corpus folder or its `fixtures/`. Raises ValueError when missing, outside or
    huge."""
    root = folder.resolve()
    for candidate in (root / name, root / "fixtures" / name):
        try:
            path = candidate.resolve()
        except RuntimeError:
            raise ValueError(f"fixture {name!r} is a loop of symbolic links") from None
        if not path.is_relative_to(root):
            raise ValueError(f"fixture {name!r} lies outside the corpus")
        if path.is_file():
            if path.stat().st_size > MAX_BYTES:
                raise ValueError(f"fixture {name!r} is larger than {MAX_BYTES} bytes")
            return path
    raise ValueError(f"fixture {name!r} not found in the corpus")


def read(folder: Path, name: str, *, file: Path, line: int | None = None) -> tuple[Path, bytes]:
    """Path and bytes of a fixture that can be served; raises UsageError naming the row that asked for it."""
    try:
        path = locate(folder, name)
        if path.suffix == ".http":
            from_fixture(path)
        return path, path.read_bytes()
    except ValueError as error:
        raise UsageError(str(error), file=file, line=line, key="fixture") from None
    except OSError as error:
        raise UsageError(
            f"fixture {name!r} cannot be read: {error.strerror}", file=file, line=line, key="fixture"
        ) from None


def recorded(path: Path, *, file: Path, line: int) -> Recording | None:
    """The recording that a fixture is, if it is one. Raises UsageError naming the row that asked for it."""
    try:
        return recording.opened(path) if recording.is_recording(path) else None
    except ValueError as error:
        raise UsageError(f"fixture {path.name!r}: {error}", file=file, line=line, key="fixture") from None
