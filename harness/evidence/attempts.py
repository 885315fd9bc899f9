"""The attempts of a run, left in its journal and read again when they are asked for: a million take little memory."""

import json
import os
from array import array
from pathlib import Path

import numpy as np

from harness.evidence.journal import Reader, Record
from harness.evidence.state import Fact
from harness.model.errors import EvidenceError
from harness.model.observation import CaseEvidence, Observation, observation_from
from harness.model.words import Arm


class Attempts:
    """As `State`, of a journal that nobody writes any more; `facts` are all records that are no attempts, in order.
    Raises EvidenceError when the journal is damaged, KeyError, TypeError or ValueError when an attempt is none."""

    def __init__(self, reader: Reader) -> None:
        self.facts: list[Record] = []
        self._cases: dict[str, int] = {}
        self._settings: dict[str, int] = {}
        self._segments: list[Path] = []
        cases, settings, segments, starts, sizes = (array("q") for _ in range(5))
        for record in reader:
            if record.kind != "attempt":
                self.facts.append(record)
                continue
            if not self._segments or self._segments[-1] != reader.segment:
                self._segments.append(reader.segment)
            seen = record.data
            control = Arm(seen["arm"]) is Arm.CONTROL
            cases.append(self._cases.setdefault(seen["case_id"], len(self._cases)))
            settings.append(0 if control else self._settings.setdefault(seen["setting"], len(self._settings) + 1))
            segments.append(len(self._segments) - 1)
            starts.append(reader.start)
            sizes.append(reader.size)
        keys = np.array(cases, dtype=np.int64) * (len(self._settings) + 1) + np.array(settings, dtype=np.int64)
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._places = np.array([segments, starts, sizes], dtype=np.int64)[:, order]

    def evidence(self, case_id: str, setting: str) -> CaseEvidence:
        """All attempts of one case at one setting."""
        test = self._read(case_id, self._settings[setting]) if setting in self._settings else []
        return CaseEvidence(self._read(case_id, 0), test)

    def of_kind(self, kind: str) -> list[Fact]:
        """The data of all records of that kind, in order."""
        return [record.data for record in self.facts if record.kind == kind]

    def count(self, arm: Arm) -> tuple[int, int]:
        """How many attempts there were on the arm, and how many cases at a setting had more than one."""
        control = self._keys % (len(self._settings) + 1) == 0
        _, counts = np.unique(self._keys[control if arm is Arm.CONTROL else ~control], return_counts=True)
        return int(counts.sum()), int((counts > 1).sum())

    def _read(self, case_id: str, setting: int) -> list[Observation]:
        if case_id not in self._cases:
            return []
        key = self._cases[case_id] * (len(self._settings) + 1) + setting
        first, last = np.searchsorted(self._keys, (key, key + 1))
        return [self._observation(*place) for place in self._places[:, first:last].T.tolist()]

    def _observation(self, segment: int, start: int, size: int) -> Observation:
        try:
            file = os.open(self._segments[segment], os.O_RDONLY)
            try:
                line = os.pread(file, size, start)
            finally:
                os.close(file)
            return observation_from(json.loads(line)["data"])
        except (OSError, ValueError) as error:
            raise EvidenceError(f"{self._segments[segment]}: changed while it was read ({error})") from None
