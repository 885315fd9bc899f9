"""The seal and its signature: whatever changes after they were set is found."""

import base64
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from harness.evidence import keys, seal, signature
from harness.evidence.folder import RunFolder
from harness.evidence.journal import segment_name
from harness.model import canonical
from harness.model.errors import EvidenceError, UsageError
from tests.builders import case, run_folder, sealed_run, spec, write_segment

PROFILES = ("product", "parameters", "corpus", "criteria", "rules")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sealed_run(tmp_path_factory.mktemp("sealed") / "run").path


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> RunFolder:
    return RunFolder(Path(shutil.copytree(pristine, tmp_path / "run")))


def blob(folder: RunFolder) -> Path:
    return folder.blobs.path(next(folder.blobs.digests()))


def test_untouched(folder: RunFolder) -> None:
    assert seal.verify(folder) == []


def test_a_link_to_what_is_no_file_is_not_read(folder: RunFolder) -> None:
    for path in (folder.journal / segment_name(2), blob(folder)):
        path.unlink()
        path.symlink_to("/dev/zero")
    found = seal.verify(folder)
    assert any("000002.jsonl: missing" in item for item in found)
    assert any("blob changed" in item for item in found)


def test_moved_and_read_it_still_holds(folder: RunFolder, tmp_path: Path) -> None:
    moved = RunFolder(folder.path.rename(tmp_path / "elsewhere"))
    assert len(list(moved.reader())) == 4
    moved.derived.mkdir()
    moved.result_file.write_text("{}")
    assert seal.verify(moved) == []


def test_sealed_once(folder: RunFolder) -> None:
    with pytest.raises(EvidenceError, match="sealed already"):
        seal.write(folder)


