"""Public-key fingerprints and certificate authorities, for a browser that trusts exactly the keys of one run."""

import base64
import datetime
import hashlib
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def of_pem(path: Path) -> str:
    """Base64 SHA-256 of the SubjectPublicKeyInfo of the first certificate in the file, as Chromium's SPKI list takes
    it."""
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    key = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def make_authority(folder: Path, now: datetime.datetime) -> tuple[Path, Path]:
    """A certificate authority for a product that inspects TLS: paths of certificate and key, in PEM, valid ten days
    around `now`."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = _authority(key, "pas-harness product under test", now, days=5)
    cert_path, key_path = folder / "ca-cert.pem", folder / "ca-key.pem"
    cert_path.write_bytes(certificate)
    key_path.write_bytes(_pem(key))
    return cert_path, key_path


def make_origin_authority(folder: Path, now: datetime.datetime) -> None:
    """The authority of a replayed Internet, in the files where mitmproxy looks for its own, unless there is one. Its
    key is on an elliptic curve, with which handshakes take least."""
    both = folder / "mitmproxy-ca.pem"
    if both.exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _authority(key, "pas-harness replayed Internet", now, days=3650)
    (folder / "mitmproxy-ca-cert.pem").write_bytes(certificate)
    both.touch(0o600)
    both.write_bytes(_pem(key) + certificate)


def _authority(key: Key, name: str, now: datetime.datetime, days: int) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=days))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(True, False, False, False, False, True, True, False, False),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
