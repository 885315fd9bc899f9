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
from harness.model.check import Check, Group, Tried
from harness.model.observation import Network
from harness.model.words import Arm, Tier, Verdict
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
# What is asked of checks: of the battery, and of all the others.
REQUIRED = {"title": "Ways round are closed", "clause": "4", "source": "made up for a test"}
REQUIREMENTS = (
    {**REQUIRED, "id": "round", "checks": ["battery.*"]},
    {
        **REQUIRED,
        "id": "rest",
        "title": "The rest holds",
        "checks": ["communications.*", "m*", "r*", "l*"],
        "maximum": 1,
    },
)
PLACE = TemporaryDirectory(prefix="kinds-")
STOPPED = {"complete": False, "reason": "the product died at /home/someone/product"}


def profile(*items: Any, **changes: Any) -> dict[str, Any]:
    made = builders.criteria(*(items or (runs.BLOCK, runs.ALLOW)), **{"clause": CLAUSES, "score": (SCORE,), **changes})
    return made.model_dump(mode="json", by_alias=True)


CHECKING = profile(requirement=REQUIREMENTS)


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


def with_tiers(path: Path, minimum: float = 0.5) -> RunFolder:
    """Half of the cases were seen by both tiers, the others by the fast one alone."""
    planned = runs.cases(12, 12)
    sample = tuple(case.case_id for case in planned[::2])
    fast = {"allowed": True, "minimum_agreement": minimum, "source": "made up for a test"}
    return made(
        path,
        {**dict.fromkeys((case.case_id for case in planned[:12]), "reset"), **through(2)},
        planned=planned,
        criteria=profile(fast=fast),
        browser_sample=sample,
        tiers=lambda case: (Tier.FAST, *([Tier.BROWSER] if case.case_id in sample else [])),
    )


def check(number: int, group: Group, severity: int) -> Check:
    return Check(f"{group}.way-{number}", group, f"Way {number}", "It is easy.", severity, "visit", "passage")


def checked(path: Path, *, broken: int = 1, **changes: Any) -> RunFolder:
    """Of six checks so many are broken, one could not be assessed, and one bears on nothing."""
    planned = tuple(check(number, group, 2 + number % 3) for number, group in enumerate(Group))
    tried = []
    for number, item in enumerate(planned):
        way = Tried(item.id, Arm.TEST, "moderate", 1, number < broken, {"how": "status 403", "url": "http://a.test/"})
        if number == 4:
            tried.append(replace(way, fault="the server did not come up"))
        elif number == 5:
            tried.append(replace(way, inapplicable="it has no names"))
        else:
            control = replace(way, arm=Arm.CONTROL, setting="", came_through=True)
            tried += [control, way, replace(way, number=2)]
    return made(path, **{"settings": ("moderate",), "checks": planned, "tried": tried, "criteria": CHECKING, **changes})


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
    "checks-broken": checked,
    "checks-missing": lambda path: checked(path, broken=0),
    "checks-void": lambda path: checked(path, stop=STOPPED),
    "parts": with_parts,
    "tiers": with_tiers,
    "tiers-apart": lambda path: with_tiers(path, minimum=0.9),
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
