"""The result as an in-toto attestation: a Statement v1 with the predicate test-result v0.1, signed in a DSSE envelope.

Sources: https://github.com/in-toto/attestation, spec/v1/statement.md and spec/predicates/test-result.md.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from harness.evidence import keys, signature
from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.model.errors import EvidenceError
from harness.model.words import Decision
from harness.report import result
from harness.report.derive import Derived

FILE = "attestation.dsse.json"
PAYLOAD = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
# A conditional pass lies within the bound but not certainly so, which is to pass with a warning; a conditional fail
# lies beyond it, which is not to pass.
RESULT = {
    Decision.PASS: "PASSED",
    Decision.CONDITIONAL_PASS: "WARNED",
    Decision.CONDITIONAL_FAIL: "FAILED",
    Decision.FAIL: "FAILED",
}


def attest(folder: RunFolder, derived: Derived, key: Ed25519PrivateKey) -> str:
    """The text of the signed attestation; same evidence and key, same text. Raises EvidenceError when the run decides
    nothing."""
    return canonical.pretty(signature.envelope(_payload(folder, derived), PAYLOAD, key))


def flaw(path: Path, folder: RunFolder, derived: Derived, trusted: Ed25519PublicKey | None) -> str:
    """Why the attestation in the file does not hold, "" when it does: it must be signed with the `trusted` key, or else
    with the one that signed the seal, and say what follows from the evidence."""
    if not trusted and not folder.signer_file.exists():
        return "the run is not signed, so whose attestation this is can only be checked with a key"
    data = path.read_bytes()
    try:
        envelope = json.loads(data)
        payload = signature.opened(envelope, PAYLOAD, trusted or keys.public(folder.signer_file))
        same = payload == _payload(folder, derived) and data == canonical.pretty(envelope).encode("utf-8")
    except (EvidenceError, ValueError, RecursionError) as error:
        return f"no attestation of this run ({error})"
    return "" if same else "does not follow from the evidence"


def statement(folder: RunFolder, derived: Derived) -> dict[str, Any]:
    """The product, what it was tested by, and how it did; tests are criteria, named "criterion at setting", and
    clauses that a person judged. Raises EvidenceError when the run decides nothing."""
    if derived.decision not in RESULT:
        reason = " ".join(derived.voids) or "it is inconclusive."
        raise EvidenceError(f"{folder.path}: the run decides nothing, so there is nothing to attest: {reason}")
    spec = derived.spec
    tests: dict[str, list[str]] = {"PASSED": [], "WARNED": [], "FAILED": [], "": []}
    for name, decision in _tests(derived):
        tests[RESULT.get(decision, "")].append(name)
    return {
        "_type": STATEMENT,
        "subject": [_product(derived)],
        "predicateType": PREDICATE,
        "predicate": {
            "result": RESULT[derived.decision],
            "configuration": [
                _described("criteria", derived.criteria.digest(), undecided=tests[""], **_named(spec.criteria)),
                _described("corpus", spec.corpus["digest"], **_named(spec.corpus)),
                *(
                    _described(name, canonical.digest((folder.path / name).read_bytes()))
                    for name in ("spec.json", "plan.jsonl", "seal.json", "addenda/seal.json")
                    if (folder.path / name).exists()
                ),
            ],
            "passedTests": tests["PASSED"],
            "warnedTests": tests["WARNED"],
            "failedTests": tests["FAILED"],
        },
    }


def _tests(derived: Derived) -> Iterator[tuple[str, Decision]]:
    for item in derived.decided:
        yield f"{item.id} at {item.setting}" if item.setting else item.id, item.decision
    for clause in derived.clauses:
        if clause.judged and clause.decision:
            yield f"clause {clause.clause.id}", clause.decision


def _payload(folder: RunFolder, derived: Derived) -> bytes:
    return canonical.dumps(statement(folder, derived)).encode("utf-8")


def _product(derived: Derived) -> dict[str, Any]:
    """The product by the digest of its profile, with what it said of itself and how it was set up."""
    seen = result.product(derived)
    told = {key: seen[key] for key in ("title", "version", "identity", "params")}
    return _described(seen["name"], seen["profile_digest"], settings=list(derived.spec.settings), **told)


def _named(profile: dict[str, Any]) -> dict[str, str]:
    return {key: profile[key] for key in ("name", "title", "version")}


def _described(name: str, digest: str, /, **annotations: Any) -> dict[str, Any]:
    """A resource descriptor."""
    described = {"name": name, "digest": {"sha256": digest}}
    return {**described, "annotations": annotations} if annotations else described
