"""What a journal says has been done, kept up to date while a run goes on."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from harness.evidence.journal import Record
from harness.model.observation import CaseEvidence, Observation, observation_from
from harness.model.words import Arm

Fact = dict[str, Any]


class State:
    """Attempts by case and setting; control attempts serve every setting. `facts` are all other records, in order."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.control: dict[str, list[Observation]] = defaultdict(list)
        self.test: dict[tuple[str, str], list[Observation]] = defaultdict(list)
        self.facts: list[Record] = []
        for record in records:
            if record.kind == "attempt":
                self.add(observation_from(record.data))
            else:
                self.facts.append(record)

    def add(self, observation: Observation) -> None:
        if observation.arm is Arm.CONTROL:
            self.control[observation.case_id].append(observation)
        else:
            self.test[observation.case_id, observation.setting].append(observation)

    def evidence(self, case_id: str, setting: str) -> CaseEvidence:
        """All attempts of one case at one setting."""
        return CaseEvidence(self.control.get(case_id, []), self.test.get((case_id, setting), []))

    def of_kind(self, kind: str) -> list[Fact]:
        """The data of all records of that kind, in order."""
        return [record.data for record in self.facts if record.kind == kind]
