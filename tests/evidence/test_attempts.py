"""Attempts left in the journal are those that a state holds, and what changed meanwhile is an error."""

from pathlib import Path

import pytest

from harness.evidence.attempts import Attempts
from harness.evidence.journal import Journal, Reader
from harness.evidence.state import State
from harness.model import canonical
from harness.model.errors import EvidenceError
from harness.model.words import Arm
from tests.builders import NOW, control, observation

SEEN = [
    control(attempt_id="case/control/1"),
    observation(attempt_id="case/moderate/test/1"),
    observation(attempt_id="case/moderate/test/2", number=2),
    observation(attempt_id="case/most/test/1", setting="most"),
    observation(attempt_id="other/moderate/test/1", case_id="other"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A journal in two segments, which take turns in what they hold of a case."""
    for part in (SEEN[::2], SEEN[1::2]):
        reader = Reader(tmp_path, "")
        list(reader)
        journal = Journal(tmp_path, reader.tail, lambda: NOW)
        for item in part:
            journal.append("attempt", canonical.plain(item))
        journal.append("start", {"versions": {}})
        journal.close()
    return tmp_path


def test_they_are_those_that_a_state_holds(folder: Path) -> None:
    left, held = Attempts(Reader(folder, "")), State(Reader(folder, ""))
    for case_id in ("case", "other", "nowhere"):
        for setting in ("moderate", "most", "none"):
            assert left.evidence(case_id, setting) == held.evidence(case_id, setting)
    assert left.facts == held.facts
    assert (left.count(Arm.CONTROL), left.count(Arm.TEST)) == ((1, 0), (4, 1))


def test_one_is_found_by_its_name_on_either_arm(folder: Path) -> None:
    attempts = Attempts(Reader(folder, ""))
    for item in SEEN:
        assert attempts.attempt(item.case_id, item.setting, item.attempt_id) == item
    assert attempts.attempt("case", "moderate", "case/most/test/1") is None
    assert attempts.attempt("nowhere", "moderate", "case/control/1") is None


def test_a_journal_cut_after_it_was_read_is_an_error(folder: Path) -> None:
    attempts = Attempts(Reader(folder, ""))
    (folder / "000001.jsonl").write_bytes(b"")
    with pytest.raises(EvidenceError, match="changed while it was read"):
        attempts.evidence("case", "moderate")
