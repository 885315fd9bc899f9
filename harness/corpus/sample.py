"""A sample of a corpus, as a corpus of its own: the cases drawn with their weights, and all that belongs to them."""

import csv
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.corpus import fixture, labels
from harness.corpus.cases import OPTIONAL, REQUIRED, table
from harness.corpus.importing.folder import beside
from harness.corpus.load import Corpus
from harness.model.errors import UsageError

RESOURCES = "resources.csv"
KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


def write(corpus: Corpus, drawn: Mapping[str, float], into: Path, how: Mapping[str, Any]) -> None:
    """Write the cases of these ids with these weights, sorted by id, into a new folder, whole or not at all; `how` goes
    into its corpus.toml, beside the corpus's digest. Raises UsageError when there is something."""
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise UsageError("exists, and is not empty; name another folder", file=into)
    if not into.absolute().parent.is_dir():
        raise UsageError("no such folder", file=into.parent)
    with beside(into) as scratch:
        rows = _rows(corpus.folder / "cases.csv", drawn)
        _write_table(scratch / "cases.csv", (*REQUIRED, *OPTIONAL), [{**row, "weight": weight} for row, weight in rows])
        names = {row["fixture"] for row, _ in rows} - {""}
        for file, columns in (
            (labels.RATINGS, (*labels.LABEL, "rater", "date", "confidence", "note")),
            (labels.ADJUDICATIONS, (*labels.LABEL, "by", "date", "reason")),
        ):
            if (corpus.folder / file).exists():
                kept = [row for _, row in table(corpus.folder / file, ("case_id",), ()) if row["case_id"] in drawn]
                kept.sort(key=lambda row: (row["case_id"], row.get("rater", "")))
                if kept:
                    _write_table(scratch / file, columns, kept)
        if corpus.resources:
            kept = [row for _, row in table(corpus.folder / RESOURCES, ("url", "fixture"), ())]
            names |= {row["fixture"] for row in kept}
            _write_table(scratch / RESOURCES, ("url", "fixture"), kept)
        for name in sorted(names):
            _copy(corpus.folder, name, scratch)
        (scratch / "corpus.toml").write_text(_manifest(corpus, into, len(drawn), how), "utf-8")
        scratch.chmod(0o755)
        if into.exists():
            into.rmdir()
        scratch.replace(into)


def _rows(path: Path, drawn: Mapping[str, float]) -> list[tuple[dict[str, str], str]]:
    """The rows drawn with their weights, by case id."""
    kept = [row for _, row in table(path, REQUIRED, OPTIONAL) if row["case_id"] in drawn]
    return [(row, f"{drawn[row['case_id']]:.12g}") for row in sorted(kept, key=lambda row: row["case_id"])]


def _write_table(path: Path, columns: Sequence[str], rows: Sequence[dict[str, str]]) -> None:
    """These columns first, then the others in alphabetical order; none in which nothing stands."""
    used = {key for row in rows for key, value in row.items() if value}
    header = [*(key for key in columns if key in used), *sorted(used - set(columns))]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _copy(folder: Path, name: str, into: Path) -> None:
    """A fixture, by the name that cases have for it."""
    place, table = Path(os.path.normpath(name)), folder / "cases.csv"
    if place.is_absolute():
        raise UsageError(f"fixture {name!r} is named by a path of one machine", file=table, key="fixture")
    _, data = fixture.read(folder, name, file=table)
    (into / place).parent.mkdir(parents=True, exist_ok=True)
    (into / place).write_bytes(data)


def _manifest(corpus: Corpus, into: Path, number: int, how: Mapping[str, Any]) -> str:
    """The corpus's own, with a further step in `[[provenance]]`."""
    own = corpus.manifest
    said = {
        "name": into.absolute().name,
        "title": f"{own.title or own.name}, sample of {number}"[:300],
        "version": own.version,
        "licence": own.licence,
        "description": own.description,
    }
    lines = [f"{key} = {_toml(value)}" for key, value in said.items() if value]
    if own.categories:
        lines += ["", "[categories]", *(f"{_toml(key)} = {_toml(value)}" for key, value in own.categories.items())]
    taken = {"corpus": own.name, "version": own.version, "digest": corpus.digest, "cases": len(corpus.cases)}
    for step in [*_steps(corpus), {"step": "sample", **taken, **how}]:
        lines += ["", "[[provenance]]", *(f"{key} = {_toml(value)}" for key, value in step.items())]
    return "\n".join(lines) + "\n"


def _steps(corpus: Corpus) -> list[dict[str, Any]]:
    """The provenance that the corpus has itself, as far as this module writes such."""
    said = (corpus.manifest.model_extra or {}).get("provenance", [])
    return [
        {
            key: value
            for key, value in step.items()
            if KEY.fullmatch(key) and isinstance(value, str | int | float | list)
        }
        for step in (said if isinstance(said, list) else [])
        if isinstance(step, dict)
    ]


def _toml(value: str | int | float | list[str]) -> str:
    # What JSON escapes TOML escapes alike, but for DEL; what else a list may hold is told as text.
    return json.dumps(value, ensure_ascii=False, default=str).replace("\x7f", "\\u007f")
