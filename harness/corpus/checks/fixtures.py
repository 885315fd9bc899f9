"""Fixtures: whether they are there, who shares them, and whether they say the language that the case says."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from harness.corpus import fixture
from harness.corpus.answer import from_fixture
from harness.corpus.findings import Finding, finding
from harness.corpus.recording import Recording
from harness.corpus.rows import CASES, Table, each
from harness.model import canonical
from harness.model import url as urls
from harness.model.errors import UsageError

HEAD = 4096  # bytes in which a page says its language
LANGUAGE = re.compile(r"""<html\b[^>]*?\blang\s*=\s*["']?([A-Za-z0-9-]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """A fixture: SHA-256, what it says of its language ("" nothing), whether it is HTML, or why it cannot be replayed.
    A recording holds pages of many cases, so it has none of the former."""

    digest: str = ""
    language: str = ""
    html: bool = False
    wrong: str = ""
    recording: Recording | None = None

    def refusal(self, name: str, url: str) -> str:
        """Why a run would not replay it at that address, "" when it would."""
        if self.recording and not self.recording.find("GET", urls.parse(url)):
            return f"recording {name!r} lacks {url!r}"
        return self.wrong


def pages(table: Table) -> dict[str, Page]:
    """Every fixture that a case names, read once."""
    return {str(name): _page(table, str(name)) for name in table.frame["fixture"].unique() if name}


def _page(table: Table, name: str) -> Page:
    file = table.folder / CASES
    try:
        path, data = fixture.read(table.folder, name, file=file)
        if recording := fixture.recorded(path, file=file, line=0):
            return Page(recording=recording)
    except UsageError as error:
        return Page(wrong=str(error).partition(" fixture: ")[2])
    answer = from_fixture(path, data)
    html = answer.header("content-type").lower().startswith("text/html")
    said = LANGUAGE.search(answer.body[:HEAD].decode("latin-1"))
    return Page(canonical.digest(data), said[1] if said else answer.header("content-language"), html)


def refusals(frame: pd.DataFrame, found: Mapping[str, Page]) -> Iterator[tuple[int, str]]:
    """Line and reason of every good row whose fixture a run would not replay."""
    told = frame[frame["fixture"] != ""]
    for line, name, url in each(told, "line", "fixture", "url"):
        if reason := found[name].refusal(name, url):
            yield line, reason


def findings(frame: pd.DataFrame, found: Mapping[str, Page]) -> Iterator[Finding]:
    """All of them for the good rows."""
    told = frame[frame["fixture"] != ""]
    lacking = frame[frame["fixture"] == ""]
    text = f"{len(lacking):,} of {len(frame):,} cases"
    yield finding("no-fixture", CASES, [(int(lacking["line"].iloc[0]), "fixture", text)] if len(lacking) else [])
    yield finding("fixture", CASES, ((line, "fixture", reason) for line, reason in refusals(frame, found)))
    yield from _shared(told.assign(digest=[found[name].digest for name in told["fixture"]]))
    differ, silent = [], []
    for line, name, language in each(told[told["language"] != ""], "line", "fixture", "language"):
        page = found[name]
        if page.html and not page.language:
            silent.append((line, "fixture", name))
        elif page.html and _primary(page.language) != _primary(language):
            differ.append((line, "language", f"{name!r} says {page.language!r}, the case {language!r}"))
    yield finding("fixture-language", CASES, differ)
    yield finding("fixture-silent", CASES, silent)


def _shared(told: pd.DataFrame) -> Iterator[Finding]:
    """By the bytes, whatever the files are called."""
    shared = told[(told["digest"] != "") & told.duplicated("digest", keep=False)]
    both: list[tuple[int, str, str]] = []
    one: list[tuple[int, str, str]] = []
    for _, part in shared.groupby("digest", sort=False):
        text = f"{part['fixture'].iloc[0]!r} is replayed for {len(part):,} cases"
        ways = part["expectation"].nunique()
        (both if ways > 1 else one).append((int(part["line"].iloc[0]), "fixture", text))
    yield finding("shared-label", CASES, both)
    yield finding("shared", CASES, one)


def _primary(language: str) -> str:
    return re.split("[-_]", language.lower())[0]
