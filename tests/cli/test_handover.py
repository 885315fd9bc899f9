"""`harness bundle`, `attest` and `verify` as a laboratory and whoever checks on it meet them."""

import json
import random
import shutil
import tempfile
import time
import zipfile
from pathlib import Path

import pytest

from harness.cli import actions, handover
from harness.evidence import bundle, keys, seal
from harness.evidence.folder import RunFolder
from harness.report import check
from tests import live
from tests.report import runs

STANDS = "the evidence is as it was sealed, and the results follow from it"


class Desk:
    """A laboratory's run with results, and its keys."""

    def __init__(self, place: Path, pristine: Path) -> None:
        self.place = place
        self.folder = RunFolder(Path(shutil.copytree(pristine, place / "run")))
        self.key, self.other = place / "lab.key", place / "other.key"
        keys.create(self.key)
        keys.create(self.other)
        self.public, self.other_public = keys.public_path(self.key), keys.public_path(self.other)
        self.bundle = place / "run.pasbundle.zip"

    def sign(self) -> str:
        """The run signed, and its report written again, as it names the key; returns the fingerprint."""
        seal.sign(self.folder, keys.private(self.key))
        actions.write_results(self.folder)
        return seal.signer(self.folder)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = runs.run(tmp_path_factory.mktemp("handover") / "run", runs.cases(12, 12))
    actions.write_results(folder)
    return folder.path


@pytest.fixture
def desk(pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.delenv("HARNESS_KEY", raising=False)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    (tmp_path / "desk").mkdir()
    return Desk(tmp_path / "desk", pristine)


@pytest.fixture(autouse=True)
def tidy(tmp_path: Path) -> object:
    yield
    assert list((tmp_path / "temporary").iterdir()) == []


def test_handed_over_and_checked_elsewhere(desk: Desk) -> None:
    by = desk.sign()
    assert live.command("attest", desk.folder.path, "--key", desk.key).code == 0
    ended = live.command("bundle", desk.folder.path)
    assert (ended.code, ended.out, ended.err) == (0, f"{desk.bundle}\n", "")
    shutil.rmtree(desk.folder.path)
    ended = live.command("verify", desk.bundle, "--key", desk.public)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        STANDS,
        "recomputed: 24 verdicts, 8 rates, 2 decisions",
        "these files say the same: README.txt, attestation.dsse.json, derived/decisions.json,"
        " derived/verdicts.parquet, derived/witnesses.parquet, formats/earl.jsonld, formats/oscal.json,"
        " formats/rates.csv, formats/results.sarif, formats/verdicts.csv, junit.xml, report.html, result.json",
        f"signed with the key given, {by}",
    ]


def test_without_a_key_given_a_signature_is_said_to_show_little(desk: Desk) -> None:
    by = desk.sign()
    live.command("bundle", desk.folder.path)
    for run in (desk.folder.path, desk.bundle):
        ended = live.command("verify", run)
        assert (ended.code, ended.err) == (0, "")
        assert f"signed with key {by}; this only shows that whoever holds that key signed it." in ended.out
        assert "--key" in ended.out


def test_not_signed(desk: Desk) -> None:
    ended = live.command("verify", desk.folder.path)
    assert ended.code == 0
    assert "not signed: nothing here says who sealed it" in ended.out
    ended = live.command("verify", desk.folder.path, "--key", desk.public)
    assert ended.code == 3
    assert "the run is not signed" in ended.out


def test_another_key(desk: Desk) -> None:
    desk.sign()
    live.command("bundle", desk.folder.path)
    ended = live.command("verify", desk.bundle, "--key", desk.other_public)
    assert ended.code == 3
    assert f"{desk.bundle}/seal.sig.json: signed by another key" in ended.out
    assert ended.err == "error: 1 problem: this evidence does not stand\n"


@pytest.mark.parametrize("command", ["attest", "verify"])
def test_keys_of_the_wrong_kind(desk: Desk, command: str) -> None:
    wrong = desk.public if command == "attest" else desk.key
    for key, words in ((wrong, "is needed"), (desk.place / "nowhere", "cannot be read")):
        ended = live.command(command, desk.folder.path, "--key", key)
        assert (ended.code, ended.out) == (4, "")
        assert f"error: {key}: " in ended.err
        assert words in ended.err


def test_no_results_are_said_to_be_missing(desk: Desk) -> None:
    for folder in (desk.folder.derived, desk.folder.path / "formats"):
        shutil.rmtree(folder)
    for name in ("junit.xml", "report.html", "result.json"):
        (desk.folder.path / name).unlink()
    assert live.command("bundle", desk.folder.path).code == 0
    for run in (desk.folder.path, desk.bundle):
        ended = live.command("verify", run)
        assert ended.code == 0
        assert "recomputed: 24 verdicts" in ended.out
        assert "no results lie beside the evidence; `harness score` makes them anew" in ended.out


def test_a_report_that_does_not_follow_is_neither_packed_nor_attested(desk: Desk) -> None:
    desk.sign()
    report = desk.folder.path / "report.html"
    report.write_text(report.read_text("utf-8").replace("pass", "Pass"), "utf-8")
    for command in (
        ("verify", desk.folder.path),
        ("bundle", desk.folder.path),
        ("attest", desk.folder.path, "--key", desk.key),
    ):
        ended = live.command(*command)
        assert ended.code == 3
        assert ended.out == f"{report}: {check.OTHER}\n"
        assert ended.err == "error: 1 problem: this evidence does not stand\n"
    assert not desk.bundle.exists()
    assert not (desk.folder.path / "attestation.dsse.json").exists()