def test_a_broken_run_is_not_sealed(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run")
    (folder.journal / segment_name(1)).unlink()
    with pytest.raises(EvidenceError, match="missing"):
        seal.write(folder)
    assert not folder.seal_file.exists()


def test_not_sealed(tmp_path: Path) -> None:
    assert "not sealed" in seal.verify(run_folder(tmp_path / "run"))[0]


def test_a_run_without_its_end_is_not_sealed(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run")
    write_segment(folder, {"step": 5})
    with pytest.raises(EvidenceError, match="journal: the last record is not the end of the run"):
        seal.write(folder)
    (folder.journal / segment_name(4)).unlink()
    seal.write(folder)


@pytest.mark.parametrize("kind", ["attempt", "canary"])
@pytest.mark.parametrize("key", ["dom_blob", "screenshot_blob"])
def test_every_blob_that_a_record_refers_to_must_be_there(tmp_path: Path, kind: str, key: str) -> None:
    folder = run_folder(tmp_path / "run")
    seen = {key: "5" * 64}
    write_segment(folder, seen if kind == "attempt" else {"observation": seen}, kind=kind)
    write_segment(folder, {"complete": True}, kind="stop")
    with pytest.raises(EvidenceError, match=r"5{64}: blob missing, and record 5 refers to it"):
        seal.write(folder)


def test_a_changed_blob_is_not_sealed(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run")
    blob(folder).write_bytes(b"")
    with pytest.raises(EvidenceError, match="blob changed"):
        seal.write(folder)


def test_what_it_says(folder: RunFolder) -> None:
    """Everything a run rests on, and the root recomputed from RFC 6962 alone."""
    said = json.loads(folder.seal_file.read_bytes())
    digests = list(folder.blobs.digests())
    assert said["schema"] == "pas-harness/seal/2"
    assert (said["versions"], said["records"], said["blobs"]) == ([{"pas-harness": "0"}], 4, digests)
    leaves = [[name, said[name]] for name in PROFILES]
    leaves.append(["versions", hashlib.sha256(b'[{"pas-harness":"0"}]').hexdigest()])
    leaves += [[f"blobs/{digest[:2]}/{digest}", digest] for digest in digests]
    leaves += [[f"journal/{name}", digest] for name, digest in said["segments"].items()]
    leaves += [["plan.jsonl", said["plan"]], ["spec.json", said["spec"]]]
    row = [hashlib.sha256(b"\0" + json.dumps(leaf, separators=(",", ":")).encode()).digest() for leaf in leaves]
    while len(row) > 1:
        joined = [hashlib.sha256(b"\1" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        row = joined + row[len(joined) * 2 :]
    assert said["root"] == row[0].hex()


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("product", {"product_digest": "1"}),
        ("criteria", {"criteria_digest": "1"}),
        ("corpus", {"corpus": {"digest": "1"}}),
        ("rules", {"rules": {}}),
        ("parameters", {"params": {"lists": "x"}}),
        ("parameters", {"params_digests": {"lists": "1"}}),
    ],
)
def test_it_tells_which_profile_differs(tmp_path: Path, key: str, change: dict[str, Any]) -> None:
    said = []
    for name, changes in (("one", {}), ("other", change)):
        folder = RunFolder(tmp_path / name)
        folder.create(spec(**changes), (case(),))
        write_segment(folder, {"versions": {}}, kind="start")
        write_segment(folder, {"complete": True}, kind="stop")
        said.append(seal.contents(folder))
    assert [name for name in PROFILES if said[0][name] != said[1][name]] == [key]
    assert said[0]["root"] != said[1]["root"]


def test_a_torn_tail_may_be_sealed(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run")
    last = folder.journal / segment_name(3)
    last.write_bytes(last.read_bytes() + b'{"at')
    seal.write(folder)
    assert seal.verify(folder) == []
    last.write_bytes(last.read_bytes()[:-1])
    assert seal.verify(folder)


def extra_segment(folder: RunFolder) -> None:
    write_segment(folder, {"step": 5})


def forged_chain(folder: RunFolder) -> None:
    """A journal written anew, its chain whole, with less in it."""
    shutil.rmtree(folder.journal)
    write_segment(folder, {"versions": {"pas-harness": "0"}}, kind="start")
    write_segment(folder, {"complete": True, "reason": ""}, kind="stop")


def resealed(change: dict[str, Any]) -> Callable[[RunFolder], None]:
    """The seal says something else, and its root fits."""

    def edit(folder: RunFolder) -> None:
        said = {**json.loads(folder.seal_file.read_bytes()), **change}
        folder.seal_file.write_text(canonical.pretty({**said, "root": seal.root_of(said)}))

    return edit


EDITS: dict[str, tuple[Callable[[RunFolder], object], str]] = {
    "spec changed": (lambda f: f.spec_file.write_bytes(f.spec_file.read_bytes() + b"\n"), "spec.json: changed"),
    "spec removed": (lambda f: f.spec_file.unlink(), "spec.json: missing"),
    "spec is garbage": (lambda f: f.spec_file.write_bytes(b"[["), "spec.json: changed"),
    "plan changed": (lambda f: f.plan_file.write_bytes(f.plan_file.read_bytes() * 2), "plan.jsonl: changed"),
    "plan removed": (lambda f: f.plan_file.unlink(), "plan.jsonl: missing"),
    "segment emptied": (lambda f: (f.journal / segment_name(2)).write_bytes(b""), "000002.jsonl: changed"),
    "last segment removed": (lambda f: (f.journal / segment_name(3)).unlink(), "000003.jsonl: missing"),
    "first segment removed": (lambda f: (f.journal / segment_name(1)).unlink(), "000001.jsonl: missing"),
    "journal removed": (lambda f: shutil.rmtree(f.journal), "000001.jsonl: missing"),
    "segment added": (extra_segment, "000004.jsonl: not part of the sealed run"),
    "empty segment added": (lambda f: (f.journal / segment_name(4)).touch(), "000004.jsonl: not part"),
    "chain forged": (forged_chain, "000002.jsonl: changed"),
    "blob changed": (lambda f: blob(f).write_bytes(b"else"), "blob changed"),
    "blob removed": (lambda f: blob(f).unlink(), "blob missing, and record 3 refers to it"),
    "blob added": (lambda f: f.blobs.put(b"more"), "not part of the sealed run"),
    "blobs removed": (lambda f: shutil.rmtree(f.blobs.root), "blob missing"),
    "seal removed": (lambda f: f.seal_file.unlink(), "not sealed"),
    "seal emptied": (lambda f: f.seal_file.write_bytes(b""), "not a seal"),
    "seal of another kind": (lambda f: f.seal_file.write_text('{"schema": "other/1"}'), "schema 'other/1'"),
    "seal is a list": (lambda f: f.seal_file.write_text("[]"), "not a seal"),
    "seal too deep": (lambda f: f.seal_file.write_text("[" * 100_000), "not a seal"),
    "seal respaced": (lambda f: f.seal_file.write_text(f.seal_file.read_text() + " "), "seal.json: changed"),
    "seal says torn": (
        lambda f: f.seal_file.write_text(f.seal_file.read_text().replace('"torn": 0', '"torn": 9')),
        "seal.json: changed",
    ),
    "seal of another root": (
        lambda f: f.seal_file.write_text(f.seal_file.read_text().replace(seal.root(f), "0" * 64)),
        "seal.json: changed",
    ),
    "seal of another corpus": (resealed({"corpus": "0"}), "seal.json: changed"),
    "seal of other versions": (resealed({"versions": []}), "seal.json: changed"),
    "seal reaches outside": (resealed({"blobs": ["../../../x", "/dev/zero"]}), "missing since the seal"),
    "seal without segments": (resealed({"segments": {}}), "000001.jsonl: not part of the sealed run"),
    "seal of no strings": (
        lambda f: f.seal_file.write_text(canonical.pretty({**json.loads(f.seal_file.read_bytes()), "blobs": [1]})),
        "not a seal",
    ),
}


@pytest.mark.parametrize(("edit", "words"), EDITS.values(), ids=EDITS)
def test_finds(folder: RunFolder, edit: Callable[[RunFolder], object], words: str) -> None:
    edit(folder)
    found = seal.verify(folder)
    assert any(words in item for item in found), found


def test_finds_all_at_once(folder: RunFolder) -> None:
    folder.plan_file.unlink()
    blob(folder).unlink()
    extra_segment(folder)
    assert len(seal.verify(folder)) >= 3


def test_the_line_is_named(folder: RunFolder) -> None:
    path = folder.journal / segment_name(2)
    path.write_bytes(path.read_bytes().replace(b'"n":3', b'"n":4'))
    assert any(f"{path}:2: the chain breaks here" in item for item in seal.verify(folder))


def test_evidence_and_seal_rewritten_together_are_not_found(folder: RunFolder) -> None:
    """The limit of a seal without a signature: who holds a copy of it, or its digest, finds this too."""
    before = canonical.digest(folder.seal_file.read_bytes())
    folder.seal_file.unlink()
    forged_chain(folder)
    seal.write(folder)
    assert seal.verify(folder) == []
    assert canonical.digest(folder.seal_file.read_bytes()) != before


LAB, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
TRUSTED = LAB.public_key()


@pytest.fixture
def signed(folder: RunFolder) -> RunFolder:
    seal.sign(folder, LAB)
    return folder


def test_signed(signed: RunFolder) -> None:
    assert seal.signer(signed) == keys.fingerprint(TRUSTED)
    assert seal.verify(signed) == seal.verify(signed, TRUSTED) == []
    envelope = json.loads(signed.signature_file.read_bytes())
    assert envelope["payloadType"] == "application/vnd.pas-harness.seal+json"
    assert base64.b64decode(envelope["payload"]) == signed.seal_file.read_bytes()
    assert keys.public(signed.signer_file) == TRUSTED


def test_not_signed(folder: RunFolder) -> None:
    assert seal.signer(folder) == ""
    (problem,) = seal.verify(folder, TRUSTED)
    assert "seal.sig.json: missing; the run is not signed" in problem


def test_signed_by_another(signed: RunFolder) -> None:
    (problem,) = seal.verify(signed, OTHER.public_key())
    assert f"seal.sig.json: signed by another key, {keys.fingerprint(TRUSTED)}" in problem


def test_signed_again(signed: RunFolder) -> None:
    before = {path: path.read_bytes() for path in signed.path.glob("seal*")}
    seal.sign(signed, LAB)
    assert {path: path.read_bytes() for path in signed.path.glob("seal*")} == before
    with pytest.raises(UsageError, match=r"seal\.sig\.json: another key, [0-9a-f]{64}, has signed this run"):
        seal.sign(signed, OTHER)
    assert {path: path.read_bytes() for path in signed.path.glob("seal*")} == before


def test_only_a_key_left_by_an_interrupted_signing(signed: RunFolder) -> None:
    before = signed.signature_file.read_bytes()
    signed.signature_file.unlink()
    assert any("seal.sig.json" in problem for problem in seal.verify(signed))
    seal.sign(signed, LAB)
    assert signed.signature_file.read_bytes() == before


def test_what_does_not_stand_is_not_signed(folder: RunFolder) -> None:
    blob(folder).unlink()
    with pytest.raises(EvidenceError, match=r"not signed, because the evidence does not stand: .*blob missing"):
        seal.sign(folder, LAB)
    folder.seal_file.unlink()
    with pytest.raises(EvidenceError, match="the run is not sealed"):
        seal.sign(folder, LAB)
    assert not folder.signature_file.exists()
    assert not folder.signer_file.exists()


SPOILT: dict[str, tuple[Callable[[RunFolder], object], str]] = {
    "signature removed": (lambda f: f.signature_file.unlink(), "seal.sig.json: No such file"),
    "signature is no JSON": (lambda f: f.signature_file.write_bytes(b"\xff"), "seal.sig.json: not a signature"),
    "signature too deep": (lambda f: f.signature_file.write_text("[" * 100_000), "seal.sig.json: not a signature"),
    "signature of something else": (
        lambda f: f.signature_file.write_text(canonical.pretty(signature.envelope(b"{}", seal.PAYLOAD_TYPE, LAB))),
        "seal.json: not the seal that was signed",
    ),
    "signature respaced": (
        lambda f: f.signature_file.write_bytes(f.signature_file.read_bytes() + b"\n"),
        "seal.sig.json: changed",
    ),
    "key removed": (lambda f: f.signer_file.unlink(), "seal.pub: cannot be read"),
    "key of another": (lambda f: f.signer_file.write_bytes(keys.pem(OTHER.public_key())), "seal.pub"),
    "key with a note": (
        lambda f: f.signer_file.write_bytes(f.signer_file.read_bytes() + b"a note\n"),
        "seal.pub: changed",
    ),
    "private key": (
        lambda f: keys.create(f.path / "x").sign(b"") and (f.path / "x").replace(f.signer_file),
        "seal.pub: an",
    ),
    "seal replaced": (resealed({"corpus": "0"}), "seal.json: not the seal that was signed"),
    "seal removed": (lambda f: f.seal_file.unlink(), "seal.json: not the seal that was signed"),
}


@pytest.mark.parametrize("trusted", [None, TRUSTED], ids=["", "trusted"])
@pytest.mark.parametrize(("edit", "words"), SPOILT.values(), ids=SPOILT)
def test_a_signature_must_hold(
    signed: RunFolder, edit: Callable[[RunFolder], object], words: str, trusted: Ed25519PublicKey | None
) -> None:
    edit(signed)
    found = seal.verify(signed, trusted)
    assert any(words in item for item in found), found
    with pytest.raises(EvidenceError):
        seal.signer(signed)
