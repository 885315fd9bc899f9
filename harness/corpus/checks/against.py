"""Leakage: what another corpus has too."""

from collections.abc import Iterator, Mapping

import pandas as pd

from harness.corpus.checks.fixtures import Page
from harness.corpus.findings import Finding, finding
from harness.corpus.rows import CASES, Table, each


def findings(
    table: Table, pages: Mapping[str, Page], other: Table, other_pages: Mapping[str, Page]
) -> Iterator[Finding]:
    """The cases of `table` whose address, page, host or site is in `other`; each in the first of these that holds."""
    name = other.manifest.name
    ours, theirs = _with_digest(table.frame, pages), _with_digest(other.frame, other_pages)
    left = ours
    for kind, key, column in (
        ("leak-url", "url", "key"),
        ("leak-fixture", "fixture", "digest"),
        ("leak-host", "url", "host"),
        ("leak-site", "url", "site"),
    ):
        known = theirs[theirs[column] != ""].drop_duplicates(column).set_index(column)
        there = known[["line", "category", "expectation"]].add_suffix("_other")
        both = left.join(there, on=column, how="inner")
        if kind == "leak-url":
            label = both["category"] + "/" + both["expectation"]
            label_other = both["category_other"] + "/" + both["expectation_other"]
            odd = both.assign(said=label, said_other=label_other)[label != label_other]
            yield finding(
                "leak-label",
                CASES,
                (
                    (line, "expectation", f"{said}; {other} in {name} at line {at}")
                    for line, said, other, at in each(odd, "line", "said", "said_other", "line_other")
                ),
            )
        yield finding(
            kind,
            CASES,
            (
                (line, key, f"{value!r} is in {name} at line {at}")
                for line, value, at in each(both, "line", "fixture" if key == "fixture" else column, "line_other")
            ),
        )
        left = left[~left.index.isin(both.index)]


def _with_digest(frame: pd.DataFrame, pages: Mapping[str, Page]) -> pd.DataFrame:
    return frame.assign(digest=[pages[name].digest if name else "" for name in frame["fixture"]])
