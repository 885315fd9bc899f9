"""The seal: digests over everything a run recorded, written when it has ended, and a laboratory's signature on it."""

import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from harness.evidence import disk, keys, merkle, signature
from harness.evidence.folder import RunFolder
from harness.evidence.journal import Reader, Record, segments
from harness.model import canonical
from harness.model.errors import EvidenceError, HarnessError, UsageError

SCHEMA = "pas-harness/seal/2"
PAYLOAD_TYPE = "application/vnd.pas-harness.seal+json"
PROFILES = ("product", "parameters", "corpus", "criteria", "rules")


def contents(folder: RunFolder) -> dict[str, Any]:
    """What a seal of the folder as it is now would say; reads everything. Raises EvidenceError when the run is not
    whole: the chain broken, a blob missing or changed, or no record of its end."""
    now, wrong = _look(folder, _digest(folder.spec_file))
    if wrong:
        raise EvidenceError(wrong[0])
    return {**now, "root": root_of(now)}


def write(folder: RunFolder) -> None:
    """Seal a run that has ended. A run is sealed once."""
    if folder.seal_file.exists():
        raise EvidenceError(f"{folder.seal_file}: the run is sealed already")
    disk.write(folder.seal_file, canonical.pretty(contents(folder)).encode())


def sign(folder: RunFolder, key: Ed25519PrivateKey) -> None:
    """Sign the seal; the same key again changes nothing. Raises EvidenceError when the run is not sealed or its
    evidence does not stand, UsageError when another key has signed it."""
    if found := _evidence(folder):
        raise EvidenceError(f"not signed, because the evidence does not stand: {found[0]}")
    public = key.public_key()
    if folder.signature_file.exists() and (other := signer(folder)) != keys.fingerprint(public):
        raise UsageError(f"another key, {other}, has signed this run", file=folder.signature_file)
    envelope = signature.envelope(folder.seal_file.read_bytes(), PAYLOAD_TYPE, key)
    disk.write(folder.signer_file, keys.pem(public))
    disk.write(folder.signature_file, canonical.pretty(envelope).encode())


