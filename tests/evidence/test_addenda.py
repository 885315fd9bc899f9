"""Addenda: what people add is read back in order, belongs to one run, and cannot be changed unseen."""

import json
import multiprocessing
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harness.evidence import addenda, addenda_seal, disk, keys, seal
from harness.evidence.addenda_seal import SCHEMA, AddendaSeal, Files
from harness.evidence.folder import RunFolder
from harness.evidence.journal import Journal, Reader, Tail, segment_name, segments
from harness.model import canonical
from harness.model.addendum import Addendum, Adjudication, ClauseJudgement, Finding, Invalidation, data, kind
from harness.model.errors import EvidenceError, UsageError
from harness.model.words import Verdict
from tests.builders import NOW, case, criteria, run_folder, sealed_run, spec, write_segment

SAID: dict[str, Any] = {"author": "Ann Other", "reason": "seen", "blind": True, "date": NOW}
ADJUDICATION = Adjudication(
    case_id="case",
    setting="moderate",
    verdict=Verdict.BLOCKED,
    machine_verdict=Verdict.INDETERMINATE,
    machine_rule="indeterminate.challenge",
    **SAID,
)
INVALIDATION = Invalidation(case_id="other", setting="", **SAID)
JUDGEMENT = ClauseJudgement(clause="5.1", finding=Finding.MET, **SAID)
CLAUSES = (
    {"id": "4", "title": "Blocking", "assessed": "measured"},
    {"id": "5.1", "title": "Ease of use", "assessed": "by-hand", "note": "to be looked at"},
    {"id": "6", "title": "Chat", "assessed": "not-applicable", "note": "there is none"},
)
LAB, OTHER, THIRD = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = RunFolder(tmp_path_factory.mktemp("addenda") / "run")
    cases = (case(), case("other"))
    profile = criteria(clause=CLAUSES).model_dump(mode="json", by_alias=True)
    folder.create(spec(cases, settings=("moderate", "most"), criteria=profile), cases)
    write_segment(folder, {"versions": {}}, kind="start")
    write_segment(folder, {"complete": True, "reason": ""}, kind="stop")
    seal.write(folder)
    return folder.path


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> RunFolder:
    return RunFolder(Path(shutil.copytree(pristine, tmp_path / "run")))


@pytest.fixture
def signed(folder: RunFolder) -> RunFolder:
    """Signed, with two entries."""
    seal.sign(folder, LAB)
    addenda.append(folder, ADJUDICATION, LAB)
    addenda.append(folder, INVALIDATION, LAB)
    return folder


def files(folder: RunFolder) -> dict[str, bytes]:
    """Every file of the folder but its lock."""
    found = {str(path.relative_to(folder.path)): path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    found.pop(".lock", None)
    return found


def test_nothing_added(folder: RunFolder, tmp_path: Path) -> None:
    assert (addenda.read(folder), addenda.signer(folder), addenda.verify(folder)) == ((), "", [])
    assert addenda.verify(folder, LAB.public_key()) == []
    assert addenda.read(run_folder(tmp_path / "unsealed")) == ()


def test_all_is_read_in_order_and_the_run_is_as_it_was(folder: RunFolder) -> None:
    before = files(folder)
    said: list[Addendum] = [ADJUDICATION, INVALIDATION, JUDGEMENT, replace(ADJUDICATION, verdict=Verdict.ALLOWED)]
    for number, entry in enumerate(said, 1):
        addenda.append(folder, entry)
        assert addenda.read(folder) == tuple(said[:number])
        assert addenda.verify(folder) == []
        assert len(segments(Files(folder).home)) == number
    assert files(folder).items() >= before.items()
    assert seal.verify(folder) == []
    assert json.loads(Files(folder).seal.read_bytes())["records"] == 2 * len(said)


def test_what_was_added_first_is_never_written_again(folder: RunFolder) -> None:
    addenda.append(folder, ADJUDICATION)
    first = (Files(folder).home / segment_name(1)).read_bytes()
    addenda.append(folder, replace(ADJUDICATION, verdict=Verdict.ALLOWED))
    assert (Files(folder).home / segment_name(1)).read_bytes() == first


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (replace(ADJUDICATION, case_id="cas"), "no case 'cas'; the nearest is 'case'"),
        (replace(INVALIDATION, case_id="OTHER!"), "no case 'OTHER!'; the nearest is "),
        (replace(ADJUDICATION, setting="moderat"), "no setting 'moderat'; the nearest is 'moderate'"),
        (replace(INVALIDATION, setting="mos"), "no setting 'mos'; the nearest is 'most'"),
        (replace(JUDGEMENT, clause="5.2"), "no clause judged by hand '5.2'; the nearest is '5.1'"),
        (replace(JUDGEMENT, clause="4"), "no clause judged by hand '4'; the nearest is '5.1'"),
        (replace(JUDGEMENT, clause="6"), "no clause judged by hand '6'; the nearest is '5.1'"),
    ],
)
def test_what_is_not_of_the_run_is_refused(folder: RunFolder, entry: Addendum, words: str) -> None:
    before = files(folder)
    with pytest.raises(UsageError, match=words):
        addenda.append(folder, entry)
    assert files(folder) == before


