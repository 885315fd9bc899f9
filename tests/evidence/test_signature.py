"""Envelopes: the published signatures, read by another implementation, and every change refused."""

import base64
import copy
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]

from harness.evidence import keys, signature
from harness.model.errors import EvidenceError

# github.com/secure-systems-lab/dsse, testvectors/vectors.json, keys A and B (RFC 8032, section 7.1, TEST 1 and 2).
KEY = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
OTHER = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
)
PUBLIC, TYPE, STATEMENT = (
    KEY.public_key(),
    "application/vnd.in-toto+json",
    b'{"_type":"https://in-toto.io/Statement/v1"}',
)
VECTORS = {
    "single-signature": (
        TYPE,
        STATEMENT,
        "2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA==",
    ),
    "url-safe-base64": (
        TYPE,
        base64.urlsafe_b64decode("-_-_Pj8="),
        "P+/KHICeR7tI6S/YyejJTRtrXhcQyQ2LYPaL8h90KjC9qN8HU/svOQ6TuDOT1HIrsGW886DbWNWcCmX5twLrAw==",
    ),
    "non-ascii-payload-type": (
        "application/vnd.exämple+json",
        STATEMENT,
        "xmSk/ug66ysT7ayhkCIjhAq42zgZXSsEWuzUaNL7w2eGAdF/NU6/fRXPtmfN+5DNSAs5/i2lUnHjbbjPsu0tAw==",
    ),
    "empty-payload": (
        TYPE,
        b"",
        "gSggCAaTLTYyRH6FIDBem6meyIynsYy8RTHVzwx9tnTb7Bg/1jMWnuVgI/gffqmbsC2VX5/jHfkkDqsj7CDbDg==",
    ),
    "empty-payload-type": (
        "",
        STATEMENT,
        "iC3q/+3Rm0+lpAJRueDmDh15PnwCfxKmS0NAfKsbv+zgulXQC/WM9trc+j1XEqlwDIg/vf/uNfebeD6sxInrDg==",
    ),
}


@pytest.mark.parametrize(("payload_type", "payload", "sig"), VECTORS.values(), ids=VECTORS)
def test_published_signatures(payload_type: str, payload: bytes, sig: str) -> None:
    made = signature.envelope(payload, payload_type, KEY)
    assert made["signatures"] == [{"keyid": keys.fingerprint(PUBLIC), "sig": sig}]
    assert made["payload"] == base64.b64encode(payload).decode()
    assert signature.opened(made, payload_type, PUBLIC) == payload


@settings(max_examples=20)
@given(st.binary(max_size=100), st.text(st.characters(codec="utf-8"), max_size=20))
def test_another_implementation_agrees(payload: bytes, payload_type: str) -> None:
    theirs = SSlibKey.from_crypto(PUBLIC, keyid=keys.fingerprint(PUBLIC))
    made = signature.envelope(payload, payload_type, KEY)
    read = Envelope.from_dict(copy.deepcopy(made))
    assert (read.payload, read.payload_type) == (payload, payload_type)
    assert list(read.verify([theirs], 1)) == [keys.fingerprint(PUBLIC)]

    written = Envelope(payload, payload_type, {})
    written.sign(CryptoSigner(KEY, theirs))
    assert written.to_dict() == made
    assert signature.opened(written.to_dict(), payload_type, PUBLIC) == payload


MADE = signature.envelope(STATEMENT, TYPE, KEY)
SIG = MADE["signatures"][0]["sig"]
AGAIN = signature.envelope(STATEMENT, TYPE, OTHER)


def signed(**changes: Any) -> dict[str, Any]:
    return {**MADE, "signatures": [{**MADE["signatures"][0], **changes}]}


REFUSED: dict[str, tuple[object, str]] = {
    "another type": ({**MADE, "payloadType": "text/plain"}, "signs 'text/plain', not 'application/vnd.in-toto"),
    "another payload": ({**MADE, "payload": base64.b64encode(b"{}").decode()}, "the signature does not hold"),
    "another key": (AGAIN, "signed by another key"),
    "another key that says it is this one": (
        {**AGAIN, "signatures": [{**AGAIN["signatures"][0], "keyid": keys.fingerprint(PUBLIC)}]},
        "the signature does not hold",
    ),
    "no signature": ({**MADE, "signatures": []}, "not a signed envelope"),
    "two signatures": ({**MADE, "signatures": MADE["signatures"] + AGAIN["signatures"]}, "not a signed envelope"),
    "empty signature": (signed(sig=""), "the signature does not hold"),
    "spare bits": (signed(sig=SIG[:-3] + chr(ord(SIG[-3]) + 1) + "=="), "not a signed envelope"),
    "another alphabet": (signed(sig=SIG.replace("+", "-")), "not a signed envelope"),
    "line break": (signed(sig=SIG + "\n"), "not a signed envelope"),
    "no base64": (signed(sig="?"), "not a signed envelope"),
    "no text": (signed(sig=7), "not a signed envelope"),
    "not ASCII": (signed(sig="é"), "not a signed envelope"),
    "no key id": ({**MADE, "signatures": [{"sig": SIG}]}, "not a signed envelope"),
    "more": ({**MADE, "note": "read me"}, "not a signed envelope"),
    "less": ({"payload": MADE["payload"], "signatures": MADE["signatures"]}, "not a signed envelope"),
    "a list": ([MADE], "not a signed envelope"),
    "nothing": (None, "not a signed envelope"),
}


@pytest.mark.parametrize(("envelope", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(envelope: object, words: str) -> None:
    with pytest.raises(EvidenceError, match=words) as caught:
        signature.opened(envelope, TYPE, PUBLIC)
    assert caught.value.exit_code == 3
