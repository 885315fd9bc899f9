"""Runs side by side: which settings are compared, and which cases are the same in all of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from harness.evidence import seal
from harness.evidence.folder import RunFolder
from harness.model import url as urls
from harness.model.case import Case
from harness.model.errors import EvidenceError, UsageError
from harness.profile.criteria import Criteria
from harness.report import result
from harness.report.derive import Derived, derive
from harness.score.outcome import Scored

RULE = (
    "A case is the same in two runs when its URL as a browser sends it, its expectation, its category and the bytes"
    " replayed for it are; its id may differ. In a live test nothing was replayed, so it shares no case with any other"
    " kind."
)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as asked for: `at` is the one setting asked for, "" for any. `number` counts from 1, the baseline;
    `identity` says as JSON values who was tested with what, and which evidence that is. `own` are the criteria it was
    planned with."""

    number: int
    name: str
    at: str
    derived: Derived
    own: Criteria
    sealed: bool
    identity: dict[str, Any]
    cases: dict[str, Case]  # by URL

    @property
    def settings(self) -> tuple[str, ...]:
        return (self.at,) if self.at else tuple(sorted(self.derived.spec.settings))

    def scored(self, setting: str) -> dict[str, Scored]:
        """What became of each case at that setting, by URL."""
        scored = self.derived.scored
        return {_href(item.case): item for item in scored.take(scored.where(setting=setting))}


@dataclass(frozen=True, slots=True)
class Changed:
    """A case of the baseline that is another one in run `number`: `what` names what differs."""

    number: int
    case_id: str
    url: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """The cases of two runs: how many are the same, how many look the same and are not (by what differs in them), and
    how many only one of them has."""

    one: int
    other: int
    same: int
    changed: dict[str, int]
    only_one: int
    only_other: int


@dataclass(frozen=True, slots=True)
class Match:
    """The URLs of the cases that all runs share, in the order of the baseline's case ids; how many of each run's cases
    are not among them; those that look the same and are not; and each pair by itself."""

    urls: tuple[str, ...]
    left_out: tuple[int, ...]
    changed: tuple[Changed, ...]
    pairs: tuple[Overlap, ...]


def open_runs(asked: Sequence[str]) -> list[Run]:
    """The runs at FOLDER or FOLDER@SETTING, all judged and scored by the rules and criteria of the first.

    Raises UsageError when one is no run or has no such setting, EvidenceError when its evidence does not stand."""
    if len(asked) < 2:
        raise UsageError("name two runs or more: the first is what the others are compared with", key="RUN")
    runs: list[Run] = []
    for text in asked:
        path, at = _place(text)
        runs.append(_open(len(runs) + 1, RunFolder(path), at, runs[0].derived if runs else None))
    return runs


def lineups(runs: Sequence[Run], wanted: Sequence[str] = ()) -> list[tuple[str, ...]]:
    """What is compared with what: for each comparison the setting of each run. Settings pair by name, unless there is
    only one of each run. Raises UsageError when they do not, or a run would be compared with itself."""
    offered = [run.settings if run.at or not wanted else tuple(wanted) for run in runs]
    for run, settings in zip(runs, offered, strict=True):
        for setting in settings:
            if setting not in run.derived.spec.settings:
                there = ", ".join(sorted(run.derived.spec.settings))
                raise UsageError(f"no setting {setting!r}; there is {there}", file=run.name)
    if all(len(settings) == 1 for settings in offered):
        found = [tuple(settings[0] for settings in offered)]
    else:
        shared = sorted(set[str].intersection(*map(set, offered)))
        found = [(setting,) * len(runs) for setting in shared]
    if not found:
        have = "; ".join(f"{run.name}: {', '.join(settings)}" for run, settings in zip(runs, offered, strict=True))
        raise UsageError(f"no setting is shared by name ({have}); say which to compare as FOLDER@SETTING", key="RUN")
    for lineup in found:
        seen: dict[tuple[str, str], Run] = {}
        for run, setting in zip(runs, lineup, strict=True):
            twin = seen.setdefault((run.derived.head, setting), run)
            if twin is not run:
                where = f"{run.name} at {setting} is the same evidence as {twin.name}"
                raise UsageError(f"{where}; a setting is chosen as FOLDER@SETTING", key="RUN")
    return found


