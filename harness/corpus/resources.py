"""`resources.csv`: replayed beside the cases (pictures, styles, redirect targets), never scored."""

import csv
from dataclasses import dataclass
from pathlib import Path

from harness.corpus import fixture
from harness.corpus.recording import is_recording
from harness.model import canonical
from harness.model import url as urls
from harness.model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Resource:
    url: str
    path: Path
    digest: str


def read_resources(folder: Path) -> tuple[Resource, ...]:
    """The rows `url,fixture` of the optional file. Raises UsageError with file, line and key."""
    table = folder / "resources.csv"
    if not table.exists():
        return ()
    try:
        text = table.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot be read as UTF-8: {error}", file=table) from None
    found: dict[str, Resource] = {}
    reader = csv.DictReader(text.splitlines())
    try:
        for row in reader:
            line, address, name = reader.line_num, (row.get("url") or "").strip(), (row.get("fixture") or "").strip()
            try:
                key = urls.parse(address).key
            except ValueError as error:
                raise UsageError(str(error), file=table, line=line, key="url") from None
            if key in found:
                raise UsageError(f"duplicate of an earlier row: {address!r}", file=table, line=line, key="url")
            path, data = fixture.read(folder, name, file=table, line=line)
            if is_recording(path):
                raise UsageError("a recording is for cases; what it holds is answered for them", file=table, line=line)
            found[key] = Resource(address, path, canonical.digest(data))
    except csv.Error as error:
        raise UsageError(f"not valid CSV: {error}", file=table, line=reader.reader.line_num) from None
    return tuple(found.values())
