"""What the certification report says, as plain values; the templates only lay it out."""

from collections import Counter
from dataclasses import dataclass

from harness.evidence import seal
from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.model.words import Decision, Expectation, Metric, Outcome, Validity
from harness.report import plain, result
from harness.report.annex import Annex, annex, command
from harness.report.certifier import Point
from harness.report.certifier import points as certifier_points
from harness.report.check_rows import Checks, checks
from harness.report.clauses import Assessed
from harness.report.course import Pairs, Table
from harness.report.derive import Derived
from harness.report.figures import Axis, Figure, axis, figures, side_by_side
from harness.report.neutral import pathless, prose
from harness.report.paging import Part, paged, parts
from harness.report.people import Person, people
from harness.report.statement import Stated, stated
from harness.report.summary import Summary, summary
from harness.report.texts import texts
from harness.report.witnesses import LISTED, Witness, worst, wrong
from harness.score.accuracy import accuracy
from harness.score.decide import Decided, overall
from harness.score.intervals import name
from harness.score.outcome import Scored
from harness.score.parts import Parts
from harness.score.points import Points
from harness.score.rates import OVERALL, Rate
from harness.score.tiers import Tiers

TRANSLATED = ("cy",)  # languages of the first page beside English


@dataclass(frozen=True, slots=True)
class Handled:
    """Cases of one expectation, by what became of them."""

    expectation: str
    correct: int
    wrong: int
    unscored: int


@dataclass(frozen=True, slots=True)
class SettingView:
    """The results at one setting of the product; `decision` is VOID throughout a void run. `labels` says by criterion
    how many wrong labels its decision stands, `accuracy` are the measures other studies report, as texts."""

    name: str
    title: str
    decision: Decision
    decided: tuple[Decided, ...]
    labels: dict[str, str]
    figures: tuple[Figure, ...]
    rates: tuple[Rate, ...]
    handled: tuple[Handled, ...]
    accuracy: Pairs


@dataclass(frozen=True, slots=True)
class Unscored:
    """Unscored cases with one reason; `key` is the id of the validity or rule."""

    key: str
    words: str
    block: int
    allow: int


@dataclass(frozen=True, slots=True)
class View:
    """Everything the report shows. `draft` marks a report that no laboratory issued, or not whole, `void` a run that
    decides nothing, `live` one without replay."""

    report_id: str
    product: str
    version: str
    corpus: str
    criteria: str
    dates: Pairs
    decision: Decision
    headline: str
    void: bool
    draft: bool
    sealed: bool
    stated: Stated
    live: bool
    reasons: tuple[str, ...]
    tally: tuple[tuple[Decision, int], ...]
    settings: tuple[SettingView, ...]
    summary: Summary
    translated: tuple[Summary, ...]
    points_to_weigh: tuple[Point, ...]
    side: tuple[Figure, ...]
    matrix: Table
    criteria_count: int
    untested: tuple[Decided, ...]
    axis: Axis
    planned: int
    scored: int
    unscored: tuple[Unscored, ...]
    worst: tuple[Witness, ...]
    wrong: tuple[Scored, ...]
    wrong_left: int
    beside: tuple[Part, ...]
    interval: str
    checks: Checks
    clauses: tuple[Assessed, ...]
    points: tuple[Points, ...]
    parts: tuple[Parts, ...]
    tiers: tuple[Tiers, ...]
    people: tuple[Person, ...]
    machine: str
    seal: Pairs
    left_out: int
    standard: str
    notice: str
    command: str
    spec_digest: str
    annex: Annex

    def reference(self, clause: str) -> str:
        """How a clause is called: by the standard's own clause that it is part of, and what it is about."""
        known = {item.clause.id: item.clause for item in self.clauses}
        top = clause
        while top in known and known[top].parent:
            top = known[top].parent
        numbered = f"{self.standard}, clause {top}" if top[:1].isdigit() else self.standard
        called = numbered if self.standard else top
        return called if top == clause else f"{called}: {known[clause].title}"


