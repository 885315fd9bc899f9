"""A disk that is full, read-only or broken ends a session and never a run: what was recorded stands, nothing comes
after a line that is not whole, and the next session goes on."""

import asyncio
import errno
import itertools
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cli import actions
from harness.evidence.blobs import Blobs
from harness.evidence.folder import RunFolder
from harness.evidence.journal import Journal, Reader
from harness.evidence.state import State
from harness.model import canonical
from harness.run.carry import carry_on
from harness.run.plan import reopen
from harness.run.rig import Report
from harness.run.setup import Setup
from tests import builders, live

FULL, READ_ONLY, BROKEN = errno.ENOSPC, errno.EROFS, errno.EIO
CASES = 8


class Disk:
    """A file on a disk with so many bytes left, on which nothing can be taken back either, unless `shrinks`."""

    def __init__(self, file: Any, room: int, number: int, shrinks: bool = True) -> None:
        self._file, self._room, self._number, self._shrinks = file, room, number, shrinks

    def write(self, data: bytes) -> int:
        if not self._room:
            raise OSError(self._number, os.strerror(self._number))
        part = data[: self._room]
        self._room -= len(part)
        return int(self._file.write(part))

    def truncate(self, size: int) -> None:
        if not self._shrinks:
            raise OSError(self._number, os.strerror(self._number))
        self._file.truncate(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def journal(folder: Path) -> Journal:
    reader = Reader(folder, "")
    list(reader)
    made = Journal(folder, reader.tail, lambda: builders.NOW)
    made.append("start", {"torn_bytes": reader.tail.torn})
    return made


@settings(max_examples=30)
@given(st.integers(0, 700), st.booleans(), st.lists(st.integers(0, 90), min_size=1, max_size=6))
def test_disk_full_after_any_byte_leaves_whole_records_and_takes_no_more(
    room: int, shrinks: bool, sizes: list[int]
) -> None:
    with live.scratch() as folder:
        full, written, raised = journal(folder), [], []
        full._file = Disk(full._file, room, FULL, shrinks)  # type: ignore[assignment]
        for number, size in enumerate(sizes):
            try:
                full.append("note", {"number": number, "text": "x" * size})
            except OSError as error:
                raised.append((error.errno, error.filename))
                full._file._room = 10_000  # type: ignore[attr-defined] # room again: too late for this session
            else:
                written.append(number)
        full.close()
        journal(folder).close()
        kept = [record.data["number"] for record in Reader(folder, "") if record.kind == "note"]
    assert kept == written == list(range(len(written)))
    assert raised == [(FULL, str(full.path))] * (len(sizes) - len(written))


@pytest.mark.parametrize("number", [FULL, READ_ONLY, BROKEN])
def test_what_cannot_be_forced_to_disk_ends_the_session(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = journal(tmp_path)
    monkeypatch.setattr(os, "fsync", _raises(number))
    with pytest.raises(OSError, match=os.strerror(number)):
        broken.sync()
    monkeypatch.undo()
    with pytest.raises(OSError, match=os.strerror(number)):
        broken.append("note", {})
    broken.close()


@pytest.mark.parametrize("number", [FULL, READ_ONLY, BROKEN])
def test_a_blob_that_cannot_be_written_is_not_there_and_can_be_later(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs, digest = Blobs(tmp_path), canonical.digest(b"page")
    blobs.path(digest).parent.mkdir()
    monkeypatch.setattr(os, "fsync", _raises(number))
    with pytest.raises(OSError, match=os.strerror(number)) as raised:
        blobs.put(b"page")
    monkeypatch.undo()
    assert raised.value.filename == str(blobs.path(digest))
    assert list(blobs.digests()) == []
    assert blobs.get(blobs.put(b"page")) == b"page"
    assert list(blobs.digests()) == [digest]


def _raises(number: int) -> Callable[[int], None]:
    def raises(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    return raises


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    cases = [live.allow(f"c-{n}", f"http://c-{n}.test/") for n in range(CASES)]
    return live.planned(tmp_path, "zoo-perfect", live.write_corpus(tmp_path / "corpus", cases))


async def attempted(setup: Setup, state: State, record: Report) -> dict[str, Any]:
    """An executor that gives every case an attempt that needs one, all at once."""

    async def attempt(case_id: str) -> None:
        await asyncio.sleep(0)
        seen = builders.observation(case_id=case_id, attempt_id=f"{case_id}/test/1")
        state.add(seen, record("attempt", canonical.plain(seen)))

    async with asyncio.TaskGroup() as group:
        for case in setup.folder.cases(setup.spec):
            if not state.evidence(case.case_id, "moderate").test:
                group.create_task(attempt(case.case_id))
    return {"complete": True, "reason": ""}


def carried_on(folder: RunFolder) -> None:
    spec, ticks = folder.spec(), itertools.count()
    here = Setup(folder, spec, *reopen(spec), Path(), "0", lambda: f"tick {next(ticks)}", live.Silent(), {"test": "0"})
    asyncio.run(carry_on(here, attempted))


@pytest.mark.parametrize("number", [FULL, READ_ONLY, BROKEN])
@pytest.mark.parametrize("room", [0, 400, 3_000, 6_000])
def test_a_disk_that_fails_in_mid_run_leaves_a_run_that_is_resumed_with_nothing_lost_or_doubled(
    room: int, number: int, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Journal.__init__

    def failing(self: Journal, *given: Any) -> None:
        made(self, *given)
        self._file = Disk(self._file, room, number, shrinks=number == FULL)  # type: ignore[assignment]

    monkeypatch.setattr(Journal, "__init__", failing)
    with pytest.raises((OSError, ExceptionGroup)):
        carried_on(folder)
    monkeypatch.undo()
    assert not folder.seal_file.exists()
    carried_on(folder)
    assert folder.seal_file.exists()
    names = Counter(record.data["attempt_id"] for record in folder.reader() if record.kind == "attempt")
    assert names == Counter(f"c-{number}/test/1" for number in range(CASES))


@pytest.mark.parametrize("number", [FULL, READ_ONLY, BROKEN])
def test_a_run_that_ends_for_its_disk_says_which_file_and_how_to_go_on(
    number: int, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(setup: Setup) -> None:
        raise OSError(number, os.strerror(number), str(folder.journal))

    monkeypatch.setattr(actions, "carry_on", full)
    monkeypatch.setattr(actions, "find", lambda name: Path())
    ended = live.command("run", folder.path)
    assert ended.code == 5
    assert ended.err == (
        f"error: {folder.journal}: {os.strerror(number)}; what was recorded stands, go on with:"
        f" harness resume {folder.path}\n"
    )