def test_what_is_not_of_the_run_is_found(signed: RunFolder) -> None:
    """Written past the check, sealed and signed."""
    place = add_by_hand(signed, {"torn_bytes": 0, "sealed": 4}, replace(ADJUDICATION, case_id="cas"))
    reseal(signed, LAB)
    assert addenda.verify(signed) == [f"{place}:2: this run has no case 'cas'; the nearest is 'case'"]


def test_a_run_without_clauses_has_none_to_judge(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nor any other"):
        addenda.append(sealed_run(tmp_path / "run"), JUDGEMENT)


def test_only_to_a_run_that_is_sealed_and_stands(folder: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="not sealed"):
        addenda.append(run_folder(tmp_path / "unsealed"), ADJUDICATION)
    folder.plan_file.write_bytes(folder.plan_file.read_bytes() + b"\n")
    with pytest.raises(EvidenceError, match=r"plan\.jsonl"):
        addenda.append(folder, ADJUDICATION)
    assert not Files(folder).home.exists()


def reseal(folder: RunFolder, key: Ed25519PrivateKey | None = None) -> None:
    """Seal whatever the journal holds now."""
    link = canonical.digest(folder.seal_file.read_bytes())
    reader = Reader(Files(folder).home, link)
    list(reader)
    addenda_seal.write(folder, AddendaSeal(SCHEMA, link, reader.tail.records, reader.tail.head), key)


def add_by_hand(folder: RunFolder, start: dict[str, Any], entry: Addendum, sort: str = "") -> Path:
    """A segment more, its chain whole, with no seal over it."""
    reader = Reader(Files(folder).home, canonical.digest(folder.seal_file.read_bytes()))
    list(reader)
    journal = Journal(Files(folder).home, reader.tail, lambda: entry.date)
    journal.append("start", start)
    journal.append(sort or kind(entry), data(entry))
    journal.close()
    return journal.path


def write_anew(folder: RunFolder, *said: Addendum) -> None:
    """Other addenda with a chain that is whole."""
    for path in segments(Files(folder).home):
        path.unlink()
    for number, entry in enumerate(said):
        add_by_hand(folder, {"torn_bytes": 0, "sealed": 2 * number}, entry)


def edit(name: str, change: Callable[[bytes], bytes]) -> Callable[[RunFolder], object]:
    def edited(folder: RunFolder) -> None:
        path = Files(folder).home / name
        before = path.read_bytes()
        path.write_bytes(change(before))
        assert path.read_bytes() != before

    return edited


def swap(folder: RunFolder) -> None:
    one, two = segments(Files(folder).home)
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)


def lines_swapped(text: bytes) -> bytes:
    return b"".join(reversed(text.splitlines(keepends=True)))


def forged_seal(folder: RunFolder) -> None:
    """Entry, chain and seal are whole; only the signature is not theirs."""
    write_anew(folder, ADJUDICATION, JUDGEMENT)
    reseal(folder)


def signed_by_a_third(folder: RunFolder) -> None:
    """With the key of another beside it."""
    reseal(folder, THIRD)
    Files(folder).own_key.write_bytes(keys.pem(OTHER.public_key()))


