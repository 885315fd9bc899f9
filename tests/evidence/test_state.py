"""What a journal says has been done."""

import json
import re
import tracemalloc
from pathlib import Path

import pytest

from harness.evidence.journal import Journal, Place, Reader, Record, Tail
from harness.evidence.state import AT_HAND, State
from harness.model import canonical
from harness.model.errors import EvidenceError
from harness.model.observation import observation_from
from tests.builders import NOW, control, observation


def test_attempts_by_case_and_setting() -> None:
    seen = [control(), observation(), observation(number=2), observation(setting="most"), observation(case_id="other")]
    state = State(Record(n, "attempt", NOW, canonical.plain(item)) for n, item in enumerate(seen, 1))
    moderate = state.evidence("case", "moderate")
    assert moderate.control == [seen[0]]
    assert moderate.test == seen[1:3]
    assert state.evidence("case", "most").control == [seen[0]]
    assert state.evidence("case", "most").test == [seen[3]]
    assert state.evidence("nowhere", "moderate").test == []


def test_other_facts_keep_their_order() -> None:
    state = State([Record(1, "start", NOW, {"a": 1}), Record(2, "stop", NOW, {}), Record(3, "start", NOW, {"a": 2})])
    assert state.of_kind("start") == [{"a": 1}, {"a": 2}]
    assert state.of_kind("nothing") == []


def test_attempts_in_a_journal_are_left_there(tmp_path: Path) -> None:
    journal, state = Journal(tmp_path, Tail(0, "", "", 0), lambda: NOW), State()
    seen = [observation(attempt_id=str(number), number=number) for number in range(AT_HAND + 3)]
    for item in seen:
        state.add(item, journal.append("attempt", canonical.plain(item)))
    assert state.evidence("case", "moderate").test == seen
    journal.close()
    assert State(Reader(tmp_path, "")).evidence("case", "moderate").test == seen
    journal.path.unlink()
    with pytest.raises(EvidenceError, match=re.escape(str(journal.path))):
        state.evidence("case", "moderate")


def test_a_long_run_takes_little_memory() -> None:
    """Of an attempt it is known where it lies, which is less than a third of what it showed."""
    lines = [canonical.dumps(observation(case_id=f"{number}", headers=(("x", "y" * 500),))) for number in range(4_000)]

    def taken(keep: bool) -> int:
        state = State()
        tracemalloc.start()
        try:
            for line in lines:
                place = Place(Path(), 1000 * len(line), len(line))
                state.add(observation_from(json.loads(line)), place if keep else None)
            return tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()

    assert 3 * taken(True) < taken(False)
