"""The seal of addenda: `addenda/seal.json` says how far their journal goes, and is signed where the run is.

The signature lies in `addenda/seal.sig.json`, by the key of the run or by one other, kept in `addenda/seal.pub`.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from harness.evidence import disk, keys, seal, signature
from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.model.errors import EvidenceError, UsageError

SCHEMA = "pas-harness/addenda/1"
PAYLOAD_TYPE = "application/vnd.pas-harness.addenda+json"


@dataclass(frozen=True, slots=True)
class AddendaSeal:
    """`seal` is the digest of the run's own, `records` how many addenda records are sealed, `head` the digest of the
    last."""

    schema: str
    seal: str
    records: int
    head: str


class Files:
    """Where addenda, their seal and the keys that may sign it lie."""

    def __init__(self, folder: RunFolder) -> None:
        self.home = folder.path / "addenda"
        self.seal = self.home / "seal.json"
        self.signature = self.home / "seal.sig.json"
        self.run_key = folder.signer_file
        self.own_key = self.home / "seal.pub"

    def publics(self) -> list[Ed25519PublicKey]:
        """The keys that may sign. Raises EvidenceError when one is not as it was written."""
        return [_public(path) for path in (self.run_key, self.own_key) if path.exists()]


def read(folder: RunFolder, trusted: Ed25519PublicKey | None, unsigned: bool) -> tuple[AddendaSeal, str, bool]:
    """The seal that counts, which is the signed one where there is one; who signed it; whether `seal.json` is the same.

    Raises EvidenceError, also when it is not signed though the run is; `unsigned` lets that pass."""
    files = Files(folder)
    if files.signature.exists():
        text, signer = _signed(files, trusted)
    elif trusted or (seal.signer(folder) and not unsigned):
        raise EvidenceError(f"{files.home}: the addenda are not signed; `harness sign` does it")
    else:
        text, signer = _bytes(files.seal), ""
    return _parsed(text, files), signer, files.seal.exists() and files.seal.read_bytes() == text


def check_key(folder: RunFolder, key: Ed25519PrivateKey | None) -> None:
    """Raises UsageError when there is no key though something is signed already, or a third one."""
    files = Files(folder)
    if key is None:
        if files.signature.exists() or seal.signer(folder):
            raise UsageError("this run is signed; sign what you add to it too, with --key FILE", file=folder.path)
    elif files.own_key.exists() and key.public_key() not in files.publics():
        raise UsageError("the addenda are signed by another key; use that one, or the run's", file=files.own_key)


def write(folder: RunFolder, sealed: AddendaSeal, key: Ed25519PrivateKey | None) -> None:
    """Write the seal, signed with `key`; the signature first, as it is the one that counts."""
    files = Files(folder)
    text = canonical.pretty(sealed).encode()
    disk.make_folder(files.home)
    if key is not None:
        if key.public_key() not in files.publics():
            disk.write(files.own_key, keys.pem(key.public_key()))
        disk.write(files.signature, canonical.pretty(signature.envelope(text, PAYLOAD_TYPE, key)).encode())
    disk.write(files.seal, text)


def _signed(files: Files, trusted: Ed25519PublicKey | None) -> tuple[bytes, str]:
    """What was signed, and the signer's fingerprint."""
    text = _bytes(files.signature)
    try:
        envelope = json.loads(text)
        whole = text == canonical.pretty(envelope).encode()
    except (ValueError, RecursionError):
        whole = False
    if not whole:
        raise EvidenceError(f"{files.signature}: not a signature as it was written")
    problem, publics = "no public key lies beside it", files.publics()
    for public in [trusted] if trusted else publics:
        try:
            return signature.opened(envelope, PAYLOAD_TYPE, public), keys.fingerprint(public)
        except EvidenceError as error:
            problem = str(error)
    raise EvidenceError(f"{files.signature}: {problem}")


def _parsed(text: bytes, files: Files) -> AddendaSeal:
    try:
        sealed = AddendaSeal(**json.loads(text))
        whole = type(sealed.records) is int and sealed.records >= 0 and text == canonical.pretty(sealed).encode()
    except (ValueError, TypeError, RecursionError):
        whole = False
    if not whole or sealed.schema != SCHEMA:
        raise EvidenceError(f"{files.seal}: not a seal of addenda in the form {SCHEMA}")
    return sealed


def _public(path: Path) -> Ed25519PublicKey:
    try:
        public = keys.public(path)
    except UsageError as error:
        raise EvidenceError(str(error)) from None
    if _bytes(path) != keys.pem(public):
        raise EvidenceError(f"{path}: changed since it was written")
    return public


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{path}: {error.strerror}") from None