ONE, TWO = segment_name(1), segment_name(2)
EDITS: dict[str, tuple[Callable[[RunFolder], object], str]] = {
    "entry edited": (edit(ONE, lambda text: text.replace(b'"verdict":"blocked"', b'"verdict":"allowed"')), f"{TWO}:1"),
    "last entry edited": (edit(TWO, lambda text: text.replace(b'"seen"', b'"said"')), "not the records"),
    "date edited": (edit(ONE, lambda text: text.replace(b"2026", b"2025")), f"{ONE}:2"),
    "records reordered": (edit(ONE, lines_swapped), f"{ONE}:1"),
    "segments reordered": (swap, f"{ONE}:1"),
    "record deleted": (edit(ONE, lambda text: text.splitlines(keepends=True)[0]), f"{TWO}:1"),
    "first cut": (lambda f: (Files(f).home / ONE).unlink(), f"{ONE} is missing"),
    "last cut": (lambda f: (Files(f).home / TWO).unlink(), "2 records, the seal says 4; the end is cut"),
    "all cut": (write_anew, "0 records, the seal says 4; the end is cut"),
    "torn": (edit(TWO, lambda text: text[:-1]), "the end is cut"),
    "more added": (lambda f: add_by_hand(f, {"torn_bytes": 0, "sealed": 4}, JUDGEMENT), "000003.jsonl:1: not covered"),
    "begun and not ended": (edit(TWO, lambda text: text + b'{"at'), f"{TWO}: not covered"),
    "written anew": (lambda f: write_anew(f, ADJUDICATION, JUDGEMENT), "not the records that were sealed"),
    "written and sealed anew": (forged_seal, "not the records that were sealed"),
    "seal edited": (edit("seal.json", lambda text: text.replace(b'"records": 4', b'"records": 2')), "not what was"),
    "seal removed": (lambda f: Files(f).seal.unlink(), "seal.json: not what was signed"),
    "signature edited": (edit("seal.sig.json", lambda text: text.replace(b'"sig": "', b'"sig": "A')), "seal.sig.json"),
    "signature no JSON": (edit("seal.sig.json", lambda text: b"[" * 100_000), "seal.sig.json: not a signature"),
    "signature removed": (lambda f: Files(f).signature.unlink(), "the addenda are not signed"),
    "signed by a third": (signed_by_a_third, "seal.sig.json: signed by another key"),
    "key is none": (lambda f: Files(f).own_key.write_text("no key"), "seal.pub: no key"),
    "key has more": (lambda f: Files(f).own_key.write_bytes(keys.pem(LAB.public_key()) + b"\n"), "seal.pub: changed"),
}


@pytest.mark.parametrize(("spoil", "words"), EDITS.values(), ids=EDITS)
def test_tampering_is_found(signed: RunFolder, spoil: Callable[[RunFolder], object], words: str) -> None:
    assert addenda.verify(signed) == []
    spoil(signed)
    (problem,) = addenda.verify(signed)
    assert words in problem
    assert str(signed.path) in problem
    with pytest.raises(EvidenceError) as caught:
        addenda.read(signed)
    assert str(caught.value) == problem


def test_every_random_edit_is_found(signed: RunFolder) -> None:
    rng = random.Random(74)
    paths = sorted(path for path in Files(signed).home.iterdir())
    assert {path.name for path in paths} == {ONE, TWO, "seal.json", "seal.sig.json"}
    contents = {path: path.read_bytes() for path in paths}
    for done in range(400):
        path = rng.choice(paths)
        before = contents[path]
        at, other = sorted(rng.sample(range(len(before) + 1), 2))
        changed = rng.choice(
            [
                before[:at] + bytes([before[at] ^ (1 << rng.randrange(8))]) + before[at + 1 :],
                before[:at] + before[other:],
                before[:at] + rng.randbytes(other - at) + before[other:],
                before[:at] + before[at:other] * 2 + before[other:],
                before[:at],
            ]
        )
        if changed != before:
            path.write_bytes(changed)
            assert addenda.verify(signed), f"edit {done} of {path.name} not found: {changed!r}"
            path.write_bytes(before)
    assert addenda.verify(signed) == []


@pytest.mark.parametrize(
    "change",
    [
        *(
            lambda _, text=text: text
            for text in (b"", b"[]", b"{}", b"null", b'{"schema": "x"}', b"[" * 100_000, b"\xff")
        ),
        lambda text: text + b" ",
        lambda text: text.replace(b'"records": 2', b'"records": -1'),
        lambda text: text.replace(b'"records": 2', b'"records": true'),
        lambda text: text.replace(b'"records": 2', b'"records": "2"'),
        lambda text: text.replace(b'"records"', b'"lines"'),
    ],
)
def test_what_is_no_seal_is_refused(folder: RunFolder, change: Callable[[bytes], bytes]) -> None:
    addenda.append(folder, ADJUDICATION)
    edit("seal.json", change)(folder)
    with pytest.raises(EvidenceError, match=r"addenda/seal\.json: not a seal"):
        addenda.read(folder)


