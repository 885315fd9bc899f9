"""`report.pdf`: a print of the report by a browser, naming the report that it is a print of. Other browsers print other
bytes, so it is never recomputed."""

import asyncio
import datetime
import io
import logging
import re
from collections.abc import Callable
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from harness import __version__
from harness.browser.paper import Paper
from harness.evidence import disk, scratch
from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.model.errors import HarnessError
from harness.report import html, printed, result
from harness.report.derive import Derived
from harness.report.view import view

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns of how Chromium counts objects
TRIES = 4  # the numbers in the table of contents could move what follows them
NODE = re.compile(rb"\(node[0-9]{8}\)")
Pages = dict[str, int]  # by id of what stands there, from 1


def write(folder: RunFolder, derived: Derived, executable: Path) -> Path:
    """Print the report with that browser and write it beside `report.html`; the same browser prints the same bytes.
    Raises HarnessError when it cannot."""
    seen = view(folder, derived)
    run = result.result(derived, seen.sealed)["run"]
    made = asyncio.run(_printed(lambda pages: html.render(seen, pages), executable))
    dated = _date(run["finished_at"] or run["planned_at"])
    facts = {
        "/Author": seen.stated.laboratory,
        "/Creator": f"pas-harness {__version__}",
        "/CreationDate": dated,
        "/ModDate": dated,
        printed.OF: canonical.digest(html.render(seen)),
    }
    target = folder.path / printed.FILE
    disk.write(target, _with(made, facts))
    return target


async def _printed(render: Callable[[Pages], str], executable: Path) -> PdfReader:
    """The print whose table of contents names the pages where things are."""
    home = scratch.make("print")
    try:
        async with Paper(executable) as paper:
            pages: Pages = {}
            for _ in range(TRIES):
                page = home / "report.html"
                page.write_text(render(pages), "utf-8")
                made = PdfReader(io.BytesIO(await paper.printed(page)))
                before, pages = pages, _pages(made)
                if pages == before:
                    return _numbered(made)
    except PyPdfError as error:
        raise HarnessError(f"the browser's print cannot be read: {error}") from None
    finally:
        scratch.remove(home)
    raise HarnessError("the print's table of contents came out otherwise each time")


def _pages(made: PdfReader) -> Pages:
    places = made.named_destinations.items()
    return {name.lstrip("/"): (made.get_destination_page_number(place) or 0) + 1 for name, place in places}


def _numbered(made: PdfReader) -> PdfReader:
    last = len(made.pages)
    if f"Page {last} of {last}" not in made.pages[-1].extract_text():
        raise HarnessError("this browser prints no page numbers; Chromium 131 or newer does, see `harness browser`")
    return made


def _with(made: PdfReader, facts: dict[str, str]) -> bytes:
    writer = PdfWriter(clone_from=made)
    writer.pdf_header = made.pdf_header
    writer.add_metadata({key: value for key, value in facts.items() if value})
    out = io.BytesIO()
    writer.write(out)
    return _numbered_anew(out.getvalue())


def _numbered_anew(data: bytes) -> bytes:
    """The browser's numbers of nodes have gaps that differ between prints. Their order stays, and so does their length,
    as the file goes by sorted names and by offsets."""
    names = {name: b"(node%08d)" % number for number, name in enumerate(sorted(set(NODE.findall(data))), 1)}
    return NODE.sub(lambda found: names[found[0]], data)


def _date(stamp: str) -> str:
    """An ISO 8601 time as PDF writes it; "" for what is none."""
    try:
        return f"{datetime.datetime.fromisoformat(stamp).astimezone(datetime.UTC):D:%Y%m%d%H%M%S}+00'00'"
    except ValueError:
        return ""
