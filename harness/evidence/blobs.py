"""Content-addressed blobs: `blobs/ab/abcdef…`, named by the SHA-256 of their bytes."""

import os
from collections.abc import Iterator
from pathlib import Path

from harness.model import canonical


class Blobs:
    """Blobs under `root`; written whole or not at all, never changed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, digest: str) -> Path:
        """Where the blob of that digest lies."""
        return self.root / digest[:2] / digest

    def put(self, data: bytes) -> str:
        """Store the bytes; returns their digest."""
        digest = canonical.digest(data)
        path = self.path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{digest}.{os.getpid()}")
            part.write_bytes(data)
            part.replace(path)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of that digest. Raises OSError when missing."""
        return self.path(digest).read_bytes()

    def digests(self) -> Iterator[str]:
        """Digests of all stored blobs, sorted."""
        for path in sorted(self.root.glob("??/*")):
            if not path.name.startswith("."):
                yield path.name
