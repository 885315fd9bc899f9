"""Two thousand random edits of a signed run: `seal.verify` finds every one, and names what was edited."""

import json
import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harness.evidence import keys, seal, signature
from harness.evidence.folder import RunFolder
from harness.evidence.journal import SCHEMA, Journal, segment_name
from harness.model import canonical
from tests.builders import NOW, case, observation, spec

EDITS = 2_000
FIRST_SEED = 74
LAB, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
TRUSTED = LAB.public_key()
SEAL, SIG, PUB = "seal.json", "seal.sig.json", "seal.pub"

Files = dict[str, bytes]
Record = dict[str, Any]


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder, in memory where the system has such a place."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name)


def sealed_run(path: Path, seed: int) -> RunFolder:
    """Three sessions: two were broken off, the third finished."""
    folder = RunFolder(path)
    cases = tuple(case(f"case-{number}") for number in range(3))
    folder.create(spec(cases, seed=seed), cases)
    for number, item in enumerate(cases):
        reader = folder.reader()
        seen: dict[str, Any] = {"case_id": item.case_id, "dom_blob": folder.blobs.put(b"page %d" % number)}
        resumed = bool(list(reader))
        journal = Journal(folder.journal, reader.tail, lambda: NOW)
        journal.append("start", {"versions": {"python": "3"}, "torn_bytes": 0, "resumed": resumed})
        journal.append("attempt", canonical.plain(observation(**seen)))
        if item is cases[-1]:
            journal.append("stop", {"complete": True, "reason": ""})
        journal.close()
    seal.write(folder)
    seal.sign(folder, LAB)
    return folder


def files_of(folder: RunFolder) -> Files:
    return {str(path.relative_to(folder.path)): path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}


def put(folder: RunFolder, before: Files, after: Files) -> None:
    """Turn a folder that holds the files `before` into one that holds `after`."""
    for name in {*before, *after}:
        path = folder.path / name
        if name not in after:
            path.unlink()
            with suppress(OSError):  # not empty
                path.parent.rmdir()
        elif before.get(name) != after[name]:
            if name not in before:
                path.parent.mkdir(exist_ok=True)
            path.write_bytes(after[name])


def journal_of(files: Files) -> list[list[Record]]:
    """Kind, time and data of the records, by segment."""
    names = sorted(name for name in files if name.startswith("journal/"))
    records = [[json.loads(line) for line in files[name].splitlines()] for name in names]
    return [[{key: record[key] for key in ("kind", "at", "data")} for record in segment] for segment in records]


def with_journal(files: Files, segments: list[list[Record]]) -> Files:
    """The same files with this journal, all its links right."""
    rest = {name: data for name, data in files.items() if not name.startswith("journal/")}
    head, n = canonical.digest(files["spec.json"]), 0
    for number, records in enumerate(segments, 1):
        text = b""
        for place, record in enumerate(records):
            n += 1
            line = {**record, "n": n, "prev": head, **({} if place else {"schema": SCHEMA})}
            text += (added := canonical.dumps(line).encode() + b"\n")
            head = canonical.digest(added)
        rest[f"journal/{segment_name(number)}"] = text
    return rest


def anywhere(files: Files, rng: random.Random, folder: RunFolder) -> Files:
    """Some bytes of one file, whichever it is."""
    name = rng.choice(sorted(files))
    data = files[name]
    at, other = sorted((rng.randrange(len(data)), rng.randrange(len(data))))
    changed = rng.choice(
        [
            data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :],
            data[:at] + rng.randbytes(1) + data[at + 1 :],
            data[:at] + rng.randbytes(rng.randrange(1, 9)) + data[at:],
            data[:at] + data[at + 1 :],
            data[:at] + data[other:],
            data[:at] + data[other : other + 1] + data[at + 1 : other] + data[at : at + 1] + data[other + 1 :],
            data[:at],
            data + rng.choice([b"\n", b" ", b"\0", data]),
            data.swapcase(),
        ]
    )
    return {**files, name: changed}


def gone(files: Files, rng: random.Random, folder: RunFolder) -> Files:
    name = rng.choice(sorted(files))
    return {other: data for other, data in files.items() if other != name}