def view(folder: RunFolder, derived: Derived) -> View:
    """The report of the run. Reads blobs and digests of the folder, nothing else from outside."""
    shown = derived.criteria.interval
    spec, run = derived.spec, result.result(derived, folder.seal_file.exists())["run"]
    scored, all_pages = derived.scored, paged(derived)
    outcomes, wrongly = scored.counted("outcome"), wrong(derived)
    identity = result.product(derived)
    counted = Counter(item.decision for item in derived.decided)
    said = stated(folder, derived)
    return View(
        report_id=said.number or plain.short(derived.head),
        product=identity["title"],
        version=identity["version"],
        corpus=f"{spec.corpus['title']}, version {spec.corpus['version']}",
        criteria=f"{derived.criteria.title}, version {derived.criteria.version}",
        dates=[
            (name, plain.when(run[key]))
            for name, key in (("Planned", "planned_at"), ("Begun", "started_at"), ("Ended", "finished_at"))
        ],
        decision=derived.decision,
        headline=plain.HEADLINE[derived.decision],
        void=bool(derived.voids),
        draft=bool(said.mark),
        sealed=folder.seal_file.exists(),
        stated=said,
        live=derived.spec.live,
        reasons=tuple(pathless(reason) for reason in derived.voids),
        summary=summary(derived, texts("en")),
        translated=tuple(summary(derived, texts(language)) for language in TRANSLATED),
        points_to_weigh=certifier_points(folder, derived),
        tally=()
        if derived.voids
        else tuple((decision, counted[decision]) for decision in Decision if counted[decision]),
        settings=tuple(_setting(derived, setting) for setting in spec.settings),
        side=tuple(side_by_side(derived.rates, spec.settings)),
        matrix=_matrix(derived),
        criteria_count=len({item.id for item in derived.decided}),
        untested=tuple(item for item in derived.decided if not item.setting),
        axis=axis(bound for item in derived.decided if item.n for bound in (item.upper, item.bound)),
        planned=len(scored),
        scored=len(scored) - outcomes[Outcome.UNSCORED,],
        unscored=_unscored(derived),
        worst=tuple(worst(derived, folder.blobs, all_pages)),
        wrong=tuple(scored.take(wrongly[:LISTED])),
        wrong_left=max(0, len(wrongly) - LISTED),
        beside=tuple(parts(all_pages)),
        interval=f"{name(shown.method, shown.design)}, two-sided at {shown.confidence:.0%} confidence",
        checks=checks(derived),
        clauses=derived.clauses,
        points=derived.points,
        parts=derived.parts,
        tiers=derived.tiers,
        people=people(derived),
        machine=plain.HEADLINE[derived.machine] if derived.machine is not derived.decision else "",
        seal=_seal(folder),
        left_out=scored.counted("reason")[Validity.LEFT_OUT,],
        standard=derived.criteria.standard,
        notice=prose(derived.criteria.notice),
        command=command(derived),
        spec_digest=canonical.digest(folder.spec_file.read_bytes()),
        annex=annex(derived),
    )


def _setting(derived: Derived, setting: str) -> SettingView:
    level = derived.spec.product.get("settings", {}).get("level", {}).get(setting, {})
    decided = tuple(item for item in derived.decided if item.setting == setting)
    rates = tuple(item for item in derived.rates if item.setting == setting and item.category == OVERALL)
    titles = {str(key): str(value) for key, value in derived.spec.corpus["categories"].items()}
    return SettingView(
        name=setting,
        title=str(level.get("title", "")),
        decision=Decision.VOID if derived.voids else overall(derived.decisions(setting)),
        decided=decided,
        labels={item.id: item.told for item in derived.sensitivity if item.setting == setting},
        figures=tuple(figures(derived.scored, setting, derived.criteria, titles, len(derived.spec.settings))),
        rates=rates,
        handled=tuple(_handled(derived, setting, expectation) for expectation in Expectation),
        accuracy=_accuracy(derived, setting),
    )


def _accuracy(derived: Derived, setting: str) -> Pairs:
    table = dict(result.overall_tallies(derived))[setting]
    found = accuracy(table.tp, table.fn, table.fp, table.tn)
    return [
        (words, "not defined" if (value := getattr(found, key)) is None else f"{value:.3f}")
        for key, words in plain.ACCURACY.items()
    ]


def _seal(folder: RunFolder) -> Pairs:
    if not folder.seal_file.exists():
        return [("Seal", "none yet")]
    by = seal.signer(folder)
    return [("Seal, Merkle root", seal.root(folder)), ("Signed with the Ed25519 key", by or "not signed")]


def _matrix(derived: Derived) -> Table:
    """Wrongly handled cases by category and setting."""
    titles = {**derived.criteria.categories, **derived.spec.corpus["categories"]}
    rows = []
    for metric, expectation in ((Metric.BAD_SITES_UNDER_BLOCK, "block"), (Metric.OK_SITES_OVER_BLOCK, "allow")):
        of = {(item.category, item.setting): item for item in derived.rates if item.metric is metric}
        for category in sorted({category for category, _ in of} - {OVERALL}):
            known = [of.get((category, setting)) for setting in derived.spec.settings]
            cells = [f"{item.k} of {item.n} ({plain.percent(item.estimate)})" if item else "–" for item in known]
            rows.append((f"{titles.get(category, category)}, to {expectation}", *cells))
    return Table("Cases handled wrongly, by setting", ("Category", *derived.spec.settings), tuple(rows))


def _handled(derived: Derived, setting: str, expectation: Expectation) -> Handled:
    counted = derived.scored.counted("setting", "expectation", "outcome")
    of = {outcome: counted[setting, expectation, outcome] for outcome in Outcome}
    wrong = of[Outcome.OVER_BLOCKED] + of[Outcome.UNDER_BLOCKED]
    return Handled(str(expectation), of[Outcome.CORRECT], wrong, of[Outcome.UNSCORED])


def _unscored(derived: Derived) -> tuple[Unscored, ...]:
    counted = derived.scored.counted("outcome", "reason", "expectation")
    return tuple(
        Unscored(key, plain.reason(key), *(counted[Outcome.UNSCORED, key, of] for of in Expectation))
        for key in sorted({reason for outcome, reason, _ in counted if outcome == Outcome.UNSCORED})
    )
