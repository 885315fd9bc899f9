"""What a journal says has been done."""

from harness.evidence.journal import Record
from harness.evidence.state import State
from harness.model import canonical
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
