"""`report/cases*.html`: every case handled wrongly or not scored, paged beside the report, with an index."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from harness.evidence.blobs import Blobs
from harness.evidence.folder import RunFolder
from harness.report import pages, plain
from harness.report.derive import Derived
from harness.report.paging import CasePage, anchor, paged, parts
from harness.report.result import witness
from harness.report.statement import stated
from harness.report.witnesses import Witness, ascii_host, shot
from harness.score.outcome import Scored

INDEX = "report/cases.html"


@dataclass(frozen=True, slots=True)
class Head:
    """What every page says of the run: of which report it is a part, and why that is a draft, "" when it is none."""

    report_id: str
    product: str
    draft: str
    void: bool
    live: bool
    pages: tuple[CasePage, ...]


def outputs(folder: RunFolder, derived: Derived) -> Iterator[tuple[str, Callable[[], list[str]]]]:
    """Name and text of each page, made when it is asked for; none where every case was handled rightly."""
    found = tuple(paged(derived))
    if not found:
        return
    said = stated(folder, derived)
    head = Head(
        report_id=said.number or plain.short(derived.head),
        product=str(derived.spec.product["title"]),
        draft=said.mark,
        void=bool(derived.voids),
        live=derived.spec.live,
        pages=found,
    )
    titles = _titles(derived)
    yield (
        INDEX,
        lambda: [pages.render("cases_index.html.j2", "cases.css", view=head, parts=parts(found), titles=titles)],
    )
    for page in found:
        yield f"report/{page.file}", partial(_page, page, head, derived, folder.blobs)


def _page(page: CasePage, head: Head, derived: Derived, blobs: Blobs) -> list[str]:
    titles = _titles(derived)
    groups = [
        (titles.get(category, category), [(anchor(item), _case(derived, item, blobs)) for item in items])
        for category, items in groupby(page.items, key=lambda item: item.case.category)
    ]
    return [pages.render("cases.html.j2", "cases.css", view=head, page=page, groups=groups)]


def _case(derived: Derived, item: Scored, blobs: Blobs) -> Witness:
    seen = witness(derived, item)
    return Witness(item, seen, ascii_host(item.case.url), "", shot(blobs, seen.screenshot_blob) if seen else "", "")


def _titles(derived: Derived) -> dict[str, str]:
    return {**derived.criteria.categories, **derived.spec.corpus["categories"]}
