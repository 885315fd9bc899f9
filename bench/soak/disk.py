"""A disk of its own, that can be full, frozen, or gone bad: ext4 on a loop device, seen by this process and its
children alone. Linux and root only."""

import ctypes
import subprocess
from pathlib import Path

CLONE_NEWNS = 0x20000  # of linux/sched.h
CHUNK = 1 << 20


def alone() -> None:
    """From here on what is mounted is mounted for this process and its children."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "no mounts of its own: needs root")
    _ran("mount", "--make-rprivate", "/")


class Disk:
    """So many MiB, mounted at `place`."""

    def __init__(self, place: Path, mib: int) -> None:
        self.place, self._image = place, place.with_name(f"{place.name}.img")
        self._filler = place / "filler"
        place.mkdir()
        with self._image.open("wb") as file:
            file.truncate(mib << 20)
        _ran("mkfs.ext4", "-q", "-m", "0", str(self._image))
        self._mount()

    def fill(self) -> None:
        """Leave no room at all."""
        with self._filler.open("wb", buffering=0) as file:
            for size in (CHUNK, 4096, 1):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def empty(self) -> None:
        """Make room again."""
        self._filler.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Whoever writes or forces something to the disk waits."""
        _ran("fsfreeze", "-f", str(self.place))

    def thaw(self) -> None:
        """They go on."""
        _ran("fsfreeze", "-u", str(self.place))

    def go_bad(self) -> None:
        """From now on it can be read only, as after an error of its medium; what was not forced to it is lost."""
        _ran("mount", "-o", "remount,abort", str(self.place))

    def mend(self) -> None:
        """Check it and mount it anew; nobody may use it meanwhile."""
        _ran("umount", str(self.place))
        subprocess.run(["e2fsck", "-p", "-f", str(self._image)], stdout=subprocess.DEVNULL, check=False)
        self._mount()

    def remove(self) -> None:
        """Remove it, in whatever state it is; nobody sees it any more once this process has ended."""
        subprocess.run(["fsfreeze", "-u", str(self.place)], stderr=subprocess.DEVNULL, check=False)
        subprocess.run(["umount", str(self.place)], check=False)
        self._image.unlink()

    def _mount(self) -> None:
        _ran("mount", "-o", "loop", str(self._image), str(self.place))
        self.place.chmod(0o755)


def _ran(*command: str) -> None:
    subprocess.run(command, check=True)
