"""A corpus as a page: what is in it, what it is worth as a sample, and what its check found."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from harness.corpus import shapes
from harness.corpus.check import Checked
from harness.corpus.findings import Finding, Severity
from harness.corpus.groups import Group, groups
from harness.model.words import Expectation
from harness.report import pages, plain
from harness.report.course import Pairs
from harness.report.neutral import pathless, prose

SHOWN = 3  # places of each finding
TOP = 12  # rows of a chart with no end
LANGUAGES = 40
DEEP = 4  # parts of a path, and more
PAD = 2.0  # per cent of the width left free at either end
LABELS = (("one", "to block"), ("two", "to allow"))
WORTH = (("one", "worth"), ("two", "cases beyond that, on sites that have others"))

HEADLINE = {
    Severity.ERROR: ("fail", "Refused", "A run refuses this corpus until its errors are mended."),
    Severity.WARNING: (
        "conditional fail",
        "Open to attack",
        "A run takes this corpus; a reviewer would ask questions.",
    ),
    Severity.NOTE: (
        "pass",
        "Nothing amiss",
        "A run takes this corpus, and its check found nothing to warn of. Whether labels are true it cannot know.",
    ),
}


@dataclass(frozen=True, slots=True)
class Axis:
    """From 0 to `top` cases, in steps that people count in. `x` is a place in per cent of the width."""

    top: int
    step: int

    @property
    def ticks(self) -> list[int]:
        return list(range(0, self.top + 1, self.step))

    def x(self, value: float) -> float:
        return round(PAD + (100 - 2 * PAD) * value / self.top, 2)


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: `parts` are drawn one after the other, `cells` stand beside them, `note` below the label."""

    label: str
    parts: tuple[float, ...]
    cells: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars on a common axis; `legend` names the parts, by their colour."""

    title: str
    caption: str
    head: str
    heads: tuple[str, ...]
    legend: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]
    axis: Axis


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page."""

    slug: str
    title: str
    lead: str
    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A finding with its first places, each as place and text."""

    severity: Severity
    title: str
    why: str
    count: int
    spots: Pairs


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the page shows."""

    title: str
    version: str
    digest: str
    facts: Pairs
    tone: str
    headline: str
    meaning: str
    severity: Severity
    findings: tuple[Told, ...]
    parts: tuple[Part, ...]
    sheet: Pairs
    description: tuple[str, ...]


def page(found: Checked, digest: str) -> str:
    """The page as text: a pure function of the corpus and its digest ("" where a run refuses it)."""
    return pages.render("corpus.html.j2", "corpus.css", page=view(found, digest), severities=tuple(Severity))


def view(found: Checked, digest: str) -> Page:
    """What the page says, as plain values."""
    manifest, frame = found.table.manifest, found.table.frame
    severity = next((item.severity for item in found.findings), Severity.NOTE)
    tone, headline, meaning = HEADLINE[severity]
    return Page(
        title=manifest.title or manifest.name,
        version=manifest.version,
        digest=digest,
        facts=_facts(frame),
        tone=tone,
        headline=headline,
        meaning=meaning,
        severity=severity,
        findings=tuple(_told(item) for item in found.findings),
        parts=tuple(part for part in _parts(found) if part.charts),
        sheet=_sheet(found, digest),
        description=tuple(prose(part) for part in manifest.description.split("\n\n") if part.strip()),
    )


def _told(item: Finding) -> Told:
    spots = [
        (f"{spot.file}:{spot.line} {spot.key}" if spot.line else f"{spot.file} {spot.key}", pathless(spot.text))
        for spot in item.spots(SHOWN)
    ]
    return Told(item.severity, item.title, item.why, item.count, spots)


def _facts(frame: pd.DataFrame) -> Pairs:
    found = [item for item in groups(frame) if not item.category]
    block = int((frame["expectation"] == Expectation.BLOCK.value).sum())
    languages = frame["language"][frame["language"] != ""].nunique()
    alike = int((frame["lookalike_of"] != "").sum())
    worth = [f"{item.effective:,.0f} to {item.expectation}" for item in found]
    return [
        ("Cases", f"{len(frame):,}: {block:,} to block, {len(frame) - block:,} to allow"),
        ("Worth as a sample", ", ".join(worth) or "nothing"),
        ("Sites", f"{frame['site'].nunique():,}, on {frame['host'].nunique():,} hosts"),
        ("Categories", f"{frame['category'].nunique():,}"),
        ("Languages", f"{languages:,}"),
        ("Look-alikes", f"{alike:,}"),
    ]


def _parts(found: Checked) -> list[Part]:
    frame, titles = found.table.frame, found.table.manifest.categories
    return [
        Part(
            "classes",
            "Categories",
            "Cases of one site share one fate, so they are worth fewer than they are (Kish’s effective sample size)."
            " The last column says how much that can show at best: the highest rate of errors that remains possible,"
            " one-sided at 95%, when no case goes wrong.",
            _classes(groups(frame), titles),
        ),
        Part("languages", "Languages", "By what the cases say of themselves.", _languages(frame)),
        Part(
            "lookalikes",
            "Look-alikes",
            "Innocuous pages close to a topic that is to be blocked: where over-blocking shows first.",
            _lookalikes(frame, titles),
        ),
        Part("sites", "Sites", "A site is a registrable domain, or what the corpus calls a cluster.", _sites(frame)),
        Part("shapes", "Addresses", "As browsers read them (WHATWG URL Standard).", _shapes(frame)),
        Part("sources", "Origin of the labels", "As the cases name it.", _sources(frame)),
    ]


