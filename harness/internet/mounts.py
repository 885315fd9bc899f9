"""What a program alone is shown in the file system: `python -m harness.internet.mounts SOURCE TARGET PROGRAM …` runs
one that finds SOURCE at TARGET."""

import os
import sys
from pathlib import Path

from harness.internet import kernel
from harness.internet.enter import become


def bind(source: Path, target: Path) -> None:
    """Mount `source` at `target`, for this mount namespace alone. Where the target does not exist, the nearest folder
    above it that does is covered by one in memory with the same entries, and the rest of the way is made there. Raises
    OSError."""
    target = Path(os.path.realpath(target))
    if not target.exists():
        above = next(folder for folder in target.parents if folder.is_dir())
        if above == Path("/"):
            raise OSError(f"{target} cannot be made: / itself cannot be covered")
        _mirror(above)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.mkdir() if source.is_dir() else target.touch()
    kernel.bind(source, target)


def _mirror(folder: Path) -> None:
    below = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    kernel.cover(folder)
    for entry in os.scandir(f"/proc/self/fd/{below}"):
        new = folder / entry.name
        if entry.is_symlink():
            new.symlink_to(Path(entry.path).readlink())
            continue
        new.mkdir() if entry.is_dir() else new.touch()
        kernel.bind(entry.path, new)
    os.close(below)


def command(source: Path, target: Path, arguments: list[str]) -> list[str]:
    """The command that runs `arguments` where `source` is at `target`, as the user who runs it."""
    return [sys.executable, "-m", __name__, str(source), str(target), *arguments]


def main() -> None:
    """Raises OSError when the system permits no mounts of one's own, or there is no such program."""
    source, target, *arguments = sys.argv[1:]
    uid, gid = os.geteuid(), os.getegid()
    kernel.new_mounts()
    bind(Path(source), Path(target))
    if uid != 0:
        become(uid, gid)
    os.execvp(arguments[0], arguments)


if __name__ == "__main__":
    main()
