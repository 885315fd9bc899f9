"""What the laboratory states about the test, held against what ISO/IEC 17025:2017 asks of a test report."""

import datetime
from dataclasses import dataclass

from harness.evidence.folder import RunFolder
from harness.model.addendum import Statement
from harness.model.errors import EvidenceError
from harness.profile import laboratory as files
from harness.profile.laboratory import Assignment, Laboratory
from harness.report import plain, result
from harness.report.asked import ITEMS, Gap, Item, missing, said, wrong
from harness.report.course import Pairs, Table, some
from harness.report.derive import Derived

CHOSEN_BY = {"laboratory": "the laboratory", "customer": "the customer", "scheme": "the scheme that set the criteria"}
EMPTY = Table("", (), ())
UNSEALED = "Draft, not sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """The statement that stands, laid out in `groups`; all but `mark` is empty when there is none. `mark` says in a few
    words why the report is a draft, "" when it is not; `replaces` is the number of the report before."""

    mark: str
    number: str = ""
    title: str = ""
    laboratory: str = ""
    gaps: tuple[Gap, ...] = ()
    replaces: str = ""
    amendment: str = ""
    recorded: str = ""
    chosen_by_customer: bool = False
    groups: tuple[tuple[str, Pairs], ...] = ()
    signatures: tuple[tuple[str, str], ...] = ()
    checklist: Table = EMPTY
    earlier: Table = EMPTY


@dataclass(frozen=True, slots=True)
class _One:
    """One recorded statement as it was when it was made; without `gaps`, it was issued."""

    laboratory: Laboratory
    assignment: Assignment
    recorded: str
    gaps: tuple[Gap, ...]


def stated(folder: RunFolder, derived: Derived) -> Stated:
    """What the laboratory states of the run. Raises EvidenceError when what is recorded is no statement."""
    sealed, history = folder.seal_file.exists(), _history(derived)
    if not history:
        return Stated(mark="Draft: not issued by a laboratory" if sealed else UNSEALED)
    last = history[-1]
    job = last.assignment
    issued = [one.assignment.number for one in history[:-1] if not one.gaps]
    gaps = tuple(sorted((*last.gaps, *_late(derived)), key=lambda gap: gap.clause))
    return Stated(
        mark=UNSEALED if not sealed else "Draft: incomplete" if gaps else "",
        number=job.number,
        title=job.title,
        laboratory=last.laboratory.name,
        gaps=gaps,
        replaces=issued[-1] if issued else "",
        amendment=job.amendment,
        recorded=plain.when(last.recorded),
        chosen_by_customer=job.sampling.chosen_by == "customer",
        groups=_groups(last, derived),
        signatures=_signatures(last),
        checklist=_checklist(last),
        earlier=_earlier(history),
    )


def _history(derived: Derived) -> list[_One]:
    """Every statement in the order it was recorded."""
    finished = result.result(derived, True)["run"]["finished_at"]
    found: list[_One] = []
    for entry in derived.statements:
        laboratory, assignment = _read(entry)
        issued = [one.assignment.number for one in found if not one.gaps]
        gaps = (*missing(laboratory, assignment), *wrong(laboratory, assignment, finished, issued))
        found.append(_One(laboratory, assignment, entry.date, gaps))
    return found


def _read(entry: Statement) -> tuple[Laboratory, Assignment]:
    try:
        return files.read(entry.laboratory, entry.assignment)
    except ValueError as error:
        raise EvidenceError(f"addenda: no statement of a laboratory: {error}") from None


def _late(derived: Derived) -> list[Gap]:
    if not derived.since:
        return []
    added = some(derived.since, "entry").replace("entrys", "entries")
    return [Gap("7.8.8", f"{added} by people came after this statement; state it anew, as an amended report")]


def _groups(one: _One, derived: Derived) -> tuple[tuple[str, Pairs], ...]:
    """What is said, by subject; what is not said is left out, as the gaps name it."""
    lab, job = one.laboratory, one.assignment
    found = result.product(derived)["version"]
    groups: tuple[tuple[str, Pairs], ...] = (
        (
            "Report",
            [
                ("Title", job.title),
                ("Number", job.number),
                ("Issued", _date(job.issued)),
                ("Reviewed by", job.reviewed_by),
                ("Authorised by", _authoriser(one)),
                ("Run it reports on", f"{plain.short(derived.head)}, the start of its journal's digest"),
            ],
        ),
        (
            "Laboratory",
            [
                ("Name", lab.name),
                ("Address", lab.address),
                ("Place of testing", lab.place),
                ("Contact", lab.contact),
                ("Accreditation, as it states", lab.accreditation),
            ],
        ),
        ("Customer", [("Name", job.customer.name), ("Contact", job.customer.contact)]),
        (
            "Item tested",
            [
                ("Name", job.item.name),
                ("Model", job.item.model),
                ("Version, as received", job.item.version),
                ("Version, as found in the run", found),
                ("Identification", job.item.identification),
                ("Condition", job.item.condition),
                ("Received", _date(job.received)),
            ],
        ),
        (
            "Method and sampling",
            [
                ("Method", job.method),
                ("Differences from it", job.deviations),
                ("Conditions", job.environment),
                ("Sampling plan", job.sampling.plan),
                ("Corpus chosen by", CHOSEN_BY.get(job.sampling.chosen_by, "")),
                ("Decision rule agreed", job.decision_rule),
            ],
        ),
        (
            "From others",
            [("Supplied by the customer", job.customer_supplied), ("Results from external providers", job.external)],
        ),
        ("Opinions and interpretations, not results", [("Opinion", job.opinions.text), ("Held by", job.opinions.by)]),
    )
    said = ((title, [(name, value) for name, value in pairs if value]) for title, pairs in groups)
    return tuple((title, pairs) for title, pairs in said if pairs)


def _signatures(one: _One) -> tuple[tuple[str, str], ...]:
    """Who stands under the report, each with a name, and since when."""
    job = one.assignment
    return (("Reviewed by", job.reviewed_by), ("Authorised by", _authoriser(one)), ("Issued", _date(job.issued)))


def _authoriser(one: _One) -> str:
    positions = {item.name: item.position for item in one.laboratory.authoriser}
    name = one.assignment.authorised_by
    return ", ".join(part for part in (name, positions.get(name, "")) if part)


def _date(day: datetime.date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def _checklist(one: _One) -> Table:
    rows = tuple((item.clause, item.what, _where(item, one)) for item in ITEMS)
    caption = "What ISO/IEC 17025:2017 asks of a test report, and where it stands here"
    return Table(caption, ("Clause", "What", "Where"), rows)


def _where(item: Item, one: _One) -> str:
    whole = all(said(key, one.laboratory, one.assignment) for key in item.keys)
    stated = ("section 8" if whole else "not stated") if item.keys else ""
    return "; ".join(part for part in (stated, item.here) if part)


def _earlier(history: list[_One]) -> Table:
    """The statements that no longer stand, the latest first."""
    rows = tuple(
        (
            one.assignment.number or "no number",
            plain.when(one.recorded),
            f"incomplete: {some(len(one.gaps), 'gap')}" if one.gaps else "complete",
        )
        for one in reversed(history[:-1])
    )
    return Table("Earlier statements", ("Report", "Recorded", "It was"), rows)
