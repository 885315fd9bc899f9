"""The attestation: what the in-toto library takes for a test result, and other software for its signature."""

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf import json_format
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as StatementPb
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import Key  # type: ignore[attr-defined]

from harness.evidence import addenda, keys, seal, signature
from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.model.addendum import ClauseJudgement, Finding
from harness.model.errors import EvidenceError
from harness.report.attestation import PAYLOAD, attest, flaw, statement
from harness.report.derive import derive
from tests import builders
from tests.report import runs

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
CLAUSES = (
    {"id": "4", "title": "Blocking", "assessed": "measured"},
    {"id": "5.1", "title": "Ease of use", "assessed": "by-hand", "note": "to be looked at"},
    {"id": "5.2", "title": "Its manual", "assessed": "by-hand", "note": "to be read"},
)
PROFILE = builders.criteria(runs.BLOCK, runs.ALLOW, clause=CLAUSES).model_dump(mode="json", by_alias=True)
CORPUS = {**builders.spec().corpus, "digest": "c" * 64}


def through(count: int) -> dict[str, str]:
    """So many pages to block got through."""
    return {f"adult-{number:02}": "arrives" for number in range(count)}


def run(path: Path, fates: dict[str, str] | None = None, **changes: Any) -> RunFolder:
    values = {"product_digest": "a" * 64, "corpus": CORPUS, "criteria": PROFILE, **changes}
    folder = runs.run(path, runs.cases(12, 12), fates, **values)
    seal.sign(folder, KEY)
    return folder


def predicate(folder: RunFolder) -> dict[str, Any]:
    return dict(statement(folder, derive(folder))["predicate"])


def judged(folder: RunFolder, clause: str, finding: Finding) -> None:
    said = ClauseJudgement(
        clause=clause, finding=finding, author="Ann Other", reason="seen", blind=True, date=builders.NOW
    )
    addenda.append(folder, said, KEY)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return run(tmp_path_factory.mktemp("attested") / "run", settings=("moderate", "most"))


@pytest.fixture(scope="module")
def text(folder: RunFolder) -> str:
    return attest(folder, derive(folder), KEY)


def test_the_in_toto_library_takes_it(folder: RunFolder, text: str) -> None:
    payload = base64.b64decode(json.loads(text)["payload"])
    read = Statement.copy_from_pb(json_format.Parse(payload, StatementPb()))
    read.validate()
    assert read.pb.predicate_type == "https://in-toto.io/attestation/test-result/v0.1"
    (subject,) = read.pb.subject
    assert (subject.name, dict(subject.digest)) == ("acme", {"sha256": "a" * 64})
    made = json_format.MessageToDict(read.pb.predicate)
    seen = json_format.ParseDict(made, test_result_pb2.TestResult())  # refuses fields it does not know
    assert seen.result == "PASSED"
    assert list(seen.passed_tests) == [
        "block-adult at moderate",
        "allow at moderate",
        "block-adult at most",
        "allow at most",
    ]
    assert (list(seen.warned_tests), list(seen.failed_tests)) == ([], [])
    for descriptor in seen.configuration:
        ResourceDescriptor.copy_from_pb(descriptor).validate()
    assert {descriptor.name: dict(descriptor.digest)["sha256"] for descriptor in seen.configuration} == {
        "criteria": canonical.digest(canonical.dumps(PROFILE)),
        "corpus": "c" * 64,
        **{
            name: canonical.digest((folder.path / name).read_bytes())
            for name in ("spec.json", "plan.jsonl", "seal.json")
        },
    }


