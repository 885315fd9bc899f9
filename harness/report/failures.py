"""What a vendor has to act on: what got worse since a baseline, and failing cases in groups with a cause in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from harness.evidence import seal
from harness.evidence.folder import RunFolder
from harness.model import url as urls
from harness.model.errors import EvidenceError, UsageError
from harness.model.words import Outcome
from harness.report import result
from harness.report.causes import Causes, Group, causes
from harness.report.compare import Comparison, Flip, comparison
from harness.report.derive import Derived, derive
from harness.score.outcome import Scored
from harness.score.paired import BETTER, WORSE


class State(StrEnum):
    """What a run says beside its baseline; `ALONE` has none."""

    WORSE = "worse"
    NOT_WORSE = "nothing worse"
    UNCLEAR = "not clear"
    ALONE = "no baseline"
    VOID = "void"

    @property
    def exit_code(self) -> int:
        return {State.WORSE: 1, State.UNCLEAR: 2, State.VOID: 3}.get(self, 0)


@dataclass(frozen=True, slots=True)
class Failures:
    """`why` says in plain words what the state rests on. `found` is the comparison, None without a baseline or where
    none could be made; `worse`, `better` and `different` are its flips."""

    name: str
    sealed: bool
    derived: Derived
    found: Comparison | None
    state: State
    why: tuple[str, ...]
    causes: Causes
    worse: tuple[Flip, ...] = ()
    better: tuple[Flip, ...] = ()
    different: tuple[Flip, ...] = ()

    @property
    def groups(self) -> list[tuple[Group, int]]:
        """Each with how many of its cases were right in the baseline; those with most of them first."""
        new = {(flip.after.case_id, flip.after.setting) for flip in self.worse}
        counted = [
            (item, sum((case.case.case_id, case.setting) in new for case in item.cases)) for item in self.causes.groups
        ]
        return sorted(counted, key=lambda item: -item[1])


def failures(run: Path, baseline: Path | None, settings: Sequence[str] = (), confidence: float = 0.95) -> Failures:
    """The failing cases of a run, and what became of them since the baseline. Raises UsageError when either is no run
    or lacks a setting, EvidenceError when evidence does not stand."""
    folder = RunFolder(run)
    there = folder.spec().settings
    for name in settings:
        if name not in there:
            raise UsageError(f"no setting {name!r}; there is {', '.join(sorted(there))}", file=run, key="--setting")
    if baseline is not None:
        RunFolder(baseline).spec()
    sealed = folder.seal_file.exists()
    if sealed and (problems := seal.verify(folder)):
        raise EvidenceError(f"{problems[0]} ({len(problems)} in all; `harness verify` lists them)")
    found, why = _compared(run, baseline, settings, confidence)
    derived = found.runs[1].derived if found else _read(folder)
    scored = [item for item in derived.scored if not settings or item.setting in settings]
    flips = [flip for lineup in found.lineups for flip in lineup.against[0].flips] if found else []
    worse = tuple(flip for flip in flips if flip.change == WORSE)
    state, words = _state(derived, scored, found, flips, why)
    return Failures(
        name=folder.path.resolve().name,
        sealed=sealed,
        derived=derived,
        found=found,
        state=state,
        why=words,
        causes=causes(scored, lambda item: _fetched(derived, item)),
        worse=worse,
        better=tuple(flip for flip in flips if flip.change == BETTER),
        different=tuple(flip for flip in flips if flip.change not in (WORSE, BETTER)),
    )


def _read(folder: RunFolder) -> Derived:
    try:
        derived = derive(folder)
        for case in derived.cases:
            urls.parse(case.url)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvidenceError(f"{folder.path}: the evidence does not read: {error!r}") from None
    return derived


def _compared(
    run: Path, baseline: Path | None, settings: Sequence[str], confidence: float
) -> tuple[Comparison | None, str]:
    """The comparison, or why there is none though one was asked for."""
    if baseline is None:
        return None, ""
    try:
        return comparison([str(baseline), str(run)], settings, confidence), ""
    except UsageError as error:
        return None, f"The runs cannot be compared: {error}."


def _state(
    derived: Derived, scored: Sequence[Scored], found: Comparison | None, flips: Sequence[Flip], why: str
) -> tuple[State, tuple[str, ...]]:
    """Nothing is told to be no worse unless every case that both runs hold, and that was scored then, is scored now."""
    if derived.voids:
        return State.VOID, derived.voids
    if why:
        return State.UNCLEAR, (why,)
    if found and (voids := found.runs[0].derived.voids):
        return State.UNCLEAR, tuple(f"The baseline is void, and proves nothing: {reason}" for reason in voids)
    worse = sum(flip.change == WORSE for flip in flips)
    if worse:
        told = f"{_cases(worse)} handled rightly in the baseline {_are(worse)} handled wrongly now"
        better = sum(flip.change == BETTER for flip in flips)
        return State.WORSE, (f"{told}, and {better:,} the other way round." if better else f"{told}.",)
    if not any(item.outcome is not Outcome.UNSCORED for item in scored):
        return State.UNCLEAR, ("No case could be scored.",)
    lost = sum(flip.after.outcome == Outcome.UNSCORED != flip.before.outcome for flip in flips)
    if lost:
        return State.UNCLEAR, (f"{_cases(lost)} scored in the baseline could not be scored now.",)
    if found and not any(item.n for lineup in found.lineups for item in lineup.against[0].rates):
        return State.UNCLEAR, ("No case was scored in both runs.",)
    if found is None:
        return State.ALONE, ()
    n = _cases(len(found.match.urls))
    return State.NOT_WORSE, (f"Of {n} that both runs hold, none was handled rightly in the baseline and is not now.",)


def _cases(n: int) -> str:
    return f"{n:,} case" if n == 1 else f"{n:,} cases"


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def _fetched(derived: Derived, item: Scored) -> bool:
    seen = result.witness(derived, item)
    return seen is not None and any(receipt.served == "page" for receipt in seen.receipts)
