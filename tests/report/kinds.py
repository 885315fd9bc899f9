"""A run of every kind that a format has to say truthfully, by what it ends in or holds."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from harness.evidence import addenda
from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.model.addendum import Adjudication, ClauseJudgement, Finding, Invalidation
from harness.model.case import SEALED
from harness.model.observation import Network
from harness.model.words import Verdict
from harness.report.derive import Derived, derive
from tests import builders
from tests.report import runs

CLAUSES = (
    {"id": "4", "title": "Blocking", "assessed": "measured"},
    {"id": "5", "title": "Ease of use", "assessed": "by-hand", "note": "to be looked at"},
    {"id": "6", "title": "Updates", "assessed": "by-hand", "note": "to be looked at"},
    {"id": "7", "title": "Removal", "assessed": "by-hand", "note": "to be looked at"},
    {"id": "8", "title": "Phones", "assessed": "not-applicable", "note": "none was tested"},
)
STEPS = {"block": ["adult"], "under": [0.1], "over": [0.1]}
SCORE = {"id": "score", "title": "Score", "source": "made up for a test", **STEPS}
YOUNG = runs.BLOCK.model_copy(update={"id": "young", "age_band": "0-12"})
PLACE = TemporaryDirectory(prefix="kinds-")
STOPPED = {"complete": False, "reason": "the product died at /home/someone/product"}


def profile(*items: Any, **changes: Any) -> dict[str, Any]:
    made = builders.criteria(*(items or (runs.BLOCK, runs.ALLOW)), **{"clause": CLAUSES, "score": (SCORE,), **changes})
    return made.model_dump(mode="json", by_alias=True)


def through(count: int, fate: str = "arrives") -> dict[str, str]:
    """What became of so many pages to block."""
    return {f"adult-{number:02}": fate for number in range(count)}


def made(path: Path, fates: dict[str, str] | None = None, **changes: Any) -> RunFolder:
    values: dict[str, Any] = {"criteria": profile(), "settings": ("moderate", "most"), **changes}
    planned = values.pop("planned", None) or runs.cases(12, 12)
    return runs.run(path, planned, fates, **values)


def judged(path: Path) -> RunFolder:
    """Cases and clauses that people had something to say about."""
    folder = made(path, through(1))
    person: dict[str, Any] = {"author": "Ann Other", "reason": "seen", "blind": True, "date": builders.NOW}
    machine: dict[str, Any] = {"machine_verdict": Verdict.ALLOWED, "machine_rule": "allowed.token"}
    where: dict[str, Any] = {"case_id": "adult-00", "setting": "most"}
    addenda.append(folder, Adjudication(**person, **where, **machine, verdict=Verdict.BLOCKED))
    addenda.append(folder, Invalidation(**person, case_id="news-01", setting=""))
    for clause, finding in (("5", Finding.MET), ("6", Finding.NOT_MET), ("7", Finding.NOT_APPLICABLE)):
        addenda.append(folder, ClauseJudgement(**person, clause=clause, finding=finding))
    return folder


def with_parts(path: Path) -> RunFolder:
    """Half of the cases are sealed."""
    hidden = [replace(case, url=f"http://{number}.{SEALED}/") for number, case in enumerate(runs.cases(12, 12))]
    shown = [replace(case, case_id=f"open-{case.case_id}") for case in runs.cases(12, 12)]
    return made(path, through(2), planned=[*hidden, *shown])


KINDS: dict[str, Callable[[Path], RunFolder]] = {
    "pass": made,
    "conditional-pass": lambda path: made(path, through(5)),
    "conditional-fail": lambda path: made(path, through(8)),
    "fail": lambda path: made(path, through(12)),
    "inconclusive": lambda path: made(path, through(12, "challenged")),
    "void": lambda path: made(path, through(4), stop=STOPPED),
    "unfinished": lambda path: made(path, stop={}),
    "unmeasured": lambda path: made(path, {case.case_id: "" for case in runs.cases(12, 12)}),
    "faulty": lambda path: made(path, through(3, "faulty")),
    "not-sealed": lambda path: made(path, sealed=False),
    "without-clauses": lambda path: made(path, criteria=profile(clause=(), score=())),
    "age-band": lambda path: made(path, criteria=profile(runs.BLOCK, YOUNG)),
    "judged": judged,
    "parts": with_parts,
    "live": lambda path: made(
        path,
        product={**runs.PRODUCT, "kind": "live"},
        seen={"live": Network(("192.0.2.1",), "")},
        heard={"observation": canonical.plain(builders.replaced())},
    ),
}


@cache
def run(kind: str) -> tuple[RunFolder, Derived]:
    """Made once for all tests, which must not change it."""
    folder = KINDS[kind](Path(PLACE.name) / kind)
    return folder, derive(folder)


def derived(kind: str) -> Derived:
    return run(kind)[1]