def test_other_software_takes_the_signature(text: str) -> None:
    public = KEY.public_key()
    raw = public.public_bytes_raw().hex()
    by = keys.fingerprint(public)
    key = Key.from_dict(by, {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": raw}})
    assert list(Envelope.from_dict(json.loads(text)).verify([key], 1)) == [by]
    forged = json.loads(text)
    forged["payload"] = base64.b64encode(base64.b64decode(forged["payload"]).replace(b"PASSED", b"FAILED")).decode()
    with pytest.raises(VerificationError):
        Envelope.from_dict(forged).verify([key], 1)


def test_the_signature_is_over_what_dsse_says(text: str) -> None:
    """https://github.com/secure-systems-lab/dsse/blob/master/protocol.md: PAE(type, body), built here by hand."""
    envelope = json.loads(text)
    body = base64.b64decode(envelope["payload"])
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    signed = b"DSSEv1 28 application/vnd.in-toto+json " + str(len(body)).encode() + b" " + body
    KEY.public_key().verify(base64.b64decode(envelope["signatures"][0]["sig"]), signed)


def test_same_run_same_bytes(folder: RunFolder, text: str, tmp_path: Path) -> None:
    moved = RunFolder(Path(shutil.copytree(folder.path, tmp_path / "elsewhere")))
    assert attest(moved, derive(moved), KEY) == text


@pytest.mark.parametrize(
    ("wrong", "result", "where"),
    [
        (0, "PASSED", "passedTests"),
        (4, "WARNED", "warnedTests"),  # a third of the pages, within the bound of a half, but not certainly so
        (8, "FAILED", "failedTests"),  # two thirds, beyond it, but not certainly so
        (12, "FAILED", "failedTests"),
    ],
)
def test_results(tmp_path: Path, wrong: int, result: str, where: str) -> None:
    found = predicate(run(tmp_path / "run", through(wrong)))
    assert found["result"] == result
    assert "block-adult at moderate" in found[where]
    tests = [name for key in ("passedTests", "warnedTests", "failedTests") for name in found[key]]
    assert sorted(tests) == ["allow at moderate", "block-adult at moderate"]


def test_what_is_undecided_stands_in_no_list_but_is_named(tmp_path: Path) -> None:
    fates = {**through(12), **{f"news-{number:02}": "challenged" for number in range(12)}}
    found = predicate(run(tmp_path / "run", fates))
    assert (found["result"], found["failedTests"]) == ("FAILED", ["block-adult at moderate"])
    assert found["passedTests"] == found["warnedTests"] == []
    (criteria,) = [item for item in found["configuration"] if item["name"] == "criteria"]
    assert criteria["annotations"]["undecided"] == ["allow at moderate"]


def test_clauses_that_a_person_judged_are_tests_too(folder: RunFolder, tmp_path: Path) -> None:
    folder = RunFolder(Path(shutil.copytree(folder.path, tmp_path / "run")))
    judged(folder, "5.1", Finding.MET)
    found = predicate(folder)
    assert (found["result"], found["passedTests"][-1]) == ("PASSED", "clause 5.1")
    assert found["configuration"][-1] == {
        "name": "addenda/seal.json",
        "digest": {"sha256": canonical.digest((folder.path / "addenda" / "seal.json").read_bytes())},
    }
    judged(folder, "5.2", Finding.NOT_MET)
    found = predicate(folder)
    assert (found["result"], found["failedTests"]) == ("FAILED", ["clause 5.2"])


@pytest.mark.parametrize(
    ("fates", "stop", "words"),
    [
        ({f"adult-{number:02}": "challenged" for number in range(12)}, None, "it is inconclusive"),
        (None, {"complete": False, "reason": "the product died"}, "The run was stopped: the product died"),
    ],
)
def test_nothing_decided_is_not_attested(
    tmp_path: Path, fates: dict[str, str] | None, stop: dict[str, Any] | None, words: str
) -> None:
    folder = run(tmp_path / "run", fates, stop=stop)
    with pytest.raises(EvidenceError, match=f"the run decides nothing, so there is nothing to attest: {words}"):
        attest(folder, derive(folder), KEY)


def forged(text: str, change: Callable[[dict[str, Any]], object], key: Ed25519PrivateKey = KEY) -> str:
    """Another statement, well signed."""
    told = json.loads(base64.b64decode(json.loads(text)["payload"]))
    change(told)
    return canonical.pretty(signature.envelope(canonical.dumps(told).encode(), PAYLOAD, key))


FLAWS: dict[str, tuple[Callable[[str], str], str]] = {
    "another result": (
        lambda text: forged(text, lambda told: told["predicate"].update(result="WARNED")),
        "does not follow from the evidence",
    ),
    "another product": (
        lambda text: forged(text, lambda told: told["subject"][0].update(name="better")),
        "does not follow from the evidence",
    ),
    "another key": (lambda text: forged(text, lambda told: None, OTHER), "signed by another key"),
    "another type": (
        lambda text: canonical.pretty(signature.envelope(base64.b64decode(json.loads(text)["payload"]), "text/x", KEY)),
        "signs 'text/x'",
    ),
    "changed": (lambda text: text.replace('"payload": "ey', '"payload": "eX'), "the signature does not hold"),
    "respaced": (lambda text: text + " ", "does not follow from the evidence"),
    "empty": (lambda text: "", "no attestation of this run"),
    "a list": (lambda text: "[]", "no attestation of this run"),
    "deep": (lambda text: "[" * 100_000, "no attestation of this run"),
}


@pytest.mark.parametrize(("edit", "words"), FLAWS.values(), ids=FLAWS)
def test_flaws(folder: RunFolder, text: str, tmp_path: Path, edit: Callable[[str], str], words: str) -> None:
    file = tmp_path / "attestation.dsse.json"
    file.write_text(edit(text), "utf-8")
    assert words in flaw(file, folder, derive(folder), None)


def test_an_attestation_that_holds(folder: RunFolder, text: str, tmp_path: Path) -> None:
    file = tmp_path / "attestation.dsse.json"
    file.write_text(text, "utf-8")
    assert flaw(file, folder, derive(folder), None) == ""
    assert flaw(file, folder, derive(folder), KEY.public_key()) == ""
    assert "signed by another key" in flaw(file, folder, derive(folder), OTHER.public_key())


def test_whose_attestation_of_an_unsigned_run_it_is_takes_a_key(folder: RunFolder, text: str, tmp_path: Path) -> None:
    bare = RunFolder(Path(shutil.copytree(folder.path, tmp_path / "run")))
    bare.signature_file.unlink()
    bare.signer_file.unlink()
    file = bare.path / "attestation.dsse.json"
    file.write_text(text, "utf-8")
    assert "can only be checked with a key" in flaw(file, bare, derive(bare), None)
    assert flaw(file, bare, derive(bare), KEY.public_key()) == ""
