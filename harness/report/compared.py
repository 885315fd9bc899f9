"""A comparison written down: a site for people, `comparison.json` for programs, and tables for spreadsheets."""

import re
from pathlib import Path
from typing import Any

from harness.model import canonical
from harness.model.errors import UsageError
from harness.report import comparison_pages, comparison_tables
from harness.report.compare import SCHEMA, Comparison
from harness.report.comparison_view import view
from harness.report.match import RULE

JSON, INDEX = "comparison.json", comparison_pages.INDEX
# What an earlier comparison may have left in the folder: lists of flips differ from one to the next.
OURS = re.compile(r"comparison\.json|[a-z-]{1,30}\.(?:html|csv)|flips(?:-[0-9]{1,9}){3}\.html")


def write(found: Comparison, folder: Path) -> None:
    """Write all files into a new folder, an empty one, or one that holds a comparison and nothing else, which is
    replaced. Raises UsageError otherwise."""
    texts = files(found)
    try:
        there = list(folder.iterdir()) if folder.exists() else []
        if there and not (folder / JSON).is_file():
            raise UsageError("the folder holds other files; name another", file=folder, key="--out")
        if other := sorted(path.name for path in there if not OURS.fullmatch(path.name) or not path.is_file()):
            raise UsageError(f"the folder holds other files ({other[0]}); name another", file=folder, key="--out")
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            part = folder / f".{name}.part"
            # A lone half of a character becomes the escape that JSON has for it.
            part.write_bytes(text.encode("utf-8", "backslashreplace"))
            part.replace(folder / name)
        for path in there:
            if path.name not in texts:
                path.unlink()
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=folder, key="--out") from None


def files(found: Comparison) -> dict[str, str]:
    """Every file by its name, all made before any is written."""
    seen = view(found)
    made = {JSON: canonical.pretty(as_json(found))}
    made |= {table.file: comparison_tables.text(table) for table in seen.tables}
    return made | dict(comparison_pages.site(seen))


def as_json(found: Comparison) -> dict[str, Any]:
    """The whole comparison as JSON values; schema in `SCHEMA`."""
    criteria = found.runs[0].derived.criteria
    return {
        "schema": SCHEMA,
        "confidence": found.confidence,
        "criteria": {"name": criteria.name, "version": criteria.version, "digest": criteria.digest()},
        "warnings": list(found.warnings),
        "runs": [
            {**run.identity, "cases": len(run.cases), "left_out": left_out}
            for run, left_out in zip(found.runs, found.match.left_out, strict=True)
        ],
        "matching": {
            "rule": RULE,
            "shared": len(found.match.urls),
            "not_comparable": canonical.plain(found.match.changed),
            "pairs": canonical.plain(found.match.pairs),
        },
        "comparisons": canonical.plain(found.lineups),
    }
