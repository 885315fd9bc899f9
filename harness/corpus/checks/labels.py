"""Rows a run refuses, addresses that stand twice, and labels that contradict each other or have no origin."""

import re
from collections.abc import Iterator
from dataclasses import fields

import pandas as pd

from harness.corpus.findings import Finding, finding
from harness.corpus.labels import read_labels
from harness.corpus.resources import read_resources
from harness.corpus.rows import CASES, Table, each
from harness.model.case import Case
from harness.model.errors import UsageError
from harness.model.words import BLOCK_CATEGORIES, INNOCUOUS_CATEGORIES, Expectation

LABEL = ["category", "expectation"]
NAMED = re.compile(r"(?s)(?P<file>[^/:]+)(?::(?P<line>\d+))?: (?:(?P<key>\w+): )?(?P<text>.*)")
LOOSE = re.compile(r"^www\.|\.(?=[:/])|(?<=/)/+|(?<=/)(?:index|default)\.[a-z]+$|[/?]$")


def findings(table: Table) -> Iterator[Finding]:
    """All of them for `cases.csv` and the tables beside it."""
    yield finding("row", CASES, ((fault.line, fault.key, fault.text) for fault in table.faults))
    if table.cut:
        yield finding("cut", CASES, [(table.cut.line, table.cut.key, table.cut.text)])
    yield _ids(table.frame)
    yield from _addresses(table.frame)
    yield from _beside(table)
    yield from _origins(table.frame)
    yield _expectations(table.frame)


def _ids(frame: pd.DataFrame) -> Finding:
    first = frame.groupby("case_id", sort=False)["line"].transform("first")
    again = each(frame.assign(first=first)[frame.duplicated("case_id")], "line", "case_id", "first")
    return finding(
        "id", CASES, ((line, "case_id", f"{name!r} stands already at line {earlier}") for line, name, earlier in again)
    )


def _addresses(frame: pd.DataFrame) -> Iterator[Finding]:
    """Every row is held against the first that makes the same request, then against the first with the other scheme."""
    places = ("line", "url", "line_first")
    labelled = frame.assign(label=frame["category"] + "/" + frame["expectation"])
    same = _again(labelled, ["scheme", "key"])
    differ = same["label"] != same["label_first"]
    yield finding("conflict", CASES, _conflicts(same[differ]))

    alike = _again(labelled, ["href"])
    alike = alike[~alike.index.isin(same[differ].index)]
    yield finding(
        "duplicate",
        CASES,
        ((line, "url", f"duplicate of line {there}: {url!r}") for line, url, there in each(alike, *places)),
    )
    sent = same[~differ & ~same.index.isin(alike.index)]
    yield finding(
        "request",
        CASES,
        ((line, "url", f"sent as line {there} is: {url!r}") for line, url, there in each(sent, *places)),
    )
    schemes = labelled.drop_duplicates(["scheme", "key"])
    twins = _again(schemes, ["key"])
    differ = twins["label"] != twins["label_first"]
    yield finding("twin-conflict", CASES, _conflicts(twins[differ]))
    yield finding(
        "twin",
        CASES,
        (
            (line, "url", f"{scheme} beside {other} at line {there}: {url!r}")
            for line, url, there, scheme, other in each(twins[~differ], *places, "scheme", "scheme_first")
        ),
    )
    pages = schemes.drop_duplicates("key")
    near = _again(pages.assign(loose=[loose(key) for key in pages["key"]]), ["loose"])
    yield finding(
        "near",
        CASES,
        (
            (line, "url", f"{url!r} beside {other!r} at line {there}")
            for line, url, there, other in each(near, *places, "url_first")
        ),
    )


def loose(key: str) -> str:
    """What two keys that are probably one page have in common."""
    host, slash, path = key.partition("/")
    before = (host + slash + path).lower()
    while (after := LOOSE.sub("", before)) != before:
        before = after
    return after


def _again(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The rows that are not the first with these values, with line, url, scheme and label of that as `…_first`."""
    kept = ["line", "url", "scheme", "label"]
    again = frame[frame.duplicated(by)]
    groups = frame[frame.duplicated(by, keep=False)].groupby(by, sort=False)[kept].transform("first")
    return again.join(groups.add_suffix("_first"))


def _conflicts(rows: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    for line, url, there, label, other in each(rows, "line", "url", "line_first", "label", "label_first"):
        text = f"conflicting labels for {url!r}, already at line {there}: {other} there, {label} here"
        yield line, "expectation", text


def _beside(table: Table) -> Iterator[Finding]:
    """What a run says of `resources.csv`, `labels.csv` and `adjudications.csv`, and what raters dispute."""
    try:
        read_resources(table.folder)
    except UsageError as error:
        yield _told(table, error)
    cases = {}
    if any((table.folder / name).exists() for name in ("labels.csv", "adjudications.csv")):
        cases = {case.case_id: case for case in cases_of(table.frame)}
    try:
        labels = read_labels(table.folder, cases, table.manifest.known_categories)
    except UsageError as error:
        yield _told(table, error)
        return
    lines = dict(zip(table.frame["case_id"], table.frame["line"], strict=True)) if cases else {}
    disputed = [case for case in labels.weighed(cases.values()) if case.disputed]
    yield finding(
        "disputed",
        CASES,
        ((lines[case.case_id], "expectation", f"{case.case_id}: raters do not agree") for case in disputed),
    )


def cases_of(frame: pd.DataFrame) -> Iterator[Case]:
    """The rows as cases, without what only a run needs."""
    names = [item.name for item in fields(Case) if item.name in frame.columns]
    for values in zip(*(frame[name] for name in names), strict=True):
        row = dict(zip(names, values, strict=True))
        yield Case(**{**row, "expectation": Expectation(row["expectation"])})


def _told(table: Table, error: UsageError) -> Finding:
    """An error of a run as a finding; its place is taken apart again."""
    found = NAMED.fullmatch(str(error).removeprefix(f"{table.folder}/"))
    if not found:
        return finding("other-table", "the corpus", [(0, "", str(error))])
    return finding("other-table", found["file"], [(int(found["line"] or 0), found["key"] or "", found["text"])])


def _origins(frame: pd.DataFrame) -> Iterator[Finding]:
    bare = frame[frame["source"] == ""]
    text = f"{len(bare):,} of {len(frame):,} cases name neither source nor rater"
    yield finding("unsourced", CASES, [(int(bare["line"].iloc[0]), "source", text)] if len(bare) else [])


def _expectations(frame: pd.DataFrame) -> Finding:
    """Known categories with the other expectation; look-alikes have categories of their own."""
    odd = (frame["category"].isin(BLOCK_CATEGORIES) & (frame["expectation"] == "allow")) | (
        frame["category"].isin(INNOCUOUS_CATEGORIES) & (frame["expectation"] == "block")
    )
    places = (
        (int(part["line"].iloc[0]), "expectation", f"{category}, to {expectation}: {len(part):,}")
        for (category, expectation), part in frame[odd].groupby(LABEL, sort=True)
    )
    return finding("expectation", CASES, places)
