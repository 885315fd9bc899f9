"""Addenda: what people add to a sealed run, in a journal of its own under `addenda/`, each entry in a new segment.

Its first link is the SHA-256 of the run's `seal.json`, so it belongs to that run alone. An entry counts once the seal
of the addenda covers it; what an interrupted command left is set aside by the next `start` record, and stays. Whoever
takes all addenda away, or puts an earlier state of them back, is found out only by one who holds a later copy.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from harness.evidence import addenda_seal, seal
from harness.evidence.addenda_seal import SCHEMA, AddendaSeal, Files
from harness.evidence.blobs import Blobs
from harness.evidence.folder import RunFolder
from harness.evidence.journal import Journal, Reader, Record, Tail, segments
from harness.model import canonical
from harness.model.addendum import ClauseJudgement, Entry, Invalidation, Statement, addendum_from, data, kind
from harness.model.case import Case
from harness.model.errors import EvidenceError, HarnessError, UsageError
from harness.model.spec import Spec
from harness.profile import laboratory

INTERRUPTED = "a command was interrupted, or this was done by hand; it does not count; repeat what was to be added"


@dataclass(frozen=True, slots=True)
class _State:
    """The sealed entries with their places; `signer` is a fingerprint, "" for nobody; `unfinished` says what an
    interrupted command left, "" for nothing."""

    entries: tuple[tuple[str, Entry], ...]
    sealed: AddendaSeal
    signer: str
    tail: Tail
    unfinished: str


def read(folder: RunFolder) -> tuple[Entry, ...]:
    """All entries in the order they were recorded, superseded ones too. Raises EvidenceError with file and line."""
    state = _state(folder)
    if state.unfinished:
        raise EvidenceError(state.unfinished)
    return tuple(entry for _, entry in state.entries)


def signer(folder: RunFolder) -> str:
    """The fingerprint of the key that signed the addenda, "" where none did. Raises EvidenceError as `read`."""
    return _state(folder).signer


def verify(folder: RunFolder, trusted: Ed25519PublicKey | None = None) -> list[str]:
    """Everything about the addenda that does not hold, in words; with `trusted` they must be signed by that key."""
    try:
        state = _state(folder, trusted)
        spec = folder.spec()
        cases = folder.cases(spec)
    except HarnessError as error:
        return [str(error)]
    found = [state.unfinished] if state.unfinished else []
    found += [f"{at}: {problem}" for at, entry in state.entries if (problem := misplaced(entry, spec, cases))]
    return found + _files(folder, [entry for _, entry in state.entries])


def check_key(folder: RunFolder, key: Ed25519PrivateKey | None) -> None:
    """Raises UsageError when what is added with this key, or without one, would be refused."""
    addenda_seal.check_key(folder, key)


def attachments(folder: RunFolder) -> Blobs:
    """The files that findings rest on."""
    return Blobs(Files(folder).home / "files")


def append(
    folder: RunFolder, entry: Entry, key: Ed25519PrivateKey | None = None, attached: Sequence[bytes] = ()
) -> None:
    """Record and seal the entry with the files it names, signed with `key`. Raises UsageError when it does not fit the
    run or the key may not sign, EvidenceError when run or addenda do not stand; then nothing is recorded."""
    with folder.lock():
        if problems := seal.verify(folder):
            raise EvidenceError(problems[0])
        spec = folder.spec()
        if problem := misplaced(entry, spec, folder.cases(spec)):
            raise UsageError(problem)
        files, state = Files(folder), _state(folder)
        addenda_seal.check_key(folder, key)
        if not segments(files.home):
            addenda_seal.write(folder, state.sealed, key)  # from now on, a seal that is missing was taken away
        for content in attached:
            attachments(folder).put(content)
        journal = Journal(files.home, state.tail, lambda: entry.date)
        journal.append("start", {"torn_bytes": state.tail.torn, "sealed": state.sealed.records})
        journal.append(kind(entry), data(entry))
        journal.close()
        reader = Reader(files.home, state.sealed.seal)
        list(reader)
        now = AddendaSeal(SCHEMA, state.sealed.seal, reader.tail.records, reader.tail.head)
        addenda_seal.write(folder, now, key)


def state(folder: RunFolder, said: Statement, key: Ed25519PrivateKey | None = None) -> bool:
    """`append` what the laboratory states, unless that is what stands already; whether it was. Raises as `append`."""
    stands = [entry for entry in read(folder) if isinstance(entry, Statement)][-1:]
    if stands and (stands[0].laboratory, stands[0].assignment) == (said.laboratory, said.assignment):
        return False
    append(folder, said, key)
    return True


def sign(folder: RunFolder, key: Ed25519PrivateKey) -> None:
    """Sign addenda that were made before their run was signed; harmless where there are none. Raises as `append`."""
    with folder.lock():
        state = _state(folder, unsigned=True)
        addenda_seal.check_key(folder, key)
        if Files(folder).seal.exists():
            addenda_seal.write(folder, state.sealed, key)


def misplaced(entry: Entry, spec: Spec, cases: Sequence[Case]) -> str:
    """Why the entry cannot be about this run, with the nearest that could be meant; "" when it can."""
    if isinstance(entry, ClauseJudgement):
        clauses = [clause["id"] for clause in spec.criteria.get("clause", []) if clause["assessed"] == "by-hand"]
        return _unknown("clause judged by hand", entry.clause, clauses)
    if isinstance(entry, Statement):
        return _unreadable(entry)
    everywhere = isinstance(entry, Invalidation) and not entry.setting
    return no_case(entry.case_id, spec.settings[0] if everywhere else entry.setting, spec, cases)


def no_case(case_id: str, setting: str, spec: Spec, cases: Sequence[Case]) -> str:
    """Why there is no such case at such a setting in the run; "" when there is."""
    known = [case.case_id for case in cases]
    return _unknown("case", case_id, known) or _unknown("setting", setting, spec.settings)


def _unreadable(entry: Statement) -> str:
    try:
        laboratory.read(entry.laboratory, entry.assignment)
    except ValueError as error:
        return f"no statement of a laboratory: {error}"
    return ""


def _files(folder: RunFolder, entries: Sequence[Entry]) -> list[str]:
    """What is wrong with the files that entries name: lost, changed, or named by none."""
    kept, found = attachments(folder), []
    named = {item.digest: item for entry in entries if isinstance(entry, ClauseJudgement) for item in entry.evidence}
    for digest, item in sorted(named.items()):
        try:
            if canonical.digest(kept.get(digest)) != digest:
                found.append(f"{kept.path(digest)}: changed since it was attached as {item.name}")
        except OSError:
            found.append(f"{kept.path(digest)}: {item.name} was attached, and is missing")
    strays = sorted(path for path in kept.root.rglob("*") if not path.is_dir() and path.name not in named)
    return found + [f"{path}: no entry names it; left by an interrupted command, or put there" for path in strays]


def _unknown(what: str, given: str, known: Sequence[str]) -> str:
    if given in known:
        return ""
    nearest = difflib.get_close_matches(given, known, n=1, cutoff=0)
    return f"this run has no {what} {given!r}" + (f"; the nearest is {nearest[0]!r}" if nearest else ", nor any other")


def _state(folder: RunFolder, trusted: Ed25519PublicKey | None = None, *, unsigned: bool = False) -> _State:
    """The addenda with chain and seal checked; `unsigned` lets a missing signature pass. Raises EvidenceError."""
    files = Files(folder)
    link = canonical.digest(folder.seal_file.read_bytes()) if folder.seal_file.is_file() else ""
    reader = Reader(files.home, link)
    if not (segments(files.home) or files.seal.exists() or files.signature.exists()):
        return _State((), AddendaSeal(SCHEMA, link, 0, link), "", reader.tail, "")
    sealed, signer, same = addenda_seal.read(folder, trusted, unsigned)
    if sealed.seal != link:
        raise EvidenceError(f"{files.home}: these addenda belong to another sealed run")
    records, lines = list(reader), _lines(files)
    if len(records) < sealed.records:
        raise EvidenceError(f"{files.home}: {len(records)} records, the seal says {sealed.records}; the end is cut")
    if sealed.head != (lines[sealed.records - 1][1] if sealed.records else link):
        raise EvidenceError(f"{files.home}: not the records that were sealed")
    unfinished = ""
    if len(records) > sealed.records or reader.tail.torn:
        at = lines[sealed.records][0] if len(records) > sealed.records else files.home / reader.tail.segment
        unfinished = f"{at}: not covered by the seal of the addenda: {INTERRUPTED}"
    elif not same:
        unfinished = f"{files.seal}: not what was signed: {INTERRUPTED}"
    return _State(_entries(records[: sealed.records], lines), sealed, signer, reader.tail, unfinished)


def _lines(files: Files) -> list[tuple[str, str]]:
    """Place and digest of every whole line."""
    found = []
    for path in segments(files.home):
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.endswith(b"\n"):
                    found.append((f"{path}:{number}", canonical.digest(line)))
    return found


def _entries(records: list[Record], lines: list[tuple[str, str]]) -> tuple[tuple[str, Entry], ...]:
    """The entries that count. From the end, as a `start` says how many records were sealed then: what lies between is
    set aside, whatever it says itself."""
    found, at = [], len(records)
    while at:
        at -= 1
        record, place = records[at], lines[at][0]
        try:
            if record.kind != "start":
                found.append((place, addendum_from(record.kind, record.at, record.data)))
            elif type(record.data["sealed"]) is int and 0 <= record.data["sealed"] <= at:
                at = record.data["sealed"]
            else:
                raise ValueError(f"sealed: {record.data['sealed']!r} of {at} records")
        except (ValueError, KeyError, TypeError) as error:
            raise EvidenceError(f"{place}: {error}") from None
    return tuple(reversed(found))