def test_a_forged_report_in_a_bundle_is_named_by_the_bundle(desk: Desk, tmp_path: Path) -> None:
    live.command("bundle", desk.folder.path)
    forged = tmp_path / "forged.zip"
    copy = RunFolder(Path(shutil.copytree(desk.folder.path, tmp_path / "copy")))
    (copy.path / "report.html").write_text("<h1>Pass</h1>", "utf-8")
    bundle.pack(copy, forged)
    ended = live.command("verify", forged)
    assert ended.code == 3
    assert f"{forged}/report.html: does not follow from the evidence" in ended.out
    assert "pas-harness-bundle" not in ended.out + ended.err


def test_a_signature_that_does_not_hold_is_named_by_the_bundle(desk: Desk, tmp_path: Path) -> None:
    desk.sign()
    live.command("bundle", desk.folder.path)
    with zipfile.ZipFile(desk.bundle) as archive:
        parts = [(member, archive.read(member)) for member in archive.infolist()]
    with zipfile.ZipFile(desk.bundle, "w") as archive:
        for member, data in parts:
            changed = data.replace(b'"sig": "', b'"sig": "AAAA') if member.filename == "seal.sig.json" else data
            archive.writestr(member, changed, member.compress_type)
    ended = live.command("verify", desk.bundle)
    assert ended.code == 3
    assert ended.out.startswith(f"{desk.bundle}/seal.sig.json")
    assert "pas-harness-bundle" not in ended.out + ended.err


def test_places_that_will_not_do(desk: Desk) -> None:
    desk.sign()
    out = desk.place / "no" / "file"
    for command in (("bundle", desk.folder.path), ("attest", desk.folder.path, "--key", desk.key)):
        ended = live.command(*command, "--out", out)
        assert (ended.code, ended.out) == (4, "")
        assert ended.err == f"error: {out}: cannot be written: No such file or directory\n"


def test_nothing_is_overwritten(desk: Desk, tmp_path: Path) -> None:
    desk.sign()
    there = tmp_path / "there"
    there.write_text("mine")
    for command in (("bundle", desk.folder.path), ("attest", desk.folder.path, "--key", desk.key)):
        ended = live.command(*command, "--out", there)
        assert (ended.code, ended.out) == (4, "")
        assert ended.err.startswith(f"error: {there}: exists already")
    assert there.read_text() == "mine"


def test_attested_by_the_key_of_the_run_only(desk: Desk) -> None:
    command = ("attest", desk.folder.path, "--key", desk.key)
    assert "not the key that the run is signed with" in live.command(*command).err
    desk.sign()
    assert live.command("attest", desk.folder.path, "--key", desk.other).code == 4
    elsewhere = desk.place / "attestation.json"
    assert live.command(*command, "--out", elsewhere).out == f"{elsewhere}\n"
    assert json.loads(elsewhere.read_text("utf-8"))["payloadType"] == "application/vnd.in-toto+json"
    assert not (desk.folder.path / "attestation.dsse.json").exists()


def test_a_void_run_can_be_handed_over_but_not_attested(desk: Desk) -> None:
    shutil.rmtree(desk.folder.path)
    stop = {"complete": False, "reason": "the product died"}
    desk.folder = runs.run(desk.folder.path, runs.cases(12, 12), stop=stop)
    desk.sign()
    ended = live.command("attest", desk.folder.path, "--key", desk.key)
    assert (ended.code, ended.out) == (3, "")
    assert "the run decides nothing, so there is nothing to attest: The run was stopped: the product died" in ended.err
    assert live.command("bundle", desk.folder.path).code == 0
    assert live.command("verify", desk.bundle, "--key", desk.public).code == 0


def test_an_unsealed_run_is_not_handed_over(desk: Desk) -> None:
    desk.folder.seal_file.unlink()
    for command in (("bundle", desk.folder.path), ("attest", desk.folder.path, "--key", desk.key)):
        ended = live.command(*command)
        assert ended.code == 3
        assert "the run is not sealed" in ended.out
    assert sorted(path.name for path in desk.place.iterdir()) == [
        "lab.key",
        "lab.key.pub",
        "other.key",
        "other.key.pub",
        "run",
    ]


@pytest.mark.parametrize("name", ["bundle", "attest", "verify"])
def test_what_is_no_run(desk: Desk, name: str) -> None:
    more = ("--key", desk.key) if name == "attest" else ()
    empty = desk.place / "empty"
    empty.mkdir()
    for folder in (empty, desk.place / "nowhere"):
        ended = live.command(name, folder, *more)
        assert (ended.code, ended.out) == (4, "")
        assert ended.err == f"error: {folder}: not a run folder: neither spec.json nor seal.json\n"
    assert list(empty.iterdir()) == []


def test_the_default_bundle_lies_beside_the_folder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder.path)
    assert live.command("bundle", ".").out == f"{desk.bundle}\n"


def test_no_flipped_bit_ends_in_a_traceback_or_unseen(desk: Desk) -> None:
    """`tests/evidence/test_bundle.py` flips a thousand; here the whole command meets some."""
    live.command("bundle", desk.folder.path)
    whole = desk.bundle.read_bytes()
    said = live.command("verify", desk.bundle)
    rng = random.Random(5)
    codes = []
    for _ in range(60):
        at = rng.randrange(len(whole))
        desk.bundle.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1 :])
        ended = live.command("verify", desk.bundle)
        codes.append(ended.code)
        assert ended.code in (3, 4) or ended == said
        assert ended.err.count("\n") == (ended.code != 0)
    assert codes.count(0) < 6


def test_progress_is_shown_on_a_terminal_once_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("FORCE_COLOR", "1")
    with handover._progress() as tell:
        tell("quickly done")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(handover, "PATIENCE_SECONDS", 0.0)
    with handover._progress() as tell:
        tell("slowly done")
        time.sleep(0.3)
    shown = capsys.readouterr()
    assert "slowly done" in shown.err
    assert shown.out == ""
