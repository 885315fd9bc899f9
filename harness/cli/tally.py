"""How far a run has come, in figures."""

from collections import Counter, deque
from collections.abc import Mapping
from datetime import timedelta

from harness.model.words import Verdict
from harness.report.neutral import prose, visible

RECENT = 100  # cases that the rate is taken from
WORDS = 120  # characters of a fault that are shown


class Tally:
    """Of one setting: cases done of all, verdicts of those done as far as they are known, attempts that failed."""

    def __init__(self, setting: str, total: int, done: int, verdicts: Mapping[Verdict, int]) -> None:
        self.setting, self.total, self.done = setting, total, done
        self.verdicts = Counter(verdicts)
        self.faults, self.last_fault = 0, ""
        self._times: deque[float] = deque(maxlen=RECENT)

    def case(self, verdict: Verdict | None, at: float) -> None:
        """One more case is done, at that time in seconds."""
        self.done += 1
        self._times.append(at)
        if verdict:
            self.verdicts[verdict] += 1

    def fault(self, text: str) -> None:
        """One more attempt failed."""
        self.faults, self.last_fault = self.faults + 1, text

    @property
    def rate(self) -> float:
        """Cases a second lately, 0 when it cannot be told yet."""
        span = self._times[-1] - self._times[0] if self._times else 0.0
        return (len(self._times) - 1) / span if span > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until the setting's cases are done at that rate, None when it cannot be told yet."""
        return (self.total - self.done) / self.rate if self.rate else None

    @property
    def speed(self) -> str:
        """The rate and the time left, in words."""
        if self.left is None:
            return "starting"
        return f"{self.rate:.1f} cases/s, {timedelta(seconds=round(self.left))} left"

    @property
    def found(self) -> str:
        """Verdicts and faults, in words; "" when there are none yet."""
        parts = [f"{self.verdicts[verdict]} {verdict}" for verdict in Verdict if self.verdicts[verdict]]
        if self.faults:
            plural = "s" if self.faults > 1 else ""
            parts.append(f"{self.faults} failed attempt{plural}, the last {visible(prose(self.last_fault), WORDS)}")
        return ", ".join(parts)
