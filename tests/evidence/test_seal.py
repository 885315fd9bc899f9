"""The seal: whatever changes after it was set is found."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.evidence import seal
from harness.evidence.folder import RunFolder
from harness.evidence.journal import segment_name
from harness.model import canonical
from harness.model.errors import EvidenceError
from tests.builders import run_folder, sealed_run, write_segment


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sealed_run(tmp_path_factory.mktemp("sealed") / "run").path


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> RunFolder:
    return RunFolder(Path(shutil.copytree(pristine, tmp_path / "run")))


def sealed_files(folder: RunFolder) -> list[Path]:
    return [
        folder.spec_file,
        folder.plan_file,
        *sorted(folder.journal.iterdir()),
        *sorted(folder.blobs.root.glob("??/*")),
    ]


def blob(folder: RunFolder) -> Path:
    return folder.blobs.path(next(folder.blobs.digests()))


def test_untouched(folder: RunFolder) -> None:
    assert seal.verify(folder) == []


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


def test_a_torn_tail_may_be_sealed(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run")
    last = folder.journal / segment_name(2)
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
    write_segment(folder, {"step": 1})
    write_segment(folder, {"step": 3})


EDITS: dict[str, tuple[Callable[[RunFolder], object], str]] = {
    "spec changed": (lambda f: f.spec_file.write_bytes(f.spec_file.read_bytes() + b"\n"), "spec.json: changed"),
    "spec removed": (lambda f: f.spec_file.unlink(), "spec.json: changed or missing"),
    "plan changed": (lambda f: f.plan_file.write_bytes(f.plan_file.read_bytes() * 2), "plan.jsonl: changed"),
    "plan removed": (lambda f: f.plan_file.unlink(), "plan.jsonl: changed or missing"),
    "segment emptied": (lambda f: (f.journal / segment_name(2)).write_bytes(b""), "000002.jsonl: changed"),
    "last segment removed": (lambda f: (f.journal / segment_name(2)).unlink(), "000002.jsonl: changed or missing"),
    "first segment removed": (lambda f: (f.journal / segment_name(1)).unlink(), "000001.jsonl: changed or missing"),
    "journal removed": (lambda f: shutil.rmtree(f.journal), "000001.jsonl: changed or missing"),
    "segment added": (extra_segment, "000003.jsonl: not part of the sealed run"),
    "empty segment added": (lambda f: (f.journal / segment_name(3)).touch(), "000003.jsonl: not part"),
    "chain forged": (forged_chain, "the end is changed or cut"),
    "blob changed": (lambda f: blob(f).write_bytes(b"else"), "blob changed"),
    "blob removed": (lambda f: blob(f).unlink(), "blob missing"),
    "blob added": (lambda f: f.blobs.put(b"more"), "blob not part of the sealed run"),
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


def edited(data: bytes, rng: random.Random) -> bytes:
    """One random edit: a byte changed, inserted or deleted, a run cut out, two bytes swapped, or the end cut off."""
    at, other = rng.randrange(len(data)), rng.randrange(len(data))
    match rng.choice(["flip", "set", "insert", "delete", "cut", "swap", "truncate", "append"]):
        case "flip":
            return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
        case "set":
            return data[:at] + rng.randbytes(1) + data[at + 1 :]
        case "insert":
            return data[:at] + rng.randbytes(1) + data[at:]
        case "delete":
            return data[:at] + data[at + 1 :]
        case "cut":
            return data[: min(at, other)] + data[max(at, other) :]
        case "swap":
            changed = bytearray(data)
            changed[at], changed[other] = changed[other], changed[at]
            return bytes(changed)
        case "append":
            return data + rng.randbytes(1)
        case _:
            return data[:at]


def test_every_random_edit_is_found(folder: RunFolder) -> None:
    rng = random.Random(74)
    files = [*sealed_files(folder), folder.seal_file]
    contents = {path: path.read_bytes() for path in files}
    done = 0
    while done < 500:
        path = rng.choice(files)
        changed = edited(contents[path], rng)
        if changed == contents[path]:
            continue
        path.write_bytes(changed)
        assert seal.verify(folder), f"edit {done} of {path.name} not found: {changed!r}"
        path.write_bytes(contents[path])
        done += 1
    assert seal.verify(folder) == []


def test_evidence_and_seal_rewritten_together_are_not_found(folder: RunFolder) -> None:
    """The limit of a seal without a signature: who holds a copy of it, or its digest, finds this too."""
    before = canonical.digest(folder.seal_file.read_bytes())
    folder.seal_file.unlink()
    forged_chain(folder)
    seal.write(folder)
    assert seal.verify(folder) == []
    assert canonical.digest(folder.seal_file.read_bytes()) != before
