"""Two runs or more on the same cases, against the first: differences, agreement, and every case that flipped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.model.errors import UsageError
from harness.model.words import Outcome, Validity
from harness.report.comparison_league import League, league
from harness.report.match import Match, Run, lineups, match, open_runs
from harness.score.agreement import Agreement, agreement
from harness.score.outcome import Scored
from harness.score.paired import BETTER, WORSE, Pair, Paired, compare

SCHEMA = "pas-harness/comparison/2"  # of the whole as JSON
DIFFERENT = "different"
ORDER = (WORSE, BETTER, DIFFERENT)


@dataclass(frozen=True, slots=True)
class Side:
    """What one run made of a case."""

    case_id: str
    setting: str
    verdict: str
    rule_id: str
    mechanism: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Flip:
    """A case whose verdict or outcome differs; `change` is worse, better, or different where neither can be said."""

    change: str
    url: str
    category: str
    expectation: str
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class Versus:
    """Run `number` against the baseline."""

    number: int
    rates: tuple[Paired, ...]
    agreement: tuple[Agreement, ...]
    flips: tuple[Flip, ...]


@dataclass(frozen=True, slots=True)
class Lineup:
    """All runs, each at one setting in their order. `agreement` is over all of them, empty for two."""

    settings: tuple[str, ...]
    league: League
    against: tuple[Versus, ...]
    agreement: tuple[Agreement, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`warnings` say in plain words what the figures cannot be trusted with."""

    runs: tuple[Run, ...]
    match: Match
    lineups: tuple[Lineup, ...]
    warnings: tuple[str, ...]
    confidence: float


def comparison(asked: Sequence[str], settings: Sequence[str], confidence: float) -> Comparison:
    """Compare the runs at FOLDER or FOLDER@SETTING with the first of them.

    Raises UsageError when there is nothing to compare, EvidenceError when the evidence of one does not stand."""
    if not 0.5 <= confidence < 1:
        raise UsageError(f"{confidence:g} is not from 0.5 to below 1", key="--confidence")
    runs = open_runs(asked)
    chosen = lineups(runs, settings)
    shared = match(runs)
    made = tuple(_lineup(runs, at, shared, confidence) for at in chosen)
    return Comparison(tuple(runs), shared, made, tuple(_warnings(runs, chosen, shared)), confidence)


def _lineup(runs: Sequence[Run], settings: tuple[str, ...], shared: Match, confidence: float) -> Lineup:
    scored = [run.scored(setting) for run, setting in zip(runs, settings, strict=True)]
    rows = [tuple(of[url] for of in scored) for url in shared.urls]
    against = []
    for run in runs[1:]:
        pairs: list[Pair] = [(row[0], row[run.number - 1]) for row in rows]
        rates, agreed = tuple(compare(pairs, confidence)), tuple(agreement(pairs, confidence))
        against.append(Versus(run.number, rates, agreed, tuple(_flips(pairs))))
    table = league(runs, settings, scored, shared.urls, confidence)
    return Lineup(settings, table, tuple(against), tuple(agreement(rows, confidence)) if len(runs) > 2 else ())


def _flips(pairs: Sequence[Pair]) -> list[Flip]:
    """Worse first, then by category and case id."""
    found = [
        Flip(
            change=_change(before.outcome, after.outcome),
            url=before.case.url,
            category=before.case.category,
            expectation=before.case.expectation,
            before=_side(before),
            after=_side(after),
        )
        for before, after in pairs
        if (before.judgement.verdict, before.outcome) != (after.judgement.verdict, after.outcome)
    ]
    return sorted(found, key=lambda flip: (ORDER.index(flip.change), flip.category, flip.before.case_id))


def _change(before: Outcome, after: Outcome) -> str:
    if Outcome.UNSCORED in (before, after) or before is after:
        return DIFFERENT
    return WORSE if before is Outcome.CORRECT else BETTER


def _side(item: Scored) -> Side:
    said = item.judgement
    return Side(item.case.case_id, item.setting, said.verdict, said.rule_id, said.mechanism, item.outcome)


def _warnings(runs: Sequence[Run], chosen: Sequence[tuple[str, ...]], shared: Match) -> Iterator[str]:
    for run in runs:
        who = f"Run {run.number} ({run.name})"
        for reason in run.derived.voids:
            yield f"{who} IS VOID and proves nothing. {reason}"
        if not run.sealed:
            yield f"{who} IS NOT SEALED: nothing shows that its evidence is as it was recorded."
        yield from (f"{who} {text}" for text in _otherwise(run, runs[0]))
        if left := run.derived.scored.counted("reason")[Validity.LEFT_OUT,]:
            yield f"{who} stopped early and left out {left} cases: what it attempted depends on what it found."
        rules = run.derived.scored.counted("rule_id", "machine_rule")
        if said := sum(cases for (now, before), cases in rules.items() if now != before):
            yield f"{who} has {said} cases whose verdict is a person's, not the rules'."
        used = {at[run.number - 1] for at in chosen}
        if unused := sorted(set(run.settings) - used):
            yield f"{who} has settings that are not compared: {', '.join(unused)}."
    if any(shared.left_out):
        some = [(run, left) for run, left in zip(runs, shared.left_out, strict=True) if left]
        counts = ", ".join(f"{left} of run {run.number}" for run, left in some)
        yield f"Only the {len(shared.urls)} cases that stand in all runs are compared; left out are {counts}."
    if shared.changed:
        listed = [f"{item.case_id} in run {item.number} ({', '.join(item.what)})" for item in shared.changed[:5]]
        more = " and more" if len(shared.changed) > 5 else ""
        yield f"Not comparable, as something about them changed: {len(shared.changed)} ({'; '.join(listed)}{more})."


def _otherwise(run: Run, first: Run) -> Iterator[str]:
    """What was planned otherwise than in the baseline."""
    if run.identity["corpus"]["digest"] != first.identity["corpus"]["digest"]:
        yield "was made with another corpus than run 1: only what both hold alike is compared."
    if (run.own.warned, run.own.degraded) != (first.own.warned, first.own.degraded):
        yield "was planned to count warned or degraded pages otherwise; here they count as in run 1."
    elif run.own != first.own:
        yield "was planned with other criteria than run 1; outcomes follow those of run 1."
    if run.derived.spec.rules != first.derived.spec.rules:
        yield "was planned with other verdict rules than run 1; verdicts were made anew by those of run 1."
    if run.identity["harness_version"] != first.identity["harness_version"]:
        mine, its = (of.identity["harness_version"] for of in (run, first))
        yield f"was planned with harness {mine}, run 1 with {its}: a difference may be the harness's."
    if run.identity["product"]["browser"] != first.identity["product"]["browser"]:
        mine, its = (of.identity["product"]["browser"] or "none" for of in (run, first))
        yield f"was visited with {mine}, run 1 with {its}: a difference may be the browser's."
    if run.derived.spec.live:
        yield "was made live: pages may have changed between the runs."
