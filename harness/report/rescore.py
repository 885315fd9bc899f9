"""Re-scoring: the same evidence by other criteria or other rules, and what that changes."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.classify.rules import rules_from
from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.model.errors import EvidenceError
from harness.model.words import Decision, Expectation, Outcome, Verdict
from harness.profile.criteria import Criteria
from harness.report import result
from harness.report.derive import Derived, derive
from harness.score.decide import Decided
from harness.score.outcome import Scored

SCHEMA = "pas-harness/difference/1"


@dataclass(frozen=True, slots=True)
class Scoring:
    """What a run was scored by, whole, and what it came to."""

    criteria: dict[str, Any]
    criteria_digest: str
    rules: dict[str, Any]
    rules_digest: str
    decision: Decision
    decision_by_machine: Decision


@dataclass(frozen=True, slots=True)
class Standing:
    """What one scoring made of a case; `reason` says why it is unscored, "" when it is scored."""

    verdict: Verdict
    rule_id: str
    mechanism: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Flip:
    """A case at one setting whose verdict or outcome differs. `by` is the rule that decides it now or, where the
    verdict is the same, `criteria.VERDICT`: how the criteria count such a page."""

    case_id: str
    setting: str
    category: str
    expectation: Expectation
    by: str
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class Change:
    """A criterion at one setting that is decided otherwise."""

    before: Decided
    after: Decided


@dataclass(frozen=True, slots=True)
class Difference:
    """Flips by setting and case id. `other_rule` counts the cases that stand as they did by another rule, `same` the
    criteria decided as they were; a criterion that asks for another rate, category or age band is another one."""

    schema: str
    journal_head: str
    journal_records: int
    before: Scoring
    after: Scoring
    cases: int
    by: dict[str, int]
    other_rule: int
    flips: tuple[Flip, ...]
    same: int
    changed: tuple[Change, ...]
    only_before: tuple[Decided, ...]
    only_after: tuple[Decided, ...]


def difference(before: Derived, after: Derived) -> Difference:
    """What changed from one scoring of a run to another. Raises ValueError when they are not of the same evidence."""
    if (before.spec, before.head, before.addenda) != (after.spec, after.head, after.addenda):
        raise ValueError("these are scorings of different evidence")
    flips, ruled = [], 0
    for was, now in zip(before.scored, after.scored, strict=True):
        if _stands(was) != _stands(now):
            flips.append(_flip(was, now))
        else:
            ruled += was.judgement.rule_id != now.judgement.rule_id
    one, other = ({_asks(item): item for item in side.decided} for side in (before, after))
    both = [Change(item, other[key]) for key, item in one.items() if key in other]
    changed = tuple(item for item in both if item.before.decision is not item.after.decision)
    return Difference(
        schema=SCHEMA,
        journal_head=before.head,
        journal_records=before.records,
        before=_scoring(before),
        after=_scoring(after),
        cases=len(after.scored),
        by=dict(Counter(flip.by for flip in flips)),
        other_rule=ruled,
        flips=tuple(flips),
        same=len(both) - len(changed),
        changed=changed,
        only_before=tuple(item for key, item in one.items() if key not in other),
        only_after=tuple(item for key, item in other.items() if key not in one),
    )


def name(derived: Derived) -> str:
    """The folder under `derived/` for a scoring: CRITERIA-RULES- and the start of a digest over both, all of letters,
    digits, - and _."""
    both = canonical.digest(derived.criteria.digest() + _rules_digest(derived))
    return f"{derived.criteria.name[:40]}-{derived.rules.name[:40]}-{both[:8]}".replace(".", "_")


def write(folder: RunFolder, derived: Derived, found: Difference) -> Path:
    """Write a scoring and its difference into `derived/NAME/`, whole or not at all; replaces the same from before.
    Returns the path."""
    place = folder.derived / name(derived)
    part = place.with_name(f".{place.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        result.write_derived(derived, part)
        result.replace_text(part / "difference.json", canonical.pretty(found))
        shutil.rmtree(place, ignore_errors=True)
        part.replace(place)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return place


def places(folder: RunFolder) -> list[Path]:
    """The folders of scorings there are."""
    return [place for place in sorted(folder.derived.glob("[!.]*")) if place.is_dir() and not place.is_symlink()]


def again(folder: RunFolder, before: Derived, place: Path) -> tuple[Derived, Difference]:
    """The scoring in `place` made anew from the evidence, by the criteria and rules that its difference names. Raises
    EvidenceError when it names none, or others than the folder."""
    file = place / "difference.json"
    try:
        if file.is_symlink() or not file.is_file():
            raise ValueError("not a file")
        used = json.loads(file.read_bytes())["after"]
        after = derive(folder, Criteria.model_validate(used["criteria"]), rules_from(used["rules"]))
        if name(after) != place.name:
            raise ValueError(f"is the scoring {name(after)}")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise EvidenceError(f"{file}: not the difference of a scoring ({error!r:.200})") from None
    return after, difference(before, after)


def told(found: Difference) -> Iterator[str]:
    """The difference in lines for a person; of a void run, no decision on a criterion."""
    by = ", ".join(f"{count} by {rule}" for rule, count in sorted(found.by.items()))
    yield f"{len(found.flips)} of {found.cases} cases stand otherwise" + (f": {by}" if by else "")
    if found.after.decision is not Decision.VOID:
        for was, now in ((item.before, item.after) for item in found.changed):
            yield f"{now.title}{_where(now)}: {was.decision}, now {now.decision}. {now.reason}"
        for item in found.only_before:
            yield f"{item.title}{_where(item)}: {item.decision}, not asked any more"
        for item in found.only_after:
            yield f"{item.title}{_where(item)}: not asked before, now {item.decision}. {item.reason}"
    yield f"decision: {found.before.decision}, now {found.after.decision}"


def _where(item: Decided) -> str:
    return f" ({item.setting})" if item.setting else ""


def _asks(item: Decided) -> tuple[object, ...]:
    return item.setting, item.id, item.metric, item.categories, item.age_band


def _stands(item: Scored) -> tuple[Verdict, Outcome]:
    return item.judgement.verdict, item.outcome


def _flip(before: Scored, after: Scored) -> Flip:
    verdict = after.judgement.verdict
    return Flip(
        case_id=after.case.case_id,
        setting=after.setting,
        category=after.case.category,
        expectation=after.case.expectation,
        by=f"criteria.{verdict}" if verdict is before.judgement.verdict else after.judgement.rule_id,
        before=_standing(before),
        after=_standing(after),
    )


def _standing(item: Scored) -> Standing:
    said = item.judgement
    return Standing(said.verdict, said.rule_id, said.mechanism, item.outcome, item.reason)


def _scoring(derived: Derived) -> Scoring:
    return Scoring(
        criteria=derived.criteria.model_dump(mode="json", by_alias=True),
        criteria_digest=derived.criteria.digest(),
        rules=canonical.plain(derived.rules),
        rules_digest=_rules_digest(derived),
        decision=derived.decision,
        decision_by_machine=derived.machine,
    )


def _rules_digest(derived: Derived) -> str:
    return canonical.digest(canonical.dumps(derived.rules))
