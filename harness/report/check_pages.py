"""`report/checks.html`: every check with all its tries and their facts, beside the report."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.model.check import Assessment, Tried, tried_from
from harness.report import pages, plain
from harness.report.check_rows import MARKS, TITLES, WORDS, anchor
from harness.report.derive import Derived
from harness.report.neutral import pathless
from harness.report.statement import stated

PAGE = "report/checks.html"
KEPT = 3000  # characters of a try's facts; the journal has them whole


@dataclass(frozen=True, slots=True)
class Try:
    """One try: on which arm, what it showed, in words and as lines of JSON."""

    arm: str
    number: int
    shown: str
    seconds: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One check at one setting, with its tries; `anchor` is its place in the page."""

    anchor: str
    found: Assessment
    group: str
    standing: str
    mark: str
    figures: tuple[str, ...]
    tries: tuple[Try, ...]


def outputs(folder: RunFolder, derived: Derived) -> Iterator[tuple[str, Callable[[], list[str]]]]:
    """Name and text of the page, made when it is asked for; none where no check was planned."""
    if derived.checks:
        yield PAGE, lambda: [_page(folder, derived)]


def _page(folder: RunFolder, derived: Derived) -> str:
    said = stated(folder, derived)
    tries = [tried_from(fact) for fact in derived.state.of_kind("check")]
    view = {
        "report_id": said.number or plain.short(derived.head),
        "product": str(derived.spec.product["title"]),
        "draft": said.mark,
        "void": bool(derived.voids),
    }
    items = [_item(found, tries) for found in derived.checks]
    return pages.render("checks.html.j2", "cases.css", view=view, items=items)


def _item(found: Assessment, tries: Sequence[Tried]) -> Item:
    ours = [item for item in tries if item.check_id == found.check.id and item.setting in (found.setting, "")]
    return Item(
        anchor=anchor(found),
        found=found,
        group=TITLES[found.check.group],
        standing=WORDS[found.standing],
        mark=MARKS.get(found.standing, ""),
        figures=_json(found.figures),
        tries=tuple(map(_try, ours)),
    )


def _try(item: Tried) -> Try:
    if item.fault:
        shown = f"Fault, and never scored: {pathless(item.fault)}"
    elif item.inapplicable:
        shown = f"Not applicable: {item.inapplicable}"
    elif item.came_through is None:
        shown = "Facts"
    else:
        shown = "It came through" if item.came_through else "It did not come through"
    return Try(str(item.arm), item.number, shown, f"{item.duration_ms / 1000:.1f} s", _json(item.facts))


def _json(value: dict[str, Any]) -> tuple[str, ...]:
    """Indented lines, cut where they are many; none for nothing."""
    if not value:
        return ()
    text = pathless(canonical.pretty(value)).rstrip()
    more = (f"… {len(text) - KEPT:,} characters more are in the journal",) if len(text) > KEPT else ()
    return (*text[:KEPT].split("\n"), *more)