def test_a_seal_of_another_version_is_refused(folder: RunFolder) -> None:
    addenda.append(folder, ADJUDICATION)
    edit("seal.json", lambda text: text.replace(b"addenda/1", b"addenda/9"))(folder)
    with pytest.raises(EvidenceError, match="in the form pas-harness/addenda/1"):
        addenda.read(folder)


def test_a_seal_taken_away_is_missed(folder: RunFolder) -> None:
    addenda.append(folder, ADJUDICATION)
    Files(folder).seal.unlink()
    assert addenda.verify(folder) == [f"{Files(folder).seal}: No such file or directory"]
    with pytest.raises(EvidenceError):
        addenda.append(folder, JUDGEMENT)


def test_addenda_belong_to_one_run(folder: RunFolder, tmp_path: Path) -> None:
    addenda.append(folder, ADJUDICATION)
    other = sealed_run(tmp_path / "other")
    shutil.copytree(Files(folder).home, Files(other).home)
    with pytest.raises(EvidenceError, match="belong to another sealed run"):
        addenda.read(other)
    with pytest.raises(EvidenceError, match="belong to another sealed run"):
        addenda.append(other, ADJUDICATION)


@pytest.mark.parametrize(
    ("sort", "told"),
    [
        ("opinion", data(JUDGEMENT)),
        ("judgement", {**data(JUDGEMENT), "finding": "perhaps"}),
        ("judgement", {**data(JUDGEMENT), "reason": "two\nlines"}),
        ("adjudication", {**data(ADJUDICATION), "machine_rule": "validity.timeout"}),
        ("start", {"torn_bytes": 0}),
        ("start", {"torn_bytes": 0, "sealed": 1}),
        ("start", {"torn_bytes": 0, "sealed": -1}),
        ("start", {"torn_bytes": 0, "sealed": True}),
    ],
)
def test_a_sealed_record_of_another_shape_is_refused(folder: RunFolder, sort: str, told: dict[str, Any]) -> None:
    link = canonical.digest(folder.seal_file.read_bytes())
    journal = Journal(Files(folder).home, Tail(0, link, "", 0), lambda: NOW)
    journal.append(sort, told)
    journal.close()
    reseal(folder)
    assert [problem.partition(": ")[0] for problem in addenda.verify(folder)] == [f"{journal.path}:1"]


class Killed(BaseException):
    """Stands for the end of the process."""


def killed_at(step: int, patch: pytest.MonkeyPatch) -> None:
    """The process ends at its so-many-th write; a record is torn, a file is not written."""
    steps = iter(range(step + 1))
    append, write = Journal.append, disk.write

    def dying_append(self: Journal, kind: str, data: dict[str, Any]) -> None:
        if next(steps) == step:
            self._file.write(b'{"at":"2026')
            self._file.close()
            raise Killed
        append(self, kind, data)

    def dying_write(path: Path, data: bytes) -> None:
        if next(steps) == step:
            raise Killed
        write(path, data)

    patch.setattr(Journal, "append", dying_append)
    patch.setattr(disk, "write", dying_write)


@pytest.mark.parametrize("key", [None, LAB], ids=["unsigned", "signed"])
@pytest.mark.parametrize("earlier", [0, 1])
def test_killed_anywhere_an_entry_is_whole_or_none(
    folder: RunFolder, earlier: int, key: Ed25519PrivateKey | None
) -> None:
    """And what follows needs no mending by hand."""
    if key:
        seal.sign(folder, key)
    said: list[Addendum] = [INVALIDATION] * earlier
    for entry in said:
        addenda.append(folder, entry, key)
    start = shutil.copytree(folder.path, folder.path.parent / "start")
    for step in range(10):
        run = RunFolder(Path(shutil.copytree(start, folder.path.parent / f"killed-{step}")))
        with pytest.MonkeyPatch.context() as patch:
            killed_at(step, patch)
            try:
                addenda.append(run, ADJUDICATION, key)
            except Killed:
                assert len(addenda.verify(run)) <= 1
            else:
                assert step == 3 + (1 if key else 0) + (0 if earlier else (2 if key else 1))
                assert addenda.read(run) == (*said, ADJUDICATION)
                return
        for again in (JUDGEMENT, replace(JUDGEMENT, finding=Finding.NOT_MET)):
            before = files(run)
            addenda.append(run, again, key)
            assert all(files(run)[name] == text for name, text in before.items() if name.endswith(".jsonl"))
        assert addenda.verify(run) == []
        *first, last, latest = addenda.read(run)
        assert first in (said, [*said, ADJUDICATION])
        assert (last, latest) == (JUDGEMENT, replace(JUDGEMENT, finding=Finding.NOT_MET))
    pytest.fail("never came to its end")


