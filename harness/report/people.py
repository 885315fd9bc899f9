"""What people added to a sealed run, and what it changed."""

from dataclasses import dataclass

from harness.model.addendum import Addendum, Adjudication, Attached, ClauseJudgement, on_case, on_clause
from harness.report import plain
from harness.report.derive import Derived


@dataclass(frozen=True, slots=True)
class Person:
    """One addendum in words; `stands` says that no later one on the same subject takes its place."""

    subject: str
    before: str
    said: str
    author: str
    date: str
    reason: str
    blind: bool
    stands: bool
    evidence: tuple[Attached, ...]


def people(derived: Derived) -> tuple[Person, ...]:
    """Every addendum in the order it was made, superseded ones too."""
    return tuple(_person(entry, derived) for entry in derived.addenda)


def _person(entry: Addendum, derived: Derived) -> Person:
    if isinstance(entry, ClauseJudgement):
        subject, before, said = f"Clause {entry.clause}", "", plain.FINDING[entry.finding]
        stands = entry in on_clause(derived.addenda, entry.clause)
    else:
        settings = [entry.setting] if entry.setting else list(derived.spec.settings)
        subject = f"Case {entry.case_id}, {f'setting {entry.setting}' if entry.setting else 'every setting'}"
        before = f"{entry.machine_verdict} ({entry.machine_rule})" if isinstance(entry, Adjudication) else ""
        said = str(entry.verdict) if isinstance(entry, Adjudication) else "not to be scored"
        stands = any(on_case(derived.addenda, entry.case_id, setting) is entry for setting in settings)
    return Person(
        subject=subject,
        before=before,
        said=said,
        author=entry.author,
        date=plain.when(entry.date),
        reason=entry.reason,
        blind=entry.blind,
        stands=stands,
        evidence=entry.evidence if isinstance(entry, ClauseJudgement) else (),
    )