def signer(folder: RunFolder) -> str:
    """Fingerprint of the key whose signature on the seal holds, "" without one. Raises EvidenceError when it does not
    hold. Whose key it is, the folder cannot say."""
    file = folder.signature_file
    if not file.exists() and not folder.signer_file.exists():
        return ""
    try:
        public = keys.public(folder.signer_file)
        data = file.read_bytes()
        envelope = json.loads(data)
        payload = signature.opened(envelope, PAYLOAD_TYPE, public)
    except UsageError as error:
        raise EvidenceError(str(error)) from None
    except OSError as error:
        raise EvidenceError(f"{file}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise EvidenceError(f"{file}: not a signature") from None
    except EvidenceError as error:
        raise EvidenceError(f"{file} (with {folder.signer_file}): {error}") from None
    for path, expected, why in (
        (folder.signer_file, keys.pem(public), "changed since the run was signed"),
        (file, canonical.pretty(envelope).encode(), "changed since the run was signed"),
        (folder.seal_file, payload, "not the seal that was signed"),
    ):
        if _digest(path) != canonical.digest(expected):
            raise EvidenceError(f"{path}: {why}")
    return keys.fingerprint(public)


def root(folder: RunFolder) -> str:
    """The Merkle root that the seal states. Raises EvidenceError when it is no seal."""
    try:
        return str(json.loads(folder.seal_file.read_bytes())["root"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise EvidenceError(f"{folder.seal_file}: not a seal") from None


def verify(folder: RunFolder, trusted: Ed25519PublicKey | None = None) -> list[str]:
    """Everything in the folder that does not agree with its seal, in words; empty when the evidence is as it was
    sealed. A signature that is there must hold; with `trusted`, there must be one by that key."""
    found = _evidence(folder)
    try:
        by = signer(folder)
    except EvidenceError as error:
        return [*found, str(error)]
    if trusted and by != (asked := keys.fingerprint(trusted)):
        was = f"signed by another key, {by}," if by else "missing; the run is not signed"
        found.append(f"{folder.signature_file}: {was} and a signature by {asked} is asked for")
    return found


def _evidence(folder: RunFolder) -> list[str]:
    """As `verify`, but for the signature."""
    file = folder.seal_file
    if not file.is_file():
        return [f"{file}: the run is not sealed (unfinished, or the seal was removed)"]
    data = file.read_bytes()
    try:
        seal = json.loads(data)
        if seal["schema"] != SCHEMA:
            return [f"{file}: schema {seal['schema']!r} is not {SCHEMA!r} (written by another version?)"]
        if data != canonical.pretty(seal).encode() or seal["root"] != root_of(seal):
            return [f"{file}: changed since it was written; nothing can be compared with it"]
        now, found = _look(folder, seal["spec"])
        found += _differences(folder, _files(seal), _files(now))
        if not found and data != canonical.pretty({**now, "root": root_of(now)}).encode():
            found.append(f"{file}: changed since it was written")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return [f"{file}: not a seal ({error!r})"]
    return found


def _look(folder: RunFolder, first: str) -> tuple[dict[str, Any], list[str]]:
    """What a seal would say, but for the root, and what is wrong with the run by itself. `first` begins the chain."""
    wrong: list[str] = []
    now: dict[str, Any] = {"schema": SCHEMA, "spec": _digest(folder.spec_file), "plan": _digest(folder.plan_file)}
    try:
        spec = folder.spec()
        now["product"], now["corpus"], now["criteria"] = (
            spec.product_digest,
            spec.corpus["digest"],
            spec.criteria_digest,
        )
        now["parameters"] = canonical.digest(canonical.dumps([spec.params, spec.params_digests]))
        now["rules"] = canonical.digest(canonical.dumps(spec.rules))
    except HarnessError as error:
        wrong.append(str(error))
    except (KeyError, TypeError) as error:
        wrong.append(f"{folder.spec_file}: not as the harness writes it ({error!r})")
    reader, last = Reader(folder.journal, first), ""
    now["versions"], wanted = [], dict[str, int]()
    try:
        for record in reader:
            last = record.kind
            if last == "start":
                now["versions"].append(record.data["versions"])
            wanted.update(dict.fromkeys(_blobs(record), record.n))
    except EvidenceError as error:
        wrong.append(str(error))
    except (KeyError, TypeError, AttributeError) as error:
        wrong.append(f"{folder.journal}: a record of kind {last!r} is not as the harness writes it ({error!r})")
    else:
        if last != "stop":
            wrong.append(f"{folder.journal}: the last record is not the end of the run")
    now["records"], now["head"], now["torn"] = reader.tail.records, reader.tail.head, reader.tail.torn
    now["segments"] = {path.name: _digest(path) for path in segments(folder.journal)}
    now["blobs"] = list(folder.blobs.digests())
    for digest in now["blobs"]:
        if _digest(path := folder.blobs.path(digest)) != digest:
            wrong.append(f"{path}: blob changed")
    for digest in sorted(set(wanted) - set(now["blobs"])):
        wrong.append(f"{folder.blobs.path(digest)}: blob missing, and record {wanted[digest]} refers to it")
    return now, wrong


def _blobs(record: Record) -> list[str]:
    """Digests of the blobs a record refers to."""
    seen = record.data if record.kind == "attempt" else record.data.get("observation", {})
    return [seen[key] for key in ("dom_blob", "screenshot_blob") if seen.get(key)]


def _digest(path: Path) -> str:
    """The digest of the file's bytes, "" when it is no file."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:  # a journal may be larger than memory
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(seal: dict[str, Any]) -> dict[str, str]:
    """The digest of every file that a seal speaks of, by its name in the run folder; "" for one that is not there."""
    return {
        "spec.json": seal["spec"],
        "plan.jsonl": seal["plan"],
        **{f"journal/{name}": digest for name, digest in seal["segments"].items()},
        **{f"blobs/{digest[:2]}/{digest}": digest for digest in seal["blobs"]},
    }


def _differences(folder: RunFolder, sealed: dict[str, str], here: dict[str, str]) -> list[str]:
    found = []
    for name in sorted({*sealed, *here}):
        if name not in sealed:
            found.append(f"{folder.path / name}: not part of the sealed run")
        elif not here.get(name):
            found.append(f"{folder.path / name}: missing since the seal")
        elif sealed[name] != here[name]:
            found.append(f"{folder.path / name}: changed since the seal")
    return found


def root_of(seal: dict[str, Any]) -> str:
    """The Merkle root over name and digest of all that a seal speaks of: profiles, versions, files by name."""
    versions = canonical.digest(canonical.dumps(seal["versions"]))
    leaves = [*((name, seal[name]) for name in PROFILES), ("versions", versions), *sorted(_files(seal).items())]
    return merkle.root([canonical.dumps(leaf).encode() for leaf in leaves]).hex()
