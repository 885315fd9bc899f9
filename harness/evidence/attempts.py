"""The attempts of a run, left in its journal and read again when they are asked for: a million take little memory."""

import json
import os
import weakref
from array import array
from collections.abc import Callable, Iterator
from itertools import chain
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
        self._places = np.array([segments, starts, sizes], dtype=np.int64)[:, order].T
        self._first = np.searchsorted(self._keys, np.arange(len(self._cases) * (len(self._settings) + 1) + 1))
        self._file, self._segment = -1, -1
        self._close: Callable[[], object] = lambda: None

    def evidence(self, case_id: str, setting: str) -> CaseEvidence:
        """All attempts of one case at one setting."""
        return CaseEvidence(list(self._control(case_id)), list(self._test(case_id, setting)))

    def attempt(self, case_id: str, setting: str, attempt_id: str) -> Observation | None:
        """One attempt of a case at a setting, on either arm; None when there is none of that name."""
        seen = chain(self._test(case_id, setting), self._control(case_id))
        return next((item for item in seen if item.attempt_id == attempt_id), None)

    def of_kind(self, kind: str) -> list[Fact]:
        """The data of all records of that kind, in order."""
        return [record.data for record in self.facts if record.kind == kind]

    def count(self, arm: Arm) -> tuple[int, int]:
        """How many attempts there were on the arm, and how many cases at a setting had more than one."""
        control = self._keys % (len(self._settings) + 1) == 0
        _, counts = np.unique(self._keys[control if arm is Arm.CONTROL else ~control], return_counts=True)
        return int(counts.sum()), int((counts > 1).sum())

    def _control(self, case_id: str) -> Iterator[Observation]:
        return self._read(case_id, 0)

    def _test(self, case_id: str, setting: str) -> Iterator[Observation]:
        return self._read(case_id, self._settings[setting]) if setting in self._settings else iter(())

    def _read(self, case_id: str, setting: int) -> Iterator[Observation]:
        if case_id in self._cases:
            key = self._cases[case_id] * (len(self._settings) + 1) + setting
            for place in self._places[self._first[key] : self._first[key + 1]].tolist():
                yield self._observation(*place)

    def _observation(self, segment: int, start: int, size: int) -> Observation:
        try:
            if segment != self._segment:
                self._open(segment)
            return observation_from(json.loads(os.pread(self._file, size, start))["data"])
        except (OSError, ValueError) as error:
            raise EvidenceError(f"{self._segments[segment]}: changed while it was read ({error})") from None

    def _open(self, segment: int) -> None:
        """Have this segment open, and no other."""
        file = os.open(self._segments[segment], os.O_RDONLY)
        self._close()
        self._file, self._segment = file, segment
        self._close = weakref.finalize(self, os.close, file)
