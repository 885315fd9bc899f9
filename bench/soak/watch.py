"""What a run has recorded so far, read while it goes on."""

import json
from collections import defaultdict
from pathlib import Path

from harness.classify.facts import is_fault
from harness.evidence.folder import RunFolder
from harness.evidence.journal import segments
from harness.model.observation import observation_from


class Watch:
    """Counts the attempts in a journal that grows, reading each byte once; `measured` are those that are no faults."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder, self._read = folder, defaultdict[Path, int](int)
        self.attempts, self.measured = 0, 0

    def look(self) -> None:
        """Read what has been added."""
        for path in segments(self._folder.journal):
            with path.open("rb") as file:
                file.seek(self._read[path])
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self._read[path] += len(line)
                    if b'"kind":"attempt"' in line:
                        self.attempts += 1
                        self.measured += not is_fault(observation_from(json.loads(line)["data"]))