def exchanged(files: Files, rng: random.Random, folder: RunFolder) -> Files:
    """Two blobs, or two segments, in each other's place."""
    place = rng.choice(["blobs/", "journal/"])
    one, other = rng.sample(sorted(name for name in files if name.startswith(place)), 2)
    return {**files, one: files[other], other: files[one]}


def added(files: Files, rng: random.Random, folder: RunFolder) -> Files:
    """One more blob, or one more segment whose links are right."""
    if rng.random() < 0.5:
        data = rng.randbytes(9)
        return {**files, str(folder.blobs.path(canonical.digest(data)).relative_to(folder.path)): data}
    segments = journal_of(files)
    more = rng.choice(rng.choice(segments))
    return with_journal(files, [*segments, rng.choice([[], [more], [more, segments[-1][-1]]])])


def lines(files: Files, rng: random.Random, folder: RunFolder) -> Files:
    """Lines of the journal dropped, doubled, exchanged, or moved to another segment, as they are."""
    names = sorted(name for name in files if name.startswith("journal/"))
    one, other = rng.choice(names), rng.choice(names)
    rows = {name: files[name].splitlines(keepends=True) for name in names}
    at = rng.randrange(len(rows[one]))
    match rng.randrange(4):
        case 0:
            del rows[one][at]
        case 1:
            rows[one].insert(at, rows[one][at])
        case 2:
            to = rng.randrange(len(rows[other]))
            rows[one][at], rows[other][to] = rows[other][to], rows[one][at]
        case _:
            rows[other].insert(rng.randrange(len(rows[other]) + 1), rows[one].pop(at))
    return {**files, **{name: b"".join(row) for name, row in rows.items()}}


def retold(files: Files, rng: random.Random, folder: RunFolder) -> Files:
    """A journal that says something else, with links that are right."""
    segments = journal_of(files)
    one = rng.choice(segments)
    at = rng.randrange(len(one))
    match rng.randrange(6):
        case 0:
            del one[at]
        case 1:
            one.insert(at, rng.choice(rng.choice(segments)))
        case 2:
            rng.shuffle(segments)
        case 3:
            segments.pop()
        case 4:
            one[at]["at"] = f"2026-01-01T00:00:{rng.randrange(60):02}Z"
        case _:
            data = one[at]["data"]
            key = rng.choice(sorted(data))
            data[key] = not data[key] if isinstance(data[key], bool | int) else f"{rng.random()}"
    return with_journal(files, segments)


def replanned(files: Files, rng: random.Random, folder: RunFolder) -> Files:
    """Another spec or plan, and a journal that is linked to it."""
    spec, plan = json.loads(files["spec.json"]), files["plan.jsonl"].splitlines(keepends=True)
    if rng.random() < 0.5:
        key = rng.choice(["created", "seed", "planned", "product_digest", "harness_version"])
        spec[key] = rng.randrange(9) if isinstance(spec[key], int) else f"{rng.random()}"
    else:
        at = rng.randrange(len(plan))
        plan[at : at + 1] = rng.choice([[], [plan[at].replace(b'"block"', b'"allow"')], [plan[at]] * 2])
        spec["plan_digest"] = canonical.digest(b"".join(plan))
    after = {**files, "spec.json": canonical.pretty(spec).encode(), "plan.jsonl": b"".join(plan)}
    return with_journal(after, journal_of(files))


def resealed(files: Files, rng: random.Random, folder: RunFolder) -> Files:
    """The seal says something else; most often its root fits."""
    said = json.loads(files[SEAL])
    key = rng.choice(sorted(said))
    match said[key]:
        case int():
            said[key] += rng.choice([-1, 1])
        case str():
            said[key] = canonical.digest(rng.randbytes(4))
        case list():
            said[key] = rng.sample(said[key], rng.randrange(len(said[key])))
        case dict():
            said[key][rng.choice(sorted(said[key]))] = canonical.digest(rng.randbytes(4))
    if rng.random() < 0.8:
        said["root"] = seal.root_of(said)
    return {**files, SEAL: canonical.pretty(said).encode()}


