"""The corpus as a sample: classes, sites, languages and look-alikes, and whether shape gives labels away."""

import re
from collections.abc import Iterator

import pandas as pd

from harness.corpus.findings import Finding, finding
from harness.corpus.groups import Group, groups
from harness.corpus.rows import CASES, Table, each
from harness.model.words import Expectation

MANY = 10  # smaller groups are not looked at for sites and languages
BOTH = 20  # nor are smaller ones compared with each other
SHARE = 0.2  # of a group's weight on one site
AT_LEAST = 3  # cases of one site
UNEVEN = 10  # times the smallest class
APART = 0.5  # difference of two shares
SHOWN = 0.05  # 59 independent cases show as much when none goes wrong: 0.95^59 = 0.048
TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def findings(table: Table) -> Iterator[Finding]:
    """All of them for the good rows."""
    frame = table.frame
    found = groups(frame)
    yield finding("one-sided", CASES, _one_sided(found))
    yield finding("uneven", CASES, _uneven(found))
    yield finding("dominant", CASES, _dominant(found))
    yield finding("clustered", CASES, _clustered(found))
    yield finding("small", CASES, _small(found))
    yield finding("tells", CASES, _tells(frame))
    unused = sorted(set(table.manifest.categories) - set(frame["category"]))
    yield finding("category", "corpus.toml", ((0, "categories", name) for name in unused))
    yield from _lookalikes(frame)
    yield from _languages(frame)


Places = Iterator[tuple[int, str, str]]


def _one_sided(found: list[Group]) -> Places:
    for expectation in Expectation:
        if found and expectation not in {group.expectation for group in found}:
            yield 0, "expectation", f"no case is to {expectation}"


def _uneven(found: list[Group]) -> Places:
    wholes = [group for group in found if not group.category]
    blocked = [group for group in found if group.category and group.expectation is Expectation.BLOCK]
    for classes in (wholes, blocked):
        most = max(classes, key=lambda group: group.n, default=None)
        least = min(classes, key=lambda group: group.n, default=None)
        if most and least and most.n > UNEVEN * least.n:
            yield 0, "category", f"{most.label}: {most.n:,}; {least.label}: {least.n:,}"


def _dominant(found: list[Group]) -> Places:
    for group in found:
        if group.n >= MANY and group.top_n >= AT_LEAST and group.top_share > SHARE:
            yield (
                group.top_line,
                "url",
                f"{group.label}: {group.top!r} has {group.top_n:,} of {group.n:,} cases, {group.top_share:.0%} of the"
                " weight",
            )


def _clustered(found: list[Group]) -> Places:
    for group in found:
        if group.n >= MANY and group.effective < group.n / 2:
            worth = f"{group.n:,} cases of {group.clusters:,} sites are worth {group.effective:,.1f}"
            yield 0, "url", f"{group.label}: {worth}"


def _small(found: list[Group]) -> Places:
    for group in found:
        if group.category and group.shows > SHOWN:
            shown = f"no error at all would show at most {group.shows:.1%} (one-sided, 95%)"
            yield 0, "category", f"{group.label}: {group.n:,}, worth {group.effective:,.1f}; {shown}"


def _tells(frame: pd.DataFrame) -> Places:
    block = frame["expectation"] == Expectation.BLOCK.value
    if min(block.sum(), (~block).sum()) < BOTH:
        return
    for key, what, has in (
        ("url", "are a host alone", frame["target"] == "/"),
        ("url", "are https", frame["scheme"] == "https"),
        ("fixture", "have a fixture", frame["fixture"] != ""),
    ):
        bad, good = float(has[block].mean()), float(has[~block].mean())
        if abs(bad - good) >= APART:
            yield 0, key, f"{bad:.0%} of the cases to block {what}, {good:.0%} of those to allow"


def _lookalikes(frame: pd.DataFrame) -> Iterator[Finding]:
    allow = frame["expectation"] == Expectation.ALLOW.value
    alike = frame["lookalike_of"] != ""
    none = allow.any() and not (allow & alike).any()
    yield finding("lookalikes", CASES, [(0, "lookalike_of", "no case to allow names a topic")] if none else [])
    known = {*frame["category"][~allow], *frame["case_id"][~allow]}
    lost = frame[alike & (~allow | ~frame["lookalike_of"].isin(known))]
    yield finding(
        "lookalike",
        CASES,
        (
            (line, "lookalike_of", f"{name} is to {expectation} and names {topic!r}")
            for line, name, expectation, topic in each(lost, "line", "case_id", "expectation", "lookalike_of")
        ),
    )


def _languages(frame: pd.DataFrame) -> Iterator[Finding]:
    missing = frame[frame["language"] == ""]
    text = f"{len(missing):,} of {len(frame):,} cases"
    yield finding("language-missing", CASES, [(int(missing["line"].iloc[0]), "language", text)] if len(missing) else [])
    counts = frame["language"][frame["language"] != ""].str.lower().value_counts().sort_index()
    one = len(counts) == 1 and len(frame) >= MANY
    yield finding("languages", CASES, [(0, "language", f"all stated ones are {counts.index[0]!r}")] if one else [])
    few = [(0, "language", f"{name!r}: {n:,}") for name, n in counts.items() if n < MANY and len(counts) > 1]
    yield finding("language-few", CASES, few)
    first = frame[frame["language"] != ""].drop_duplicates("language")
    odd = ((line, "language", repr(tag)) for line, tag in each(first, "line", "language") if not TAG.fullmatch(tag))
    yield finding("language-tag", CASES, odd)
