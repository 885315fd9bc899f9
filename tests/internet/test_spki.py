"""Fingerprints of keys, of an authority made for the test."""

import base64
import datetime
import hashlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from mitmproxy.certs import CertStore

from harness.internet import spki

NOW = datetime.datetime(2026, 1, 10, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return spki.make_authority(tmp_path_factory.mktemp("ca"), NOW)


def test_fingerprint_is_of_the_public_key(authority: tuple[Path, Path]) -> None:
    certificate, key = authority
    public = load_pem_private_key(key.read_bytes(), None).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert spki.of_pem(certificate) == base64.b64encode(hashlib.sha256(der).digest()).decode()


def test_a_key_in_the_same_file_does_not_matter(authority: tuple[Path, Path], tmp_path: Path) -> None:
    """mitmproxy keeps key and certificate together."""
    certificate, key = authority
    (tmp_path / "both.pem").write_bytes(key.read_bytes() + certificate.read_bytes())
    assert spki.of_pem(tmp_path / "both.pem") == spki.of_pem(certificate)


def test_it_is_an_authority_valid_around_now(authority: tuple[Path, Path]) -> None:
    certificate = x509.load_pem_x509_certificate(authority[0].read_bytes())
    certificate.verify_directly_issued_by(certificate)
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == datetime.timedelta(days=10)


def test_mitmproxy_takes_the_authority_of_a_replayed_internet_for_its_own(tmp_path: Path) -> None:
    spki.make_origin_authority(tmp_path, NOW)
    both = tmp_path / "mitmproxy-ca.pem"
    made = both.read_bytes()
    assert both.stat().st_mode & 0o777 == 0o600
    store = CertStore.from_store(tmp_path, "mitmproxy", 2048)
    leaf = x509.load_pem_x509_certificate(store.get_cert("page.test", [x509.DNSName("page.test")]).cert.to_pem())
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate((tmp_path / "mitmproxy-ca-cert.pem").read_bytes()))
    spki.make_origin_authority(tmp_path, NOW)
    assert both.read_bytes() == made
