"""What the pages of a comparison say, as plain values; the templates only lay it out."""

import shlex
from collections import Counter
from dataclasses import dataclass

from harness.model import canonical
from harness.model.words import Decision
from harness.report import plain
from harness.report.compare import ORDER, SCHEMA, Comparison, Flip, Lineup, Versus
from harness.report.comparison_figures import LEVELS, Heat, Scatter, heats, reach, scatter
from harness.report.comparison_league import Between
from harness.report.comparison_rows import Row, rows
from harness.report.comparison_tables import Table, tables
from harness.report.comparison_trends import Trend, trends
from harness.report.comparison_words import PAIRED, Standing, standing
from harness.report.course import Pairs
from harness.report.figures import Axis
from harness.report.match import RULE, Match, Run
from harness.report.neutral import prose
from harness.score.agreement import Agreement
from harness.score.intervals import name
from harness.score.paired import Paired
from harness.score.ranks import METHOD

PAGE = 200  # flips on a page


@dataclass(frozen=True, slots=True)
class Couple:
    """Two rows of a league and what lies between them."""

    one: Row
    other: Row
    between: Between


@dataclass(frozen=True, slots=True)
class Against:
    """A row against the baseline: paired differences, flips counted by change, and the flips by the page they stand
    on, at least one."""

    row: Row
    rates: tuple[Paired, ...]
    counts: tuple[tuple[str, int], ...]
    pages: tuple[tuple[str, tuple[Flip, ...]], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One league: all runs, each at one setting. `title` is empty where there is only one."""

    number: int
    title: str
    rows: tuple[Row, ...]
    baseline: Row
    standing: Standing
    tally: tuple[tuple[Decision, int], ...]
    axis: Axis
    heats: tuple[Heat, ...]
    scatter: Scatter | None
    trends: tuple[Trend, ...]
    couples: tuple[Couple, ...]
    against: tuple[Against, ...]
    everyone: Agreement | None

    @property
    def valid(self) -> tuple[Row, ...]:
        """The rows whose figures prove something."""
        return tuple(row for row in self.rows if not row.entry.void)


@dataclass(frozen=True, slots=True)
class View:
    """The whole site. `identity` names the comparison: the same evidence and findings give the same. `facts` say of
    each run what was tested with what."""

    identity: str
    confidence: str
    risk: str
    interval: str
    criteria: str
    notice: str
    corpora: str
    shared: int
    runs: tuple[Run, ...]
    facts: tuple[Pairs, ...]
    warnings: tuple[str, ...]
    parts: tuple[Part, ...]
    titles: dict[str, str]
    match: Match
    tables: tuple[Table, ...]
    command: str
    schema: str = SCHEMA
    rule: str = RULE
    ranking: str = METHOD
    paired: str = PAIRED

    def category(self, key: str) -> str:
        """The title of a category."""
        return self.titles.get(key, key)

    @property
    def shades(self) -> tuple[str, ...]:
        """What each shade of a heat map stands for."""
        tops = [plain.percent(top).replace(".0%", "%") for top in LEVELS]
        return ("none", *(f"up to {top}" for top in tops[1:]), f"above {tops[-1]}")

    def methods(self, part: Part) -> str:
        """How the differences of a league were computed."""
        items = [item for couple in part.couples for item in couple.between.rates]
        used = sorted({item.method for item in items}) + sorted({item.test for item in items})
        return "; ".join(dict.fromkeys(used)) or "none"

    def kappas(self, part: Part) -> str:
        """How kappas were computed."""
        items = [couple.between.agreement for couple in part.couples if couple.between.agreement]
        return "; ".join(sorted({item.method for item in items if item.kappa is not None})) or "No kappa is defined"

    def rules(self, flips: tuple[Flip, ...]) -> list[str]:
        """The rules that gave the verdicts of these flips."""
        return sorted({side.rule_id for flip in flips for side in (flip.before, flip.after)})

    def testers(self, couple: Couple) -> str:
        """Who made two tests of the same product."""
        one, other = (self.runs[row.number - 1].identity for row in (couple.one, couple.other))
        if one["laboratory"] and other["laboratory"] and one["laboratory"] != other["laboratory"]:
            return f"Two laboratories made them: {one['laboratory']} and {other['laboratory']}."
        if one["signer"] and other["signer"] and one["signer"] != other["signer"]:
            return "They are signed with different keys, as two laboratories would."
        return "Nothing shows that different laboratories made them."


def view(found: Comparison) -> View:
    """The site of a comparison."""
    derived = found.runs[0].derived
    criteria, shown, corpus = derived.criteria, derived.criteria.interval, derived.spec.corpus
    titles = {**criteria.categories, **{str(key): str(value) for key, value in corpus["categories"].items()}}
    corpora = dict.fromkeys(
        f"{of['title']}, version {of['version']}" for of in (run.derived.spec.corpus for run in found.runs)
    )
    heads = [run.identity["journal_head"] for run in found.runs]
    return View(
        identity=canonical.digest(canonical.dumps([heads, found.confidence, found.lineups]))[:12].upper(),
        confidence=f"{100 * found.confidence:g}%",
        risk=f"{100 - 100 * found.confidence:.4g}%",
        interval=f"{name(shown.method, shown.design)}, two-sided at {shown.confidence:.0%} confidence",
        criteria=f"{criteria.title}, version {criteria.version}",
        notice=prose(criteria.notice),
        corpora="; ".join(corpora),
        shared=len(found.match.urls),
        runs=found.runs,
        facts=tuple(_facts(run, left) for run, left in zip(found.runs, found.match.left_out, strict=True)),
        warnings=found.warnings,
        parts=tuple(_part(found, lineup, number, titles) for number, lineup in enumerate(found.lineups, 1)),
        titles=titles,
        match=found.match,
        tables=tuple(tables(found)),
        command=_command(found),
    )


def _command(found: Comparison) -> str:
    asked = [f"{run.name}@{run.at}" if run.at else run.name for run in found.runs]
    confidence = [] if found.confidence == 0.95 else ["--confidence", f"{found.confidence:g}"]
    return shlex.join(["harness", "compare", *asked, *confidence, "--out", "DIR"])


def _part(found: Comparison, lineup: Lineup, number: int, titles: dict[str, str]) -> Part:
    ordered = rows(found, lineup)
    by_number = {row.number: row for row in ordered}
    counted = Counter(row.entry.decision for row in ordered)
    valid = [row for row in ordered if not row.entry.void]
    criteria = found.runs[0].derived.criteria
    return Part(
        number=number,
        title=f"Setting {lineup.settings[0]}" if len(found.lineups) > 1 else "",
        rows=ordered,
        tally=tuple((decision, counted[decision]) for decision in Decision if counted[decision]),
        standing=standing(ordered, lineup.league.pairs),
        axis=reach([rate for row in valid for rate in (row.under, row.over)]),
        heats=tuple(heats(valid, criteria, titles)),
        scatter=scatter(valid, criteria),
        trends=tuple(trends(found, lineup, ordered)),
        couples=tuple(Couple(by_number[item.one], by_number[item.other], item) for item in lineup.league.pairs),
        baseline=by_number[1],
        against=tuple(_against(by_number[versus.number], versus, number) for versus in lineup.against),
        everyone=next(iter(lineup.agreement), None),
    )


def _against(row: Row, versus: Versus, number: int) -> Against:
    counted = Counter(flip.change for flip in versus.flips)
    starts = range(0, max(len(versus.flips), 1), PAGE)
    return Against(
        row=row,
        rates=versus.rates,
        counts=tuple((change, counted[change]) for change in ORDER),
        pages=tuple(
            (f"flips-{number}-{row.number}-{page:03}.html", versus.flips[start : start + PAGE])
            for page, start in enumerate(starts, 1)
        ),
    )


def _facts(run: Run, left_out: int) -> Pairs:
    said, spec = run.identity, run.derived.spec
    product = said["product"]
    return [
        ("Run folder", run.name),
        ("Product", " ".join(filter(None, (product["title"], product["version"])))),
        ("Settings tested", ", ".join(spec.settings)),
        (
            "Parameters",
            "; ".join(f"{key}: {value}" for key, value in product["params"].items() if value) or "as they come",
        ),
        ("Browser", product["browser"] or "not recorded"),
        ("Corpus", f"{said['corpus']['name']} {said['corpus']['version']}, {said['corpus']['digest']}"),
        ("Cases", f"{len(run.cases):,}, of which {left_out:,} are left out here"),
        ("Planned", plain.when(said["planned_at"])),
        ("Laboratory", said["laboratory"] or "none stated"),
        ("Sealed", "yes" if run.sealed else "no"),
        ("Signed with the Ed25519 key", said["signer"] or "not signed"),
        ("Harness", said["harness_version"]),
        ("Planned with criteria", said["criteria_digest"]),
        ("Head of its journal", said["journal_head"]),
    ]