def match(runs: Sequence[Run]) -> Match:
    """The cases that are the same in all runs, by `RULE`. Raises UsageError saying why of each pair when there are
    none."""
    shared, changed, pairs = set(runs[0].cases), [], []
    for one, other in combinations(runs, 2):
        same, differing, overlap = _overlap(one, other)
        pairs.append(overlap)
        if one is runs[0]:
            shared &= same
            changed += differing
    if not shared:
        why = "; ".join(_apart(overlap) for overlap in pairs)
        raise UsageError(f"the runs share no case: {why}. {RULE}", key="RUN")
    ordered = sorted(shared, key=lambda url: runs[0].cases[url].case_id)
    changed.sort(key=lambda item: (item.case_id, item.number))
    return Match(tuple(ordered), tuple(len(run.cases) - len(shared) for run in runs), tuple(changed), tuple(pairs))


def _overlap(one: Run, other: Run) -> tuple[set[str], list[Changed], Overlap]:
    """The URLs of the cases that are the same in both, and those of the first that are others in the second."""
    by_id = {case.case_id: case for case in other.cases.values()}
    same, met, changed = set(), set(), []
    for url, case in one.cases.items():
        if twin := other.cases.get(url) or by_id.get(case.case_id):
            met.add(twin.case_id)
            live = one.derived.spec.live is not other.derived.spec.live
            if what := (*_differing(case, twin), *(("kind of test",) if live else ())):
                changed.append(Changed(other.number, case.case_id, case.url, what))
            else:
                same.add(url)
    counted = Counter(what for item in changed for what in item.what)
    only = len(one.cases) - len(same) - len(changed), len(other.cases) - len(met)
    return same, changed, Overlap(one.number, other.number, len(same), dict(sorted(counted.items())), *only)


def _apart(overlap: Overlap) -> str:
    """Why two runs share as little as they do."""
    what = ", ".join(f"{count} with another {name}" for name, count in overlap.changed.items())
    differing = f", {what}" if what else ""
    return (
        f"runs {overlap.one} and {overlap.other} have {overlap.same} cases alike{differing},"
        f" {overlap.only_one} and {overlap.only_other} that the other has not"
    )


def _differing(case: Case, twin: Case) -> tuple[str, ...]:
    pairs = (
        ("url", _href(case), _href(twin)),
        ("expectation", case.expectation, twin.expectation),
        ("category", case.category, twin.category),
        ("fixture", case.fixture_digest, twin.fixture_digest),
    )
    return tuple(name for name, one, other in pairs if one != other)


def _place(text: str) -> tuple[Path, str]:
    """Folder and setting; a folder may have an @ in its name."""
    folder, _, setting = text.rpartition("@")
    return (Path(folder), setting) if folder and setting and not Path(text).exists() else (Path(text), "")


def _open(number: int, folder: RunFolder, at: str, baseline: Derived | None) -> Run:
    sealed = folder.spec_file.exists() and folder.seal_file.exists()
    if sealed and (problems := seal.verify(folder)):
        raise EvidenceError(f"{problems[0]} ({len(problems)} in all; `harness verify` lists them)")
    name = folder.path.resolve().name
    try:
        derived = derive(folder, baseline.criteria, baseline.rules) if baseline else derive(folder)
        own = Criteria.model_validate(derived.spec.criteria)
        identity = {"number": number, "name": name, "sealed": sealed, **_identity(derived)}
        identity["signer"] = seal.signer(folder) if sealed else ""
        cases = {_href(case): case for case in derived.cases}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvidenceError(f"{folder.path}: the evidence does not read: {error!r}") from None
    return Run(number, name, at, derived, own, sealed, identity, cases)


def _identity(derived: Derived) -> dict[str, Any]:
    spec, said = derived.spec, result.product(derived)
    return {
        "product": {key: said[key] for key in ("name", "title", "version", "browser", "profile_digest", "params")},
        "corpus": {key: spec.corpus[key] for key in ("name", "version", "digest")},
        "criteria_digest": spec.criteria_digest,
        "harness_version": spec.harness_version,
        "laboratory": str(derived.statements[-1].laboratory.get("name", "")) if derived.statements else "",
        "planned_at": spec.created,
        "journal_head": derived.head,
        "void": list(derived.voids),
    }


def _href(case: Case) -> str:
    return urls.parse(case.url).href
