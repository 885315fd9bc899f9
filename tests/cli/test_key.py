"""`harness key` and `harness sign` as a person meets them."""

import json
from pathlib import Path

import pytest

from harness.cli import actions
from harness.evidence import addenda, keys, seal
from harness.evidence.folder import RunFolder
from harness.model.addendum import Invalidation
from tests import builders, live
from tests.report import runs


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    assert live.command("key", "new", tmp_path / "lab").code == 0
    return tmp_path / "lab"


def test_a_new_key_and_what_is_shown_of_it(tmp_path: Path) -> None:
    path = tmp_path / "lab"
    ended = live.command("key", "new", path)
    fingerprint = keys.fingerprint(keys.public(tmp_path / "lab.pub"))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[-1] == f"fingerprint {fingerprint}"
    for file, kind in ((path, "an Ed25519 private key"), (tmp_path / "lab.pub", "an Ed25519 public key")):
        assert live.command("key", "show", file).out == f"{file}: {kind}\nfingerprint {fingerprint}\n"


def test_a_key_is_not_overwritten(lab: Path) -> None:
    before = lab.read_bytes()
    ended = live.command("key", "new", lab)
    assert (ended.code, ended.out) == (4, "")
    assert ended.err == f"error: {lab}: exists already, and a key is never overwritten\n"
    assert lab.read_bytes() == before


def test_a_run_is_signed(tmp_path: Path, lab: Path) -> None:
    folder = builders.sealed_run(tmp_path / "run")
    ended = live.command("sign", folder.path, "--key", lab)
    assert (ended.code, ended.err) == (0, "")
    fingerprint = keys.fingerprint(keys.public(keys.public_path(lab)))
    root = json.loads(folder.seal_file.read_bytes())["root"]
    assert ended.out.startswith(f"fingerprint {fingerprint}\nroot        {root}\n")
    assert f"harness verify {folder.path} --key lab.pub" in ended.out
    assert seal.verify(folder, keys.public(keys.public_path(lab))) == []


def test_a_report_written_before_names_the_signer_after(tmp_path: Path, lab: Path) -> None:
    folder = runs.run(tmp_path / "run", runs.cases(6, 6))
    actions.write_results(folder)
    assert live.command("sign", folder.path, "--key", lab).code == 0
    assert seal.signer(folder) in (folder.path / "report.html").read_text("utf-8")
    assert live.command("verify", folder.path, "--key", f"{lab}.pub").code == 0


def test_what_was_added_before_is_signed_too(tmp_path: Path, lab: Path) -> None:
    folder = builders.sealed_run(tmp_path / "run")
    said = {"author": "A. Tester", "reason": "the page was wrong", "date": builders.NOW}
    addenda.append(folder, Invalidation(case_id="case", setting="", blind=False, **said))
    assert live.command("sign", folder.path, "--key", lab).code == 0
    assert addenda.verify(folder, keys.public(keys.public_path(lab))) == []


def test_the_wrong_half_of_a_key(tmp_path: Path, lab: Path) -> None:
    folder = builders.sealed_run(tmp_path / "run")
    ended = live.command("sign", folder.path, "--key", f"{lab}.pub")
    assert (ended.code, ended.out) == (4, "")
    assert ended.err == f"error: {lab}.pub: an Ed25519 public key; an Ed25519 private key is needed\n"
    assert not folder.signature_file.exists()


def test_a_run_under_way_is_not_signed(tmp_path: Path, lab: Path) -> None:
    folder = builders.run_folder(tmp_path / "run")
    ended = live.command("sign", folder.path, "--key", lab)
    assert (ended.code, ended.out) == (3, "")
    assert "the run is not sealed" in ended.err
    assert not RunFolder(folder.path).signer_file.exists()
