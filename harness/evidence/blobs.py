"""Content-addressed blobs: `blobs/ab/abcdef…`, named by the SHA-256 of their bytes."""

from collections.abc import Iterator
from pathlib import Path

from harness.evidence import disk
from harness.model import canonical


class Blobs:
    """Blobs under `root`; written whole or not at all, on disk when `put` returns, never changed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, digest: str) -> Path:
        """Where the blob of that digest lies."""
        return self.root / digest[:2] / digest

    def put(self, data: bytes) -> str:
        """Store the bytes; returns their digest. A file that lost a part of them is written anew."""
        digest = canonical.digest(data)
        path = self.path(digest)
        if not path.exists() or path.stat().st_size != len(data):
            disk.make_folder(path.parent)
            disk.write(path, data)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of that digest. Raises OSError when missing."""
        return self.path(digest).read_bytes()

    def digests(self) -> Iterator[str]:
        """Digests of all stored blobs, sorted."""
        for path in sorted(self.root.glob("??/*")):
            if path == self.path(path.name):
                yield path.name
