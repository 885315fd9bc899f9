"""Decisions on requirements: how many of the checks that they speak of were broken."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from harness.model.check import Assessment, Check, Standing
from harness.model.words import Decision
from harness.profile.criteria import Criteria, Requirement


@dataclass(frozen=True, slots=True)
class Required:
    """One requirement at one setting. The counts are of checks; `broken_ids` and `missing_ids` name those broken and
    those not assessed. `decision` is None where none of its checks bears on the product. `reason` is a sentence for a
    layperson."""

    id: str
    title: str
    clause: str
    setting: str
    severity: int
    maximum: int
    held: int
    broken: int
    not_applicable: int
    not_assessed: int
    broken_ids: tuple[str, ...]
    missing_ids: tuple[str, ...]
    source: str
    decision: Decision | None
    reason: str


def require(criteria: Criteria, found: Sequence[Assessment], settings: Sequence[str]) -> tuple[Required, ...]:
    """Every requirement that speaks of a check which was planned, at every setting, in the order of the profile. Pure.
    A requirement without a planned check is left out: nothing is known of it."""
    return tuple(
        _required(item, ours, setting)
        for setting in settings
        for item in criteria.requirement
        if (ours := [one for one in found if one.setting == setting and _asked(item, one.check)])
    )


def _asked(requirement: Requirement, check: Check) -> bool:
    return speaks_of(requirement, check.id) and check.severity >= requirement.severity


def speaks_of(requirement: Requirement, check_id: str) -> bool:
    """Whether one of its patterns matches the check's id."""
    return any(fnmatchcase(check_id, pattern) for pattern in requirement.checks)


def _required(item: Requirement, ours: Sequence[Assessment], setting: str) -> Required:
    ids = {value: tuple(one.check.id for one in ours if one.standing is value) for value in Standing}
    decision, reason = _decide(item, {value: len(ids[value]) for value in Standing})
    return Required(
        id=item.id,
        title=item.title,
        clause=item.clause,
        setting=setting,
        severity=item.severity,
        maximum=item.maximum,
        held=len(ids[Standing.HELD]),
        broken=len(ids[Standing.BROKEN]),
        not_applicable=len(ids[Standing.NOT_APPLICABLE]),
        not_assessed=len(ids[Standing.NOT_ASSESSED]),
        broken_ids=ids[Standing.BROKEN],
        missing_ids=ids[Standing.NOT_ASSESSED],
        source=item.source,
        decision=decision,
        reason=reason,
    )


def _decide(item: Requirement, counted: dict[Standing, int]) -> tuple[Decision | None, str]:
    bearing = sum(counted.values()) - counted[Standing.NOT_APPLICABLE]
    broken, missing = counted[Standing.BROKEN], counted[Standing.NOT_ASSESSED]
    allowed = f"at most {item.maximum} may be" if item.maximum else "none may be"
    if not bearing:
        return None, "No check of it bears on this product."
    told = f"{broken} of {bearing} checks {'is' if broken == 1 else 'are'} broken; {allowed}."
    if broken > item.maximum:
        return Decision.FAIL, told
    if broken + missing > item.maximum and missing:
        return Decision.INCONCLUSIVE, f"{told[:-1]}, and {missing} could not be assessed."
    return Decision.PASS, told