@pytest.mark.parametrize("sort", ["adjudication", "opinion"])
@pytest.mark.parametrize("covered", [0, 4, -1])
def test_what_was_added_without_the_key_is_set_aside(signed: RunFolder, covered: int, sort: str) -> None:
    """Whatever it is, and whatever it says of what came before it."""
    add_by_hand(signed, {"torn_bytes": 0, "sealed": covered}, replace(ADJUDICATION, verdict=Verdict.ALLOWED), sort)
    with pytest.raises(EvidenceError, match=r"000003\.jsonl:1: not covered"):
        addenda.read(signed)
    addenda.append(signed, JUDGEMENT, LAB)
    assert addenda.read(signed) == (ADJUDICATION, INVALIDATION, JUDGEMENT)
    assert addenda.verify(signed, LAB.public_key()) == []


def test_what_is_added_to_a_signed_run_is_signed(signed: RunFolder) -> None:
    before = files(signed)
    with pytest.raises(UsageError, match="--key FILE"):
        addenda.append(signed, JUDGEMENT)
    assert files(signed) == before
    assert addenda.signer(signed) == keys.fingerprint(LAB.public_key())
    assert addenda.verify(signed, LAB.public_key()) == []
    assert "another key" in addenda.verify(signed, OTHER.public_key())[0]


def test_one_other_key_may_sign(signed: RunFolder) -> None:
    addenda.append(signed, JUDGEMENT, OTHER)
    assert addenda.verify(signed) == []
    assert addenda.signer(signed) == keys.fingerprint(OTHER.public_key())
    assert "another key" in addenda.verify(signed, LAB.public_key())[0]
    with pytest.raises(UsageError, match="signed by another key"):
        addenda.append(signed, JUDGEMENT, THIRD)
    addenda.append(signed, JUDGEMENT, LAB)
    assert addenda.signer(signed) == keys.fingerprint(LAB.public_key())
    assert addenda.read(signed) == (ADJUDICATION, INVALIDATION, JUDGEMENT, JUDGEMENT)


def test_once_signed_always_signed(folder: RunFolder) -> None:
    """Also where the run is not."""
    addenda.append(folder, ADJUDICATION)
    assert "not signed" in addenda.verify(folder, LAB.public_key())[0]
    addenda.append(folder, INVALIDATION, LAB)
    assert addenda.verify(folder, LAB.public_key()) == []
    with pytest.raises(UsageError, match="--key FILE"):
        addenda.append(folder, JUDGEMENT)


def test_a_run_signed_after_its_addenda(folder: RunFolder) -> None:
    addenda.append(folder, ADJUDICATION)
    seal.sign(folder, LAB)
    assert "the addenda are not signed" in addenda.verify(folder)[0]
    with pytest.raises(EvidenceError, match="harness sign"):
        addenda.append(folder, JUDGEMENT, LAB)
    addenda.sign(folder, LAB)
    before = files(folder)
    addenda.sign(folder, LAB)
    assert files(folder) == before
    assert addenda.verify(folder, LAB.public_key()) == []
    assert addenda.read(folder) == (ADJUDICATION,)


def test_without_addenda_there_is_nothing_to_sign(folder: RunFolder) -> None:
    addenda.sign(folder, LAB)
    assert not Files(folder).home.exists()


def add_many(path: Path, begin: Barrier, wanted: int) -> None:
    """Add entries until so many of one's own are in; when another holds the folder, try again."""
    begin.wait()
    while wanted:
        try:
            addenda.append(RunFolder(path), ADJUDICATION)
            wanted -= 1
        except UsageError as error:
            if "another process" not in str(error):
                raise


def test_processes_that_add_at_once_take_turns(folder: RunFolder) -> None:
    context = multiprocessing.get_context("fork")
    begin = context.Barrier(2)
    processes = [context.Process(target=add_many, args=(folder.path, begin, 5)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert addenda.read(folder) == (ADJUDICATION,) * 10
    assert addenda.verify(folder) == []


def test_while_another_holds_the_folder_nothing_is_added(folder: RunFolder) -> None:
    with folder.lock(), pytest.raises(UsageError, match="another process"):
        addenda.append(folder, ADJUDICATION)
    assert addenda.read(folder) == ()
