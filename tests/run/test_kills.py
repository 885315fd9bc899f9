"""A harness that is killed again and again loses nothing and doubles nothing; and the bench that says so would
notice."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import kills
from bench.sessions import Phase, phase
from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.report import outputs
from harness.report.derive import derive
from tests import live
from tests.report import runs

KILLS = 2
CASES = runs.cases(2, 2)


@pytest.mark.browser
def test_a_run_that_is_killed_again_and_again_is_finished_all_the_same() -> None:
    tally = kills.Tally()
    with live.scratch() as tmp:
        kills.kill(tmp, ["zoo-perfect"], [1], KILLS, 1, tally)
    assert tally.problems == []
    assert tally.kills.total() == KILLS
    # Each of two pages is attempted once at each of two settings; a control serves both.
    assert tally.attempts == tally.runs * (2 * 2 + 2)


def scored(path: Path, fates: dict[str, str] | None = None, cases: list[Any] = CASES) -> RunFolder:
    folder = runs.run(path, cases, fates)
    outputs.write(folder, derive(folder))
    return folder


def compared(folder: RunFolder, like: RunFolder) -> list[str]:
    return kills.compared(folder, like, kills.Tally())


def test_a_run_that_is_the_same_is_found_to_be(tmp_path: Path) -> None:
    assert compared(scored(tmp_path / "run"), scored(tmp_path / "like")) == []


def test_attempts_that_are_missing_or_too_many_are_found(tmp_path: Path) -> None:
    fewer, more = scored(tmp_path / "fewer", {"adult-01": ""}), scored(tmp_path / "more", {"adult-01": "reset"})
    assert compared(fewer, more) == [
        "attempt lost: adult-01/control/1",
        *(f"attempt lost: adult-01/moderate/test/{number}" for number in (1, 2, 3)),
        "derived/verdicts.parquet differs",
        "derived/decisions.json differs",
    ]
    assert "attempt doubled or too many: adult-01/moderate/test/3" in compared(more, fewer)


def test_an_attempt_that_is_there_twice_is_found(tmp_path: Path) -> None:
    twice = scored(tmp_path / "twice", cases=[*CASES, CASES[0]])
    assert "attempt doubled or too many: adult-00/control/1" in compared(twice, scored(tmp_path / "like"))


def test_another_verdict_of_the_same_attempts_is_found(tmp_path: Path) -> None:
    altered = scored(tmp_path / "altered", {"adult-01": "altered"})
    found = compared(altered, scored(tmp_path / "like"))
    assert found == ["derived/verdicts.parquet differs", "derived/decisions.json differs"]


@given(st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"") + b"\n"), min_size=1), st.integers())
def test_a_cut_takes_the_end_of_the_last_line_or_all_of_it(lines: list[bytes], seed: int) -> None:
    with live.scratch() as tmp:
        segment = tmp / "000001.jsonl"
        segment.write_bytes(b"".join(lines))
        assert kills.cut(segment, random.Random(seed))
        left = segment.read_bytes()
    assert left.startswith(b"".join(lines[:-1]))
    assert b"".join(lines).startswith(left)
    assert left != b"".join(lines)


def test_of_an_empty_segment_nothing_is_cut(tmp_path: Path) -> None:
    (tmp_path / "000001.jsonl").touch()
    assert not kills.cut(tmp_path / "000001.jsonl", random.Random(1))


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("start", {}, Phase.RIG),
        ("identity", {"phase": "before"}, Phase.BEFORE),
        ("attempt", {}, Phase.CASES),
        ("canary", {"phase": "during"}, Phase.CASES),
        ("canary", {"phase": "after"}, Phase.AFTER),
        ("stop", {}, Phase.SEALING),
    ],
)
def test_the_last_whole_record_says_what_a_session_does(
    kind: str, data: dict[str, str], expected: Phase, tmp_path: Path
) -> None:
    folder, segment = RunFolder(tmp_path), tmp_path / "000001.jsonl"
    assert phase(folder, None) is Phase.STARTING
    line = canonical.dumps({"kind": kind, "data": data}).encode() + b"\n"
    segment.write_bytes(line[:-1])
    assert phase(folder, segment) is Phase.STARTING
    segment.write_bytes(line + b'{"kind":"st')
    assert phase(folder, segment) is expected
    folder.seal_file.touch()
    assert phase(folder, segment) is Phase.SCORING
