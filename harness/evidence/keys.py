"""Ed25519 keys of laboratories, in PEM: private ones as PKCS #8, public ones as SubjectPublicKeyInfo."""

import hashlib
import os
from pathlib import Path
from stat import S_IRWXO

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from harness.model.errors import UsageError

Key = Ed25519PrivateKey | Ed25519PublicKey
LONGEST = 64 * 1024  # bytes; a key in PEM takes a few hundred
KINDS: dict[type, str] = {
    Ed25519PrivateKey: "an Ed25519 private key",
    Ed25519PublicKey: "an Ed25519 public key",
    RSAPrivateKey: "an RSA private key",
    RSAPublicKey: "an RSA public key",
    EllipticCurvePrivateKey: "an elliptic-curve (EC) private key",
    EllipticCurvePublicKey: "an elliptic-curve (EC) public key",
}


def create(path: Path) -> Ed25519PrivateKey:
    """Write a new private key to `path`, readable by its owner only, and its public key to `path` with `.pub` behind
    it. Raises UsageError when either file exists or cannot be written; then neither is made."""
    key = Ed25519PrivateKey.generate()
    private_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made: list[Path] = []
    for file, mode, data in ((path, 0o600, private_pem), (public_path(path), 0o644, pem(key.public_key()))):
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as handle:
                made.append(file)
                handle.write(data)
        except OSError as error:
            for done in made:
                done.unlink()
            exists = isinstance(error, FileExistsError)
            why = "exists already, and a key is never overwritten" if exists else f"cannot be written: {error.strerror}"
            raise UsageError(why, file=file) from None
    return key


def public_path(path: Path) -> Path:
    """Where `create` puts the public key of the private one at `path`."""
    return Path(f"{path}.pub")


def load(path: Path) -> Key:
    """The Ed25519 key in the file, private or public. Raises UsageError saying what it is instead."""
    key, _ = _read(path)
    if isinstance(key, Ed25519PrivateKey | Ed25519PublicKey):
        return key
    raise UsageError(f"{kind(key)}; an Ed25519 key is needed", file=path)


def private(path: Path) -> Ed25519PrivateKey:
    """The private key in the file. Raises UsageError, also when everybody on the machine may use it.

    What is signed with such a key proves nothing about who signed, and a warning would be read too late. A group may
    use it: laboratories share keys so, and build servers hand them over so."""
    key, mode = _read(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{kind(key)}; an Ed25519 private key is needed", file=path)
    if mode & S_IRWXO:
        raise UsageError(f"a private key open to all users of this machine; close it with: chmod o= {path}", file=path)
    return key


def public(path: Path) -> Ed25519PublicKey:
    """The public key in the file. Raises UsageError saying what it is instead."""
    key, _ = _read(path)
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{kind(key)}; an Ed25519 public key is needed", file=path)
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the 32 bytes of the key, in lower-case hex."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def pem(key: Ed25519PublicKey) -> bytes:
    """The public key as a file holds it."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def kind(key: object) -> str:
    """What a key is, for people."""
    return next((words for known, words in KINDS.items() if isinstance(key, known)), "a key of another kind")


def _read(path: Path) -> tuple[object, int]:
    """Whatever key is in the file, and the file's mode."""
    try:
        with path.open("rb") as file:
            data, mode = file.read(LONGEST + 1), os.fstat(file.fileno()).st_mode
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", file=path) from None
    if len(data) > LONGEST:
        raise UsageError(f"more than {LONGEST // 1024} KiB; this is no key", file=path)
    try:
        private = b"PRIVATE KEY-----" in data
        key = serialization.load_pem_private_key(data, None) if private else serialization.load_pem_public_key(data)
    except TypeError:
        raise UsageError("a private key under a passphrase; a plain one is needed", file=path) from None
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError("no key in PEM form", file=path) from None
    return key, mode
