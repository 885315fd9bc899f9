"""What a certifier weighs before relying on a report: point by point what was found, and whether it asks for a look."""

from collections import Counter
from dataclasses import dataclass

from harness.evidence import seal
from harness.evidence.folder import RunFolder
from harness.model.check import Standing
from harness.model.words import Outcome, Validity
from harness.report import plain
from harness.report.course import some
from harness.report.derive import Derived
from harness.report.neutral import pathless
from harness.score.sensitivity import Sensitivity

FRAGILE = 0.01  # a decision that this share of its labels could change


@dataclass(frozen=True, slots=True)
class Point:
    """`look` marks what a person should weigh; `section` is the place in the report with more, "" for none."""

    title: str
    told: str
    look: bool
    section: str = ""


def points(folder: RunFolder, derived: Derived) -> tuple[Point, ...]:
    """The points in the order in which they could overturn the report."""
    return (
        _validity(derived),
        _evidence(folder),
        _coverage(derived),
        _measured(derived),
        _faults(derived),
        _labels(derived),
        _tuning(derived),
        *_tiers(derived),
        _checks(derived),
        _clauses(derived),
        _people(derived),
    )


def _validity(derived: Derived) -> Point:
    if derived.voids:
        return Point("Validity", "Void: " + " ".join(pathless(why) for why in derived.voids), True, "annex")
    sung = sum(fact["sings"] is True for fact in derived.state.of_kind("canary"))
    told = f"Complete. {some(sung, 'canary visit')} came out as they must; product, browser and route stayed the same."
    return Point("Validity", told, False, "annex")


def _evidence(folder: RunFolder) -> Point:
    if not folder.seal_file.exists():
        return Point("Evidence", "Not sealed: anything may still change.", True, "annex")
    if signer := seal.signer(folder):
        return Point("Evidence", f"Sealed, and signed with the key {signer}.", False, "annex")
    return Point("Evidence", "Sealed, but signed by nobody: whoever rewrote it all could not be told.", True, "annex")


def _coverage(derived: Derived) -> Point:
    planned, whole = derived.planned, derived.spec.corpus["cases"]
    told = f"{planned:,} of the {some(whole, 'case')} of the corpus were planned"
    if derived.spec.stop_early:
        told += "; the run could stop early, once nothing left could change a decision"
    return Point("Cases", f"{told}.", planned < whole or derived.spec.stop_early, "annex")


def _measured(derived: Derived) -> Point:
    counted = derived.scored.counted("outcome", "reason").items()
    missing = sum(n for (outcome, why), n in counted if outcome == Outcome.UNSCORED and why != Validity.LEFT_OUT)
    if not missing:
        return Point("Scored", "Every case attempted was scored.", False, "unscored")
    share = plain.percent(missing / len(derived.scored))
    return Point("Scored", f"{some(missing, 'case')} ({share}) could not be scored.", True, "unscored")


def _faults(derived: Derived) -> Point:
    faults, sessions = len(derived.state.of_kind("fault")), len(derived.state.of_kind("start"))
    told = f"{some(faults, 'fault')} of harness, browser or product" if faults else "No part failed"
    told += f"; the run took {some(sessions, 'session')}."
    return Point("Faults", told, faults > 0 or sessions > 1, "annex")


def _labels(derived: Derived) -> Point:
    known = [item for item in derived.sensitivity if item.holds_with is not None and item.labels]
    if not known or derived.voids:
        return Point("Labels", "No decision is there that labels could change.", False, "criteria")
    worst = min(known, key=lambda item: (item.holds_with or 0) / item.labels)
    titles = {item.id: item.title for item in derived.decided}
    return Point("Labels", f"Least sure: {titles[worst.id]}. {worst.told}", _fragile(worst), "criteria")


def _fragile(item: Sensitivity) -> bool:
    return (item.holds_with or 0) < max(1, FRAGILE * item.labels) or bool(item.disputed)


def _tuning(derived: Derived) -> Point:
    if not derived.parts:
        return Point("Tuning", "No sealed corpus was used: a product can have been tuned to an open one.", True)
    worse = [item for item in derived.parts if item.worse]
    told = plain.parts((worse or derived.parts)[0])
    return Point("Tuning", told, bool(worse), "rates")


def _tiers(derived: Derived) -> list[Point]:
    """Only where there were two."""
    worst = min(derived.tiers, key=lambda item: item.strata[0].lower, default=None)
    look = any(not item.usable or item.differing for item in derived.tiers)
    return [Point("Two tiers", plain.tiers(worst), look, "rates")] if worst else []


def _checks(derived: Derived) -> Point:
    counted = Counter(item.standing for item in derived.checks)
    if not derived.checks:
        told = "None was planned." if derived.criteria.requirement else "The criteria ask for none."
        return Point("Checks beside blocking", told, bool(derived.criteria.requirement), "checks")
    bearing = counted.total() - counted[Standing.NOT_APPLICABLE]
    worst = max((item.check.severity for item in derived.checks if item.standing is Standing.BROKEN), default=0)
    told = f"{counted[Standing.BROKEN]} of {some(bearing, 'check')} that bear on the product are broken"
    told += f", the worst of severity {worst}" if counted[Standing.BROKEN] else ""
    told += f"; {counted[Standing.NOT_ASSESSED]} could not be assessed" if counted[Standing.NOT_ASSESSED] else ""
    look = bool(counted[Standing.BROKEN] or counted[Standing.NOT_ASSESSED])
    return Point("Checks beside blocking", f"{told}.", look, "checks")


def _clauses(derived: Derived) -> Point:
    left = [item.clause.id for item in derived.clauses if item.open]
    if not left:
        told = f"All {len(derived.clauses)} are settled." if derived.clauses else "The criteria name none."
        return Point("Clauses", told, False, "criteria")
    told = f"{len(left)} of {len(derived.clauses)} are open, and no part of this decision: {', '.join(left)}."
    return Point("Clauses", f"{told} Only when all are settled can a certificate rest on this.", True, "criteria")


def _people(derived: Derived) -> Point:
    if not derived.addenda:
        return Point("Added by people", "Nothing.", False, "people")
    changed = derived.machine is not derived.decision
    told = f"{some(len(derived.addenda), 'entry').replace('entrys', 'entries')}; "
    told += f"without them: {plain.HEADLINE[derived.machine]}." if changed else "the decision is the same without them."
    return Point("Added by people", told, changed, "people")