def _classes(found: Sequence[Group], titles: Mapping[str, str]) -> tuple[Chart, ...]:
    charts: list[Chart] = []
    for expectation, title in ((Expectation.BLOCK, "Pages to block"), (Expectation.ALLOW, "Pages to allow")):
        rows = [item for item in found if item.expectation is expectation and item.category]
        bars = [
            Bar(
                titles.get(item.category, item.category),
                (item.effective, item.n - item.effective),
                (
                    *(f"{item.n:,}", f"{item.clusters:,}", f"{item.effective:,.1f}"),
                    *(f"{item.top_share:.0%}", plain.percent(item.shows)),
                ),
            )
            for item in rows
        ]
        heads = ("Cases", "Sites", "Worth", "Largest site", "Shows at best")
        charts += _chart(title, "", "Category", heads, WORTH, bars)
    return tuple(charts)


def _languages(frame: pd.DataFrame) -> tuple[Chart, ...]:
    keys = frame["language"].str.lower().where(frame["language"] != "", "not stated")
    return _counted("Cases by language", "Language", frame, keys, most=LANGUAGES)


def _lookalikes(frame: pd.DataFrame, titles: Mapping[str, str]) -> tuple[Chart, ...]:
    alike = frame[(frame["lookalike_of"] != "") & (frame["expectation"] == Expectation.ALLOW.value)]
    counts = alike["lookalike_of"].value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    bars = [
        Bar(titles.get(str(name), str(name)), (n,), (f"{n:,}", plain.percent(n / len(frame))))
        for name, n in counts.items()
    ]
    return _chart("Look-alikes by topic", "", "Topic", ("Cases", "Of all"), (), bars[:TOP])


def _sites(frame: pd.DataFrame) -> tuple[Chart, ...]:
    return _counted(f"The {TOP} sites with most cases", "Site", frame, frame["cluster"])


def _shapes(frame: pd.DataFrame) -> tuple[Chart, ...]:
    depth = shapes.depth(frame).clip(upper=DEEP) if len(frame) else frame["line"]
    names = {0: "no path", 1: "1 part", DEEP: f"{DEEP} parts or more"}
    keys = depth.map(lambda parts: names.get(parts, f"{parts} parts"))
    order = [names.get(parts, f"{parts} parts") for parts in range(DEEP + 1)]
    bars = []
    for name, has in shapes.SHAPES if len(frame) else ():
        with_it = frame[has(frame).astype(bool)]
        if len(with_it):
            bars.append(_labelled(name, with_it, len(frame), with_it["url"].iloc[0]))
    return (
        *_counted("Scheme", "Scheme", frame, frame["scheme"]),
        *_counted("Depth of the path", "Path", frame, keys, order),
        *_chart("Shapes", "A case may have several.", "Shape", ("To block", "To allow", "Of all"), LABELS, bars),
    )


def _sources(frame: pd.DataFrame) -> tuple[Chart, ...]:
    if (frame["source"] == "").all():
        return ()
    keys = frame["source"].where(frame["source"] != "", "not stated")
    return _counted("Cases by source", "Source", frame, keys)


def _counted(
    title: str, head: str, frame: pd.DataFrame, keys: "pd.Series[str]", order: Sequence[str] = (), most: int = TOP
) -> tuple[Chart, ...]:
    """Cases by key, in that order, or largest first; those beyond the first `most` in the caption."""
    parts = {str(name): part for name, part in frame.groupby(keys, sort=True)}
    names = [name for name in order if name in parts] or sorted(parts, key=lambda name: (-len(parts[name]), name))
    bars = [_labelled(name, parts[name], len(frame)) for name in names[:most]]
    caption = ""
    if rest := names[most:]:
        n = sum(len(parts[name]) for name in rest)
        caption = f"{len(rest):,} more have {n:,} cases together, {plain.percent(n / len(frame))} of all."
    return _chart(title, caption, head, ("To block", "To allow", "Of all"), LABELS, bars)


def _labelled(name: str, cases: pd.DataFrame, n: int, note: str = "") -> Bar:
    block = int((cases["expectation"] == Expectation.BLOCK.value).sum())
    allow = len(cases) - block
    return Bar(name, (block, allow), (f"{block:,}", f"{allow:,}", plain.percent(len(cases) / n)), note)


def _chart(
    title: str,
    caption: str,
    head: str,
    heads: tuple[str, ...],
    legend: tuple[tuple[str, str], ...],
    bars: Iterable[Bar],
) -> tuple[Chart, ...]:
    """One chart, or none where there is nothing to draw."""
    drawn = tuple(bars)
    most = max((math.ceil(sum(bar.parts)) for bar in drawn), default=0)
    return (Chart(title, caption, head, heads, legend, drawn, axis(most)),) if drawn else ()


def axis(most: int) -> Axis:
    """The shortest axis that holds `most`, in two to five steps of 1, 2 or 5 times a power of ten."""
    step = next(unit * 10**power for power in range(19) for unit in (1, 2, 5) if unit * 10**power * 5 >= max(most, 1))
    return Axis(step * max(2, math.ceil(most / step)), step)


def _sheet(found: Checked, digest: str) -> Pairs:
    manifest, frame = found.table.manifest, found.table.frame
    recorded = sum(bool(item.recording) for item in found.pages.values())
    with_fixture = int((frame["fixture"] != "").sum())
    fixtures = f"{with_fixture:,} cases, {len(found.pages):,} files" + (
        f", {recorded:,} of them recordings" if recorded else ""
    )
    declared = [f"{key} ({title})" if title != key else key for key, title in sorted(manifest.categories.items())]
    return [
        ("Name", manifest.name),
        ("Version", manifest.version or "not stated"),
        ("Licence", manifest.licence or "not stated"),
        ("Digest", digest or "none: a run refuses it"),
        ("Fixtures", fixtures if with_fixture else "none: neutral pages are replayed"),
        ("Categories declared", ", ".join(declared) or "none beside the harness’s own"),
    ]
