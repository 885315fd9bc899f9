"""Signatures in DSSE envelopes (Dead Simple Signing Envelope 1.0, github.com/secure-systems-lab/dsse), with Ed25519."""

import base64
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from harness.evidence import keys
from harness.model.errors import EvidenceError


def envelope(payload: bytes, payload_type: str, key: Ed25519PrivateKey) -> dict[str, Any]:
    """The payload with one signature; the key id is the key's fingerprint. Same payload and key, same envelope."""
    sig = key.sign(_encoding(payload, payload_type))
    return _envelope(payload, payload_type, keys.fingerprint(key.public_key()), sig)


def opened(envelope: Any, payload_type: str, public: Ed25519PublicKey) -> bytes:
    """The payload of a parsed envelope of that type, signed by that key. Raises EvidenceError.

    Stricter than DSSE asks: the envelope must be as `envelope` makes it, so that no byte of it changes unseen."""
    try:
        (signed,) = envelope["signatures"]
        payload, sig, by = base64.b64decode(envelope["payload"]), base64.b64decode(signed["sig"]), signed["keyid"]
        whole = bool(envelope == _envelope(payload, envelope["payloadType"], by, sig))
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise EvidenceError("not a signed envelope in the form the harness writes")
    if envelope["payloadType"] != payload_type:
        raise EvidenceError(f"signs {envelope['payloadType']!r}, not {payload_type!r}")
    if by != keys.fingerprint(public):
        raise EvidenceError(f"signed by another key ({by}) than {keys.fingerprint(public)}")
    try:
        public.verify(sig, _encoding(payload, payload_type))
    except InvalidSignature:
        raise EvidenceError("the signature does not hold") from None
    return payload


def _envelope(payload: bytes, payload_type: str, by: str, sig: bytes) -> dict[str, Any]:
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": payload_type,
        "signatures": [{"keyid": by, "sig": base64.b64encode(sig).decode()}],
    }


def _encoding(payload: bytes, payload_type: str) -> bytes:
    """What is signed: PAE in the DSSE protocol, section "Signature Definition"."""
    name = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)
