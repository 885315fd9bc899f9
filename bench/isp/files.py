"""The files of the lab, written at its start: certificates, the ISP's configuration, a corpus and its answers."""

import csv
import datetime
import json
import shutil
from pathlib import Path

import jinja2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bench.isp import networks
from bench.isp.sites import FORUM, LATE, RESOLVER, SITES, cases
from harness.internet import spki

TEMPLATES = Path(__file__).parent
DAYS = datetime.timedelta(days=5)


def write(folder: Path, urls_listed: bool, dns_answer: str | None, now: datetime.datetime) -> None:
    """All of them. `dns_answer` is that of the ISP's name server to a listed name: "" for NXDOMAIN, an address, None
    where it filters none."""
    _certificates(folder, now)
    certificate, key = spki.make_authority(folder, now)  # squid wants one; it decrypts nothing
    known = {
        "folder": folder,
        "certificate": certificate,
        "key": key,
        "listed": [site.name for site in SITES.values() if site.listed],
        "listed_url": f"{FORUM}{LATE}",
        "dns_answer": dns_answer,
        "resolver": RESOLVER,
        "isp": networks,
    }
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    for name in ("dnsmasq.conf", "squid.conf", "redirect.nft"):
        (folder / name).write_text(environment.get_template(f"{name}.j2").render(known), "utf-8")
    shutil.copy(TEMPLATES / "blocked.html", folder)
    _corpus(folder / "corpus", folder / "answers.json", urls_listed)


def _corpus(folder: Path, answers: Path, urls_listed: bool) -> None:
    folder.mkdir()
    (folder / "corpus.toml").write_text('name = "isp-lab"\ntitle = "Sites of the ISP lab"\nversion = "1"\n', "utf-8")
    found = list(cases(urls_listed))
    with (folder / "cases.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("case_id", "url", "category", "expectation"))
        table.writerows((case.case_id, case.url, case.category, case.expectation) for case, _ in found)
    answers.write_text(json.dumps({case.case_id: word for case, word in found}, indent=1) + "\n", "utf-8")


def _certificates(folder: Path, now: datetime.datetime) -> None:
    """`authority.pem`, and `server.pem` with key and chain for all sites."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ISP lab authority")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sites of the ISP lab")])
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    authority = (
        _builder(issuer, issuer, authority_key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    server = (
        _builder(subject, issuer, key, now)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in SITES]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    chain = [item.public_bytes(serialization.Encoding.PEM) for item in (server, authority)]
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "authority.pem").write_bytes(chain[1])
    (folder / "server.pem").write_bytes(b"".join((private, *chain)))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAYS)
        .not_valid_after(now + DAYS)
    )
