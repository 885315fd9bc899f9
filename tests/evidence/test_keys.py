"""Keys: made once, closed to others, and any other kind refused by its name."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from harness.evidence import keys
from harness.model.errors import UsageError

PEM = serialization.Encoding.PEM


def private_pem(key: PrivateKeyTypes, passphrase: bytes = b"") -> bytes:
    closing = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, closing)


def public_pem(key: PrivateKeyTypes) -> bytes:
    return key.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def test_created_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "lab"
    made = keys.create(path)
    assert {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {"lab": 0o600, "lab.pub": 0o644}
    assert keys.private(path).private_bytes_raw() == made.private_bytes_raw()
    assert keys.public(tmp_path / "lab.pub") == made.public_key() == keys.load(tmp_path / "lab.pub")
    assert (tmp_path / "lab.pub").read_bytes() == keys.pem(made.public_key()) == public_pem(made)
    assert path.read_bytes() == private_pem(made)
    assert isinstance(keys.load(path), ed25519.Ed25519PrivateKey)


def test_no_key_is_made_twice(tmp_path: Path) -> None:
    assert keys.create(tmp_path / "a").private_bytes_raw() != keys.create(tmp_path / "b").private_bytes_raw()


@pytest.mark.parametrize("taken", ["lab", "lab.pub"])
def test_nothing_is_overwritten(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_text("mine")
    with pytest.raises(UsageError, match=rf"{taken}: exists already, and a key is never overwritten"):
        keys.create(tmp_path / "lab")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(taken, "mine")]


def test_where_no_key_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"lab: cannot be written: No such file or directory"):
        keys.create(tmp_path / "nowhere" / "lab")
    with pytest.raises(UsageError, match=r"\.: exists already"):
        keys.create(Path())


def test_a_fingerprint() -> None:
    """RFC 8032, section 7.1, TEST 1; hashed by sha256sum."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key()
    assert keys.fingerprint(public) == "21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9"


ED, EC = ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
RSA, X = rsa.generate_private_key(65537, 1024), x25519.X25519PrivateKey.generate()
OTHERS: dict[str, tuple[bytes, str]] = {
    "RSA private": (private_pem(RSA), "an RSA private key"),
    "RSA public": (public_pem(RSA), "an RSA public key"),
    "EC private": (private_pem(EC), r"an elliptic-curve \(EC\) private key"),
    "EC public": (public_pem(EC), r"an elliptic-curve \(EC\) public key"),
    "X25519 private": (private_pem(X), "a key of another kind"),
    "under a passphrase": (private_pem(ED, b"open sesame"), "a private key under a passphrase"),
    "nothing": (b"", "no key in PEM form"),
    "text": (b"Dear reader\xff\x00", "no key in PEM form"),
    "a broken key": (private_pem(ED)[:60], "no key in PEM form"),
    "bytes of a key": (ED.private_bytes_raw(), "no key in PEM form"),
    "a huge file": (private_pem(ED) * 1000, "this is no key"),
}
READERS: list[Callable[[Path], object]] = [keys.load, keys.private, keys.public]


@pytest.mark.parametrize(("data", "words"), OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("read", READERS)
def test_no_ed25519_key(tmp_path: Path, read: Callable[[Path], object], data: bytes, words: str) -> None:
    path = tmp_path / "lab"
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises(UsageError, match=f"lab: .*{words}") as caught:
        read(path)
    assert caught.value.exit_code == 4


def test_the_wrong_half(tmp_path: Path) -> None:
    keys.create(tmp_path / "lab")
    with pytest.raises(UsageError, match=r"lab\.pub: an Ed25519 public key; an Ed25519 private key is needed"):
        keys.private(tmp_path / "lab.pub")
    with pytest.raises(UsageError, match=r"lab: an Ed25519 private key; an Ed25519 public key is needed"):
        keys.public(tmp_path / "lab")


@pytest.mark.parametrize("read", READERS)
def test_no_file(tmp_path: Path, read: Callable[[Path], object]) -> None:
    for path, why in ((tmp_path / "lab", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(UsageError, match=f"{path.name}: cannot be read: {why}"):
            read(path)


@pytest.mark.parametrize(("mode", "fits"), [(0o600, True), (0o440, True), (0o644, False), (0o602, False)])
def test_open_to_all(tmp_path: Path, mode: int, fits: bool) -> None:
    path = tmp_path / "lab"
    keys.create(path)
    path.chmod(mode)
    if fits:
        keys.private(path)
    else:
        with pytest.raises(UsageError, match=r"lab: a private key open to all users.*chmod o="):
            keys.private(path)
