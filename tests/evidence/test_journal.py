"""The journal: what is written is read, over any number of segments, and whatever breaks the chain is found."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.evidence.folder import RunFolder
from harness.evidence.journal import Journal, Reader, Record, Tail, segment_name, segments
from harness.model.errors import EvidenceError
from tests.builders import NOW, run_folder, write_segment

FIRST = "0" * 64


def read(folder: Path) -> tuple[list[Record], Tail]:
    reader = Reader(folder, FIRST)
    return list(reader), reader.tail


def write(folder: Path, *data: dict[str, Any]) -> Path:
    journal = Journal(folder, read(folder)[1], lambda: NOW)
    for item in data:
        journal.append("note", item)
    journal.close()
    return journal.path


def test_round_trip(tmp_path: Path) -> None:
    data: list[dict[str, Any]] = [{"text": "é\u2028\n\x85"}, {"nested": {"a": [1, None, True]}}, {}]
    write(tmp_path, *data)
    records, tail = read(tmp_path)
    assert records == [Record(n, "note", NOW, item) for n, item in enumerate(data, 1)]
    assert (tail.records, tail.segment, tail.torn) == (3, "000001.jsonl", 0)


def test_lone_surrogates_survive(tmp_path: Path) -> None:
    write(tmp_path, {"title": "half \ud83d"})
    assert read(tmp_path)[0][0].data == {"title": "half \ud83d"}


def test_segments_are_one_chain(tmp_path: Path) -> None:
    for step in range(12):
        write(tmp_path, *({"step": step} for _ in range(step % 3)))
    records, tail = read(tmp_path)
    assert [record.n for record in records] == list(range(1, 13))
    assert tail.segment == segment_name(12)
    assert len({record.data["step"] for record in records}) == 8


def test_no_segment_is_written_twice(tmp_path: Path) -> None:
    tail = read(tmp_path)[1]
    Journal(tmp_path, tail, lambda: NOW).close()
    (tmp_path / segment_name(2)).touch()
    segments(tmp_path)[0].unlink()
    with pytest.raises(FileExistsError):
        Journal(tmp_path, tail, lambda: NOW)


def test_nothing_outside_json_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write(tmp_path, {"a": 1}, {"ratio": float("nan")})
    assert [record.data for record in read(tmp_path)[0]] == [{"a": 1}]


def test_an_empty_journal(tmp_path: Path) -> None:
    assert read(tmp_path / "nowhere") == ([], Tail(0, FIRST, "", 0))


Lines = list[bytes]
TAMPERING: dict[str, Callable[[Lines], Lines]] = {
    "changed": lambda lines: [lines[0], lines[1].replace(b'"b"', b'"x"'), lines[2]],
    "deleted first": lambda lines: lines[1:],
    "deleted middle": lambda lines: [lines[0], lines[2]],
    "inserted": lambda lines: [lines[0], lines[1], lines[1], lines[2]],
    "reordered": lambda lines: [lines[1], lines[0], lines[2]],
    "blank line": lambda lines: [lines[0], b"\n", *lines[1:]],
    "no JSON": lambda lines: [lines[0], b"record\n", *lines[1:]],
    "a list": lambda lines: [b'["at","data","kind","n","prev"]\n', *lines[1:]],
    "a number": lambda lines: [b"1\n", *lines[1:]],
    "too deep": lambda lines: [b"[" * 100_000 + b"\n", *lines[1:]],
    "other keys": lambda lines: [lines[0].replace(b'"kind"', b'"sort"'), *lines[1:]],
    "data is no object": lambda lines: [lines[0].replace(b'{"v":"a"}', b'"a"'), *lines[1:]],
    "renumbered": lambda lines: [lines[0].replace(b'"n":1', b'"n":2'), *lines[1:]],
    "respaced": lambda lines: [lines[0].replace(b'"n":1', b'"n": 1'), *lines[1:]],
}


@pytest.mark.parametrize("tamper", TAMPERING.values(), ids=TAMPERING)
def test_tampering_breaks_the_chain(tmp_path: Path, tamper: Callable[[Lines], Lines]) -> None:
    path = write(tmp_path, {"v": "a"}, {"v": "b"}, {"v": "c"})
    lines = path.read_bytes().splitlines(keepends=True)
    changed = tamper(lines)
    assert changed != lines
    path.write_bytes(b"".join(changed))
    with pytest.raises(EvidenceError, match=r"000001\.jsonl:\d") as caught:
        read(tmp_path)
    assert caught.value.exit_code == 3


def test_another_spec_breaks_the_chain(tmp_path: Path) -> None:
    write(tmp_path, {"v": "a"})
    with pytest.raises(EvidenceError, match="the chain breaks here"):
        list(Reader(tmp_path, "1" * 64))


def test_a_missing_segment(tmp_path: Path) -> None:
    write(tmp_path, {"v": "a"}).unlink()
    (tmp_path / segment_name(2)).touch()
    with pytest.raises(EvidenceError, match=r"segment 000001\.jsonl is missing"):
        read(tmp_path)


TORN = b'{"at":"2026'


def tear(folder: Path, rest: bytes = TORN) -> None:
    """A process died in the middle of a write to the last segment."""
    with segments(folder)[-1].open("ab") as file:
        file.write(rest)


def test_a_torn_tail_is_seen(tmp_path: Path) -> None:
    write(tmp_path, {"v": "a"})
    tear(tmp_path)
    records, tail = read(tmp_path)
    assert len(records) == 1
    assert tail.torn == len(TORN)


def test_every_segment_names_the_schema_once(tmp_path: Path) -> None:
    for _ in range(2):
        lines = write(tmp_path, {"v": "a"}, {"v": "b"}).read_bytes().splitlines()
        assert [json.loads(line).get("schema") for line in lines] == ["pas-harness/journal/1", None]


@pytest.mark.parametrize("schema", [b"pas-harness/journal/2", b"", b"other"])
def test_another_version(tmp_path: Path, schema: bytes) -> None:
    """Said even where the records are of another shape."""
    path = write(tmp_path, {"v": "a"})
    data = path.read_bytes().replace(b"pas-harness/journal/1", schema).replace(b'"at"', b'"when"')
    path.write_bytes(data)
    with pytest.raises(EvidenceError, match=r"000001\.jsonl:1: schema .* newer version") as caught:
        read(tmp_path)
    assert caught.value.exit_code == 3


def test_a_segment_that_names_no_schema(tmp_path: Path) -> None:
    path = write(tmp_path, {"v": "a"})
    path.write_bytes(path.read_bytes().replace(b',"schema":"pas-harness/journal/1"', b""))
    with pytest.raises(EvidenceError, match=r"000001\.jsonl:1: schema None"):
        read(tmp_path)


def test_forced_to_disk_with_the_first_record_after_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, forced = [0.0], list[str]()
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(os, "fsync", lambda handle: forced.append(Path(f"/proc/self/fd/{handle}").readlink().name))
    journal = Journal(tmp_path, Tail(0, FIRST, "", 0), lambda: NOW)
    assert forced == [tmp_path.name]  # the name of the segment
    for at, times in ((0.5, 0), (0.99, 0), (1.0, 1), (1.5, 1), (9.0, 2)):
        now[0] = at
        journal.append("note", {"at": at})
        assert forced.count(journal.path.name) == times
        assert len(read(tmp_path)[0]) == json.loads(journal.path.read_bytes().splitlines()[-1])["n"]
    journal.close()
    assert forced.count(journal.path.name) == 3


def test_a_torn_tail_is_accounted_for(tmp_path: Path) -> None:
    write(tmp_path, {"v": "a"})
    tear(tmp_path)
    write(tmp_path, {"torn_bytes": len(TORN)}, {"v": "b"})
    records, tail = read(tmp_path)
    assert [record.n for record in records] == [1, 2, 3]
    assert tail.torn == 0


@pytest.mark.parametrize("data", [{}, {"torn_bytes": 0}, {"torn_bytes": len(TORN) - 1}, {"torn_bytes": str(len(TORN))}])
def test_a_torn_tail_not_accounted_for(tmp_path: Path, data: dict[str, Any]) -> None:
    write(tmp_path, {"v": "a"})
    tear(tmp_path)
    write(tmp_path, data)
    with pytest.raises(EvidenceError, match="unfinished line that no record accounts for"):
        read(tmp_path)


def test_a_torn_tail_that_is_gone(tmp_path: Path) -> None:
    write(tmp_path, {"v": "a"})
    write(tmp_path, {"torn_bytes": 5})
    with pytest.raises(EvidenceError, match="unfinished line"):
        read(tmp_path)


@pytest.mark.parametrize("between", [b"", b'{"at'])
def test_torn_again_before_the_first_record(tmp_path: Path, between: bytes) -> None:
    """The process that resumed died before its first record was whole, as on a full disk."""
    write(tmp_path, {"v": "a"})
    tear(tmp_path)
    (tmp_path / segment_name(2)).write_bytes(between)
    tail = read(tmp_path)[1]
    assert tail.torn == len(TORN + between)
    write(tmp_path, {"torn_bytes": tail.torn})
    assert len(read(tmp_path)[0]) == 2


def test_a_run_folder_chains_to_its_spec(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run")
    assert [record.n for record in folder.reader()] == [1, 2, 3, 4]
    folder.spec_file.write_bytes(folder.spec_file.read_bytes() + b" ")
    with pytest.raises(EvidenceError, match="the chain breaks here"):
        list(folder.reader())


def test_written_by_hand_it_is_one_chain_too(tmp_path: Path) -> None:
    folder: RunFolder = run_folder(tmp_path / "run")
    assert write_segment(folder, {"v": 1}).name == segment_name(4)
    assert len(list(folder.reader())) == 5
