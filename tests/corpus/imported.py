"""A list written into a folder and imported: what became of each of its rows."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.corpus.importing.job import Import, Summary, carry_out
from harness.corpus.importing.labels import Label
from harness.corpus.importing.options import Options
from harness.corpus.load import load
from harness.model.words import Expectation

GAMBLING = Label("gambling", Expectation.BLOCK)
NEWS = Label("news", Expectation.ALLOW)


class Desk:
    """Sources in `here`, the corpus in `corpus`."""

    def __init__(self, here: Path) -> None:
        self.here, self.corpus = here, here / "corpus"
        self.summary: Summary

    def put(self, name: str, content: str | bytes) -> Path:
        """A file of that name and content."""
        path = self.here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, format_: str, source: Path, **wanted: Any) -> Summary:
        """Import it; options are given as those of the import."""
        chosen = Import(format_, source, self.corpus, fixed=None if format_ in ("citizenlab", "ut1") else GAMBLING)
        names = Options.__dataclass_fields__.keys() & wanted.keys()
        options = replace(chosen.options, **{name: wanted.pop(name) for name in names})
        self.summary = carry_out(replace(chosen, options=options, **wanted))
        return self.summary

    def cases(self) -> dict[str, str]:
        """Label by URL, read as a run does."""
        return {case.url: f"{case.category}/{case.expectation}" for case in load(str(self.corpus)).cases}

    def rows(self, name: str = "cases.csv") -> list[dict[str, str]]:
        """A file of the corpus, row by row."""
        with (self.corpus / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, strict=True))

    def rejects(self) -> list[tuple[str, str, str]]:
        """Place, reason and detail of every row left out."""
        found = self.rows("rejects.csv")
        return [(f"{row['file']}:{row['line']}", row["reason"], row["detail"]) for row in found]

    def untouched(self) -> bool:
        """Whether nothing but the sources stands here."""
        return not self.corpus.exists() and not [*self.here.glob(".corpus*")]
