"""`comparison.json` and `flips.csv`: a comparison written down, for programs and for a spreadsheet."""

import csv
import io
from pathlib import Path
from typing import Any

from harness.model import canonical
from harness.model.errors import UsageError
from harness.report.compare import Comparison
from harness.report.match import RULE
from harness.report.neutral import cell

SCHEMA = "pas-harness/comparison/1"
JSON, FLIPS = "comparison.json", "flips.csv"
SIDE = ("case_id", "setting", "verdict", "rule_id", "mechanism", "outcome")
COLUMNS = (
    *("change", "run", "category", "expectation", "url"),
    *(f"{name}_before" for name in SIDE),
    *(f"{name}_after" for name in SIDE),
)


def write(found: Comparison, folder: Path) -> None:
    """Write both into a new folder, an empty one, or one that holds nothing else. Raises UsageError otherwise."""
    texts = {JSON: canonical.pretty(as_json(found)), FLIPS: flips_csv(found)}
    try:
        if folder.exists() and any(path.name not in texts for path in folder.iterdir()):
            raise UsageError("the folder holds other files; name another", file=folder, key="--out")
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            part = folder / f".{name}.part"
            # A lone half of a character becomes the escape that JSON has for it.
            part.write_bytes(text.encode("utf-8", "backslashreplace"))
            part.replace(folder / name)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=folder, key="--out") from None


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
        },
        "comparisons": canonical.plain(found.lineups),
    }


def flips_csv(found: Comparison) -> str:
    """One row a flip, in the order of the comparison. No cell is a formula, and what cannot be seen is spelt out."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for lineup in found.lineups:
        for versus in lineup.against:
            for flip in versus.flips:
                sides = [getattr(side, name) for side in (flip.before, flip.after) for name in SIDE]
                cells = [flip.change, versus.number, flip.category, flip.expectation, flip.url, *sides]
                rows.writerow([cell(value) for value in cells])
    return text.getvalue()
