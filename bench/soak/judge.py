"""Whether a run that was disturbed came out as one that was not."""

import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.sessions import MAIN
from harness.classify.facts import is_fault
from harness.classify.steps import next_arms
from harness.evidence.folder import RunFolder
from harness.evidence.state import State
from harness.model.observation import observation_from
from harness.model.words import Arm, Expectation, Outcome, Verdict
from harness.report.derive import derive

DERIVED = ("verdicts.parquet", "decisions.json")
RIGHT = {Expectation.BLOCK: Verdict.BLOCKED, Expectation.ALLOW: Verdict.ALLOWED}


@dataclass(frozen=True, slots=True)
class Found:
    """Of a run: its cases, those right, why others were left unscored, attempts and the faults among them, why it is
    void if it is, and what may not be."""

    cases: int
    right: int
    unscored: dict[str, int]
    attempts: int
    faults: int
    voids: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether every case was scored."""
        return not self.voids and self.right == self.cases


def verified(folder: RunFolder) -> str:
    """What `harness verify` has against the run, "" for nothing."""
    ended = subprocess.run([*MAIN, "verify", str(folder.path)], capture_output=True, text=True, check=False)
    return f"does not verify: {ended.stdout}{ended.stderr}" if ended.returncode else ""


def judged(folder: RunFolder, verify: Callable[[RunFolder], str] = verified) -> Found:
    """Hold a sealed run of known answers against them."""
    derived, reader = derive(folder), folder.reader()
    seen = [observation_from(record.data) for record in reader if record.kind == "attempt"]
    problems = []
    doubled = {name: times for name, times in Counter(item.attempt_id for item in seen).items() if times > 1}
    problems += [f"attempt doubled: {name}, {times} times" for name, times in doubled.items()]
    numbers = defaultdict[tuple[str, Arm, str], list[int]](list)
    for item in seen:
        numbers[item.case_id, item.arm, item.setting].append(item.number)
    problems += [f"attempt lost: {key}" for key, had in numbers.items() if sorted(had) != list(range(1, len(had) + 1))]
    right, unscored = 0, Counter[str]()
    state = State(folder.reader())
    for one in derived.scored:
        if one.outcome is Outcome.UNSCORED:
            unscored[one.reason] += 1
        elif one.outcome is Outcome.CORRECT and one.judgement.verdict is RIGHT[one.case.expectation]:
            right += 1
        else:
            problems.append(f"false verdict: {one.case.case_id} {one.judgement.verdict} {one.reason}")
        if not derived.voids and next_arms(state.evidence(one.case.case_id, one.setting), derived.spec.limits):
            problems.append(f"attempt missing: {one.case.case_id}")
    problems += filter(None, [verify(folder)])
    cases, faulty = len(derived.scored), sum(map(is_fault, seen))
    return Found(cases, right, dict(unscored), len(seen), faulty, tuple(map(str, derived.voids)), tuple(problems))


def results(folder: RunFolder) -> dict[str, bytes]:
    """What must be byte for byte the same in every run of the plan whose cases were all scored."""
    return {name: Path(folder.derived / name).read_bytes() for name in DERIVED}