def forged(files: Files, rng: random.Random, folder: RunFolder) -> Files:
    """Other evidence, whole in itself, under a new seal."""
    segments = journal_of(files)
    match rng.randrange(3):
        case 0:
            attempt = rng.choice([record for segment in segments for record in segment if record["kind"] == "attempt"])
            attempt["data"] |= {"status": rng.randrange(100, 600), "token_seen": rng.random() < 0.5, "title": "forged"}
            after = with_journal(files, segments)
        case 1:
            segments.insert(-1, [rng.choice(rng.choice(segments[:-1])) for _ in range(rng.randrange(1, 4))])
            after = with_journal(files, segments)
        case _:
            after = replanned(files, rng, folder)
    put(folder, files, after)
    try:
        return {**after, SEAL: canonical.pretty(seal.contents(folder)).encode()}
    finally:
        put(folder, after, files)


def signed(files: Files, key: Ed25519PrivateKey) -> Files:
    envelope = canonical.pretty(signature.envelope(files[SEAL], seal.PAYLOAD_TYPE, key))
    return {**files, SIG: envelope.encode(), PUB: keys.pem(key.public_key())}


def signed_by_another(files: Files, rng: random.Random, folder: RunFolder) -> Files:
    """The evidence as it is, or forged and sealed anew, under the signature of another key."""
    after = signed(forged(files, rng, folder) if rng.random() < 0.7 else files, OTHER)
    return {**after, PUB: files[PUB]} if rng.random() < 0.3 else after


def unsigned(files: Files, rng: random.Random, folder: RunFolder) -> Files:
    """The evidence as it is, or forged and sealed anew, and no signature."""
    after = forged(files, rng, folder) if rng.random() < 0.7 else files
    return {name: data for name, data in after.items() if name not in (SIG, PUB)}


TAMPER: list[Callable[[Files, random.Random, RunFolder], Files]] = [
    *(anywhere, anywhere, anywhere, anywhere, gone, exchanged, added, lines, retold, replanned),
    *(resealed, forged, signed_by_another, unsigned),
]


def culprits(changed: set[str]) -> set[str]:
    """What must be named: evidence, if seal and signature are as they were; else the first thing that is not the
    laboratory's, as nothing said below it can be relied on."""
    for anchor in (SIG, PUB, SEAL):
        if anchor in changed:
            return {anchor}
    return changed


def test_forging_is_done_well(place: Path) -> None:
    """Links and seals made here are those that the harness itself would have made."""
    folder = sealed_run(place / "run", 1)
    files = files_of(folder)
    assert with_journal(files, journal_of(files)) == files
    assert signed(files, LAB) == files
    for seed in range(100):
        after = signed(forged(files, random.Random(seed), folder), LAB)
        put(folder, files, after)
        assert seal.verify(folder, TRUSTED) == []
        put(folder, after, files)


def test_every_edit_is_found_and_named(place: Path) -> None:
    folder = sealed_run(place / "run", 1)
    files, done, seed = files_of(folder), Counter[str](), FIRST_SEED
    while done.total() < EDITS:
        rng, seed = random.Random(seed), seed + 1
        tamper = rng.choice(TAMPER)
        after = tamper(files, rng, folder)
        changed = {name for name in {*files, *after} if files.get(name) != after.get(name)}
        if not changed:
            continue
        put(folder, files, after)
        found = seal.verify(folder, TRUSTED)
        unnamed = [name for name in culprits(changed) if not any(str(folder.path / name) in item for item in found)]
        put(folder, after, files)
        if unnamed:
            pytest.fail(f"seed {seed - 1}, {tamper.__name__} of {sorted(changed)}: {unnamed} not named in {found}")
        done[tamper.__name__] += 1
    assert seal.verify(folder, TRUSTED) == []
    assert min(done[tamper.__name__] for tamper in TAMPER) > EDITS / len(TAMPER) / 2


def test_a_seal_and_signature_of_another_run_by_the_same_laboratory(place: Path) -> None:
    folder, other = sealed_run(place / "run", 1), sealed_run(place / "other", 2)
    before, after = files_of(folder), files_of(other)
    put(folder, before, {**before, **{name: after[name] for name in (SEAL, SIG, PUB)}})
    assert seal.signer(folder) == keys.fingerprint(TRUSTED)
    found = seal.verify(folder, TRUSTED)
    assert any(f"{folder.spec_file}: changed" in item for item in found), found
