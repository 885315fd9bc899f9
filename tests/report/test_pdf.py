"""The print of the report: numbered pages, a table of contents that is right, and the same bytes each time."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from harness.browser.find import find
from harness.evidence import bundle
from harness.evidence.folder import RunFolder
from harness.model.errors import HarnessError
from harness.report import check, outputs, pdf, printed
from harness.report.derive import derive
from tests.report import runs
from tests.report.stated import state

# What the table of contents calls it, its id, its heading.
CONTENTS = (
    ("Criteria", "criteria", "Criteria and clauses"),
    ("Laboratory", "statement", "What the laboratory states"),
    ("Review", "review", "Review and authorisation"),
    ("Annex", "annex", "Annex"),
    ("Versions", "annex-versions", "Versions"),
)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = runs.run(tmp_path / "run", runs.cases(40, 40), {f"adult-{n:02}": "arrives" for n in range(40)})
    state(folder)
    outputs.write(folder, derive(folder))
    return folder


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.browser
def test_print(folder: RunFolder) -> None:
    derived = derive(folder)
    path = pdf.write(folder, derived, find())
    first = path.read_bytes()
    assert pdf.write(folder, derived, find()).read_bytes() == first
    made = PdfReader(io.BytesIO(first))
    texts = [page.extract_text() for page in made.pages]
    assert len(texts) > 5
    for number, text in enumerate(texts, 1):
        assert f"Page {number} of {len(texts)}" in text
        assert "ETL-2026-0042" in text
        assert "DRAFT" not in text
        assert [round(float(side)) for side in made.pages[number - 1].mediabox[2:]] == [595, 842]
    assert "End of test report ETL-2026-0042." in texts[-1]
    places = {name.lstrip("/"): made.get_destination_page_number(to) for name, to in made.named_destinations.items()}
    for said, name, heading in CONTENTS:
        page = places[name]
        assert page is not None
        assert heading in flat(texts[page])
        assert re.search(rf"{said}\s+{page + 1}\b", flat(texts[1]))
    root: Any = made.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], root["/ViewerPreferences"]["/DisplayDocTitle"]) == (
        "en",
        True,
        True,
    )
    assert len(made.outline) > 0
    assert made.metadata is not None
    assert made.metadata.title == "Test report ETL-2026-0042: Acme Filter: Fail"
    assert made.metadata.author == "Example test laboratory"
    assert {str(made.metadata[key]) for key in ("/CreationDate", "/ModDate")} == {"D:20260101000000+00'00'"}
    assert str(folder.path).encode() not in first
    assert b"file://" not in first
    assert check.problems(folder) == []
    assert "report.pdf" in check.checked(folder).compared
    bundle.pack(folder, folder.path.with_suffix(".zip"))


def blank(pages: int, **places: int) -> bytes:
    """A PDF of empty pages with named places on them."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    for name, page in places.items():
        writer.add_named_destination(name, page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


class Sheets:
    """A browser that prints what it is told to, in turn."""

    prints: list[bytes]

    def __init__(self, executable: Path) -> None:
        self.left = list(self.prints)

    async def __aenter__(self) -> "Sheets":
        return self

    async def __aexit__(self, *error: object) -> None:
        pass

    async def printed(self, page: Path) -> bytes:
        assert page.read_text("utf-8").startswith("<!doctype html>")
        return self.left.pop(0)


@pytest.mark.parametrize(
    ("prints", "words"),
    [
        ([blank(2), blank(2)], "prints no page numbers; Chromium 131"),
        ([b"no PDF"], "cannot be read"),
        ([blank(3, annex=n % 3) for n in range(1, 9)], "came out otherwise each time"),
    ],
    ids=["no numbers", "no PDF", "never the same"],
)
def test_what_a_browser_prints_wrongly_is_an_error(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch, prints: list[bytes], words: str
) -> None:
    monkeypatch.setattr(Sheets, "prints", prints, raising=False)
    monkeypatch.setattr(pdf, "Paper", Sheets)
    with pytest.raises(HarnessError, match=words):
        pdf.write(folder, derive(folder), Path("browser"))
    assert not (folder.path / printed.FILE).exists()
