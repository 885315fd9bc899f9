"""The seal: digests over everything a run recorded, written when it has ended."""

import json
from pathlib import Path
from typing import Any

from harness.evidence.folder import RunFolder
from harness.evidence.journal import segments
from harness.model import canonical
from harness.model.errors import EvidenceError

SCHEMA = "pas-harness/seal/1"


def contents(folder: RunFolder) -> dict[str, Any]:
    """What a seal of the folder as it is now would say; reads and checks the whole journal."""
    reader = folder.reader()
    for _ in reader:
        pass
    return {
        "schema": SCHEMA,
        "spec": _digest(folder.spec_file),
        "plan": _digest(folder.plan_file),
        "records": reader.tail.records,
        "head": reader.tail.head,
        "torn": reader.tail.torn,
        "segments": {path.name: _digest(path) for path in segments(folder.journal)},
        "blobs": list(folder.blobs.digests()),
    }


def write(folder: RunFolder) -> None:
    """Seal a run that has ended. A run is sealed once."""
    if folder.seal_file.exists():
        raise EvidenceError(f"{folder.seal_file}: the run is sealed already")
    part = folder.seal_file.with_suffix(".part")
    part.write_text(canonical.pretty(contents(folder)), "utf-8")
    part.replace(folder.seal_file)


def verify(folder: RunFolder) -> list[str]:
    """Everything in the folder that does not agree with its seal, in words; empty when the evidence is as it was
    sealed."""
    if not folder.seal_file.is_file():
        return [f"{folder.seal_file}: the run is not sealed (unfinished, or the seal was removed)"]
    try:
        seal = json.loads(folder.seal_file.read_bytes())
        if seal["schema"] != SCHEMA:
            return [f"{folder.seal_file}: schema {seal['schema']!r} is not {SCHEMA!r}"]
        found = [*_files(folder, seal), *_chain(folder, seal), *_blobs(folder, seal)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return [f"{folder.seal_file}: not a seal ({error!r})"]
    if not found and folder.seal_file.read_bytes() != canonical.pretty(contents(folder)).encode("utf-8"):
        found.append(f"{folder.seal_file}: changed since it was written")
    return found


def _digest(path: Path) -> str:
    try:
        return canonical.digest(path.read_bytes())
    except OSError:
        return "missing"


def _files(folder: RunFolder, seal: dict[str, Any]) -> list[str]:
    found = [
        f"{path}: changed or missing since the seal"
        for path, digest in ((folder.spec_file, seal["spec"]), (folder.plan_file, seal["plan"]))
        if _digest(path) != digest
    ]
    here = {path.name for path in segments(folder.journal)}
    for name in sorted(here | set(seal["segments"])):
        path = folder.journal / name
        if name not in seal["segments"]:
            found.append(f"{path}: not part of the sealed run")
        elif _digest(path) != seal["segments"][name]:
            found.append(f"{path}: changed or missing since the seal")
    return found


def _chain(folder: RunFolder, seal: dict[str, Any]) -> list[str]:
    if not folder.spec_file.is_file():
        return []
    reader = folder.reader()
    try:
        for _ in reader:
            pass
    except EvidenceError as error:
        return [str(error)]
    if (reader.tail.records, reader.tail.head) != (seal["records"], seal["head"]):
        return [
            f"{folder.journal}: {reader.tail.records} records, the seal says {seal['records']};"
            " the end is changed or cut"
        ]
    return []


def _blobs(folder: RunFolder, seal: dict[str, Any]) -> list[str]:
    found = []
    here, sealed = set(folder.blobs.digests()), set(seal["blobs"])
    for digest in sorted(here | sealed):
        path = folder.blobs.path(digest)
        if digest not in here:
            found.append(f"{path}: blob missing")
        elif digest not in sealed:
            found.append(f"{path}: blob not part of the sealed run")
        elif _digest(path) != digest:
            found.append(f"{path}: blob changed")
    return found
