"""What ISO/IEC 17025:2017 asks of a test report, in our own words, and what a laboratory leaves open of it."""

import datetime
from dataclasses import dataclass
from operator import attrgetter

from harness.profile.laboratory import Assignment, Laboratory

SLACK = datetime.timedelta(days=1)  # a laboratory's day need not be that of UTC


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a report has to say. `keys` of laboratory.toml and assignment.toml say it; `here` is where the report
    itself does, from the evidence alone."""

    clause: str
    what: str
    keys: tuple[str, ...] = ()
    here: str = ""


ITEMS = (
    Item("7.8.1.1", "Reviewed before it is released", ("assignment.reviewed_by",)),
    Item("7.8.2.1 a", "Title", ("assignment.title",)),
    Item("7.8.2.1 b", "Laboratory and its address", ("laboratory.name", "laboratory.address")),
    Item("7.8.2.1 c", "Where it was tested", ("laboratory.place",)),
    Item(
        "7.8.2.1 d",
        "One identification for all parts, and a clear end",
        ("assignment.number",),
        "foot of every page; last line",
    ),
    Item("7.8.2.1 e", "Customer", ("assignment.customer.name", "assignment.customer.contact")),
    Item("7.8.2.1 f", "Method", ("assignment.method",), "annex, Method; criteria and rules by version and digest"),
    Item(
        "7.8.2.1 g",
        "Item tested, told from any other, and its condition",
        (
            "assignment.item.name",
            "assignment.item.version",
            "assignment.item.identification",
            "assignment.item.condition",
        ),
        "annex, Product: what the item said of itself before and after",
    ),
    Item("7.8.2.1 h", "Date of receipt", ("assignment.received",)),
    Item("7.8.2.1 i", "Dates of the test", here="first page; every record holds its time"),
    Item("7.8.2.1 j", "Date of issue", ("assignment.issued",)),
    Item(
        "7.8.2.1 k",
        "Sampling",
        ("assignment.sampling.plan", "assignment.sampling.chosen_by"),
        "annex, Corpus; annex, Sampling and limits",
    ),
    Item("7.8.2.1 l", "Only the items tested", here="the section on review"),
    Item("7.8.2.1 m", "Results and their units", here="sections 1 to 5: cases, and shares of them in per cent"),
    Item("7.8.2.1 n", "What differs from the method", ("assignment.deviations",), "annex, Course of the run"),
    Item("7.8.2.1 o", "Who authorises", ("assignment.authorised_by",)),
    Item("7.8.2.1 p", "Results from others", ("assignment.external",)),
    Item("7.8.2.2", "What the customer supplied", ("assignment.customer_supplied",)),
    Item("7.8.3.1 a", "Conditions of the test", ("assignment.environment",), "annex, Versions"),
    Item("7.8.3.1 c", "Uncertainty", here="an interval beside every rate, with its method"),
    Item("7.8.6.1", "Decision rule, and its risk", ("assignment.decision_rule",), "annex, How a criterion is decided"),
    Item("7.8.6.2 a", "Results the decision applies to", here="section 1: each criterion with its cases"),
    Item("7.8.6.2 b", "What is met and what is not", here="section 1: each criterion and clause"),
    Item("7.8.6.2 c", "Decision rule applied", here="annex, Bounds; fixed before the run"),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a report is a draft: the clause it falls short of, and what is missing or wrong."""

    clause: str
    what: str


def missing(laboratory: Laboratory, assignment: Assignment) -> tuple[Gap, ...]:
    """What only a laboratory can say and this one does not, in the order of the clauses."""
    return tuple(
        Gap(item.clause, f"{item.what}: {_lacks(key)}")
        for item in ITEMS
        for key in item.keys
        if not said(key, laboratory, assignment)
    )


def wrong(laboratory: Laboratory, assignment: Assignment, finished: str, issued: list[str]) -> tuple[Gap, ...]:
    """What is stated but cannot be, of a run that ended at `finished` (ISO 8601); `issued` are the reports before, by
    number."""
    found = []
    by = assignment.authorised_by
    if by and by not in [item.name for item in laboratory.authoriser]:
        found.append(Gap("7.8.2.1 o", f"{by} is none of the authorisers that laboratory.toml names"))
    day = _day(finished)
    if day and assignment.received and assignment.received > day + SLACK:
        found.append(Gap("7.8.2.1 h", f"the item was received on {assignment.received}, after the test ended on {day}"))
    if day and assignment.issued and assignment.issued < day - SLACK:
        found.append(Gap("7.8.2.1 j", f"the report is issued on {assignment.issued}, before the test ended on {day}"))
    if bool(assignment.opinions.text) != bool(assignment.opinions.by):
        found.append(Gap("7.8.7", "opinions need both a text and the person who holds them"))
    if issued and not assignment.amendment:
        found.append(Gap("7.8.8", f"Why it replaces report {issued[-1]}: {_lacks('assignment.amendment')}"))
    if assignment.number in issued:
        found.append(
            Gap("7.8.8", f"report {assignment.number} was issued before; what replaces it needs a number of its own")
        )
    return tuple(found)


def said(key: str, laboratory: Laboratory, assignment: Assignment) -> bool:
    """Whether `FILE.KEY` is stated."""
    file, _, name = key.partition(".")
    return bool(attrgetter(name)(laboratory if file == "laboratory" else assignment))


def _lacks(key: str) -> str:
    file, _, name = key.partition(".")
    return f"{name} is missing from {file}.toml"


def _day(stamp: str) -> datetime.date | None:
    try:
        return datetime.datetime.fromisoformat(stamp).date()
    except ValueError:
        return None
