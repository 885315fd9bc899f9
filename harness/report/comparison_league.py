"""Who stands where: every run at its setting on the shared cases, ranked by each rate and by both."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from harness.model.words import Decision, Expectation, Metric
from harness.report.clauses import by_hand
from harness.report.match import Run
from harness.score.agreement import Agreement, agreement
from harness.score.decide import overall
from harness.score.outcome import Scored
from harness.score.paired import BETTER, METRICS, WORSE, Paired, compare, found_at
from harness.score.ranks import Rank, adjusted, ranks
from harness.score.rates import OVERALL, Rate, Tally, rate, rates

VOID, LOOSE, OPEN, STOPPED = "void", "not sealed", "inconclusive", "stopped early"


@dataclass(frozen=True, slots=True)
class Places:
    """Ranks among the ranked runs. By both rates, one run stands before another when it is shown better at one of them
    and shown worse at neither."""

    under: Rank
    over: Rank
    both: Rank


@dataclass(frozen=True, slots=True)
class Entry:
    """Run `number` at one setting. The decision is by the criteria of the baseline and on all cases of the run; both
    rates are those of the shared cases, overall, by category, and by the topic that look-alikes resemble. `unranked`
    says why it has no place, "" when it has."""

    number: int
    setting: str
    decision: Decision
    unranked: str
    rates: tuple[Rate, ...]
    lookalikes: tuple[Rate, ...]
    places: Places | None

    @property
    def void(self) -> bool:
        """Whether its figures prove nothing."""
        return self.unranked == VOID


@dataclass(frozen=True, slots=True)
class Between:
    """Two runs on the shared cases: `other` against `one`. Both rates overall, their findings adjusted jointly with
    those of all other ranked pairs; none when one of the two is not ranked. `agreement` is that of their verdicts, None
    when no case has one in both. `twice` says that both tested the same product at the same setting."""

    one: int
    other: int
    rates: tuple[Paired, ...]
    agreement: Agreement | None
    twice: bool

    @property
    def better(self) -> int:
        """The run that stands before the other by both rates, 0 when neither does."""
        found = {item.finding for item in self.rates} & {BETTER, WORSE}
        return 0 if len(found) != 1 else self.one if WORSE in found else self.other


@dataclass(frozen=True, slots=True)
class League:
    """All runs in their order, and all pairs of them."""

    entries: tuple[Entry, ...]
    pairs: tuple[Between, ...]


def league(
    runs: Sequence[Run],
    settings: Sequence[str],
    scored: Sequence[Mapping[str, Scored]],
    urls: Sequence[str],
    confidence: float,
) -> League:
    """Every run at its setting; `scored` is what became of each case, by URL, in the order of the runs."""
    shared = [[of[url] for url in urls] for of in scored]
    entries = [_entry(run, setting, items) for run, setting, items in zip(runs, settings, shared, strict=True)]
    pairs = _pairs(runs, entries, shared, confidence)
    ranked = [entry.number for entry in entries if not entry.unranked]
    under, over = (ranks(ranked, _better(pairs, metric)) for metric in METRICS)
    both = ranks(ranked, [_in_order(pair, pair.better) for pair in pairs if pair.better])
    placed = {number: Places(under[number], over[number], both[number]) for number in ranked}
    return League(tuple(replace(entry, places=placed.get(entry.number)) for entry in entries), tuple(pairs))


def _entry(run: Run, setting: str, items: Sequence[Scored]) -> Entry:
    derived, shown = run.derived, run.derived.criteria.interval
    judged = by_hand(derived.addenda, derived.criteria)
    decision = Decision.VOID if derived.voids else overall([*derived.decisions(setting), *judged])
    alike: dict[str, Tally] = defaultdict(Tally)
    for item in items:
        if item.case.lookalike_of and item.case.expectation is Expectation.ALLOW:
            alike[item.case.lookalike_of].add(item)
    return Entry(
        number=run.number,
        setting=setting,
        decision=decision,
        unranked=_unranked(run, decision, items),
        rates=tuple(item for item in rates(items, shown) if item.metric in METRICS),
        lookalikes=tuple(
            rate(alike[topic], Metric.OK_SITES_OVER_BLOCK, topic, setting, shown) for topic in sorted(alike)
        ),
        places=None,
    )


def _unranked(run: Run, decision: Decision, items: Sequence[Scored]) -> str:
    """Only what is sealed, decided and whole is ranked."""
    reasons = (
        (VOID, decision is Decision.VOID),
        (LOOSE, not run.sealed),
        (OPEN, decision is Decision.INCONCLUSIVE),
        (STOPPED, any(item.left_out for item in items)),
    )
    return next((reason for reason, holds in reasons if holds), "")


def _pairs(
    runs: Sequence[Run], entries: Sequence[Entry], shared: Sequence[Sequence[Scored]], confidence: float
) -> list[Between]:
    found = []
    for (run, one, items), (twin, other, others) in combinations(zip(runs, entries, shared, strict=True), 2):
        rows = list(zip(items, others, strict=True))
        ranked = not (one.unranked or other.unranked)
        rated = tuple(item for item in compare(rows, confidence) if item.category == OVERALL) if ranked else ()
        agreed = next(iter(agreement(rows, confidence)), None)
        found.append(Between(run.number, twin.number, rated, agreed, _tested(run, one) == _tested(twin, other)))
    p_values = iter(adjusted([item.p for pair in found for item in pair.rates]))
    return [replace(pair, rates=tuple(found_at(item, next(p_values)) for item in pair.rates)) for pair in found]


def _tested(run: Run, entry: Entry) -> tuple[str, dict[str, object]]:
    product = run.identity["product"]
    return entry.setting, {key: product[key] for key in ("name", "version", "profile_digest", "params")}


def _better(pairs: Sequence[Between], metric: Metric) -> list[tuple[int, int]]:
    """Which run is shown better than which at one rate."""
    findings = [(pair, item.finding) for pair in pairs for item in pair.rates if item.metric is metric]
    return [
        _in_order(pair, pair.other if finding == BETTER else pair.one)
        for pair, finding in findings
        if finding in (BETTER, WORSE)
    ]


def _in_order(pair: Between, first: int) -> tuple[int, int]:
    return (first, pair.other if first == pair.one else pair.one)
