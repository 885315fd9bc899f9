"""What a journal says has been done, kept up to date while a run goes on."""

import json
import os
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from harness.evidence.journal import Place, Reader, Record
from harness.model.errors import EvidenceError
from harness.model.observation import CaseEvidence, Observation, observation_from
from harness.model.words import Arm

Fact = dict[str, Any]
AT_HAND = 256  # of the attempts that lie in a journal, so that a case under way is not read again


class State:
    """Attempts by case and setting; control attempts serve every setting. Those that lie in a journal are left there
    and read again when they are asked for, so that a run does not grow by what it has seen. `facts` are all other
    records, in order."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._attempts: dict[tuple[str, str], list[Observation | Place]] = defaultdict(list)
        self._at_hand: dict[Place, Observation] = {}
        self.facts: list[Record] = []
        for record in records:
            if record.kind == "attempt":
                self.add(observation_from(record.data), records.place if isinstance(records, Reader) else None)
            else:
                self.facts.append(record)

    def add(self, observation: Observation, place: Place | None = None) -> None:
        """One more attempt, which lies at `place` in a journal that is kept, if it is given."""
        setting = "" if observation.arm is Arm.CONTROL else observation.setting
        self._attempts[observation.case_id, setting].append(place or observation)
        if place:
            self._at_hand[place] = observation
            if len(self._at_hand) > AT_HAND:
                del self._at_hand[next(iter(self._at_hand))]

    def evidence(self, case_id: str, setting: str) -> CaseEvidence:
        """All attempts of one case at one setting. Raises EvidenceError when they are not in the journal any more."""
        control, test = (self._attempts.get((case_id, name), []) for name in ("", setting))
        return CaseEvidence(list(map(self._seen, control)), list(map(self._seen, test)))

    def of_kind(self, kind: str) -> list[Fact]:
        """The data of all records of that kind, in order."""
        return [record.data for record in self.facts if record.kind == kind]

    def _seen(self, item: Observation | Place) -> Observation:
        if isinstance(item, Observation):
            return item
        return self._at_hand.get(item) or _read(item)


def _read(place: Place) -> Observation:
    try:
        with place.segment.open("rb", buffering=0) as file:
            return observation_from(json.loads(os.pread(file.fileno(), place.size, place.start))["data"])
    except (OSError, ValueError) as error:
        raise EvidenceError(f"{place.segment}: changed while it was read ({error})") from None
