"""The standard's clauses: what the criteria decided, what a person found, and what nobody has looked at yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.model.addendum import ClauseJudgement, Entry, Finding, on_clause
from harness.model.words import Decision
from harness.profile.criteria import Clause, Criteria
from harness.score.decide import Decided, overall
from harness.score.requirements import Required


@dataclass(frozen=True, slots=True)
class Assessed:
    """One clause. `decision` is that of what is asked of it and of the clauses below it, by machine or by people, None
    where nothing was; `judged` is what a person found, None until it is settled, and `open` says why the clause itself
    is not settled, "" where it is. `inapplicable`: nothing asked of it bears on the product. `said` is what stands of
    each person."""

    clause: Clause
    depth: int
    decision: Decision | None
    judged: ClauseJudgement | None
    open: str
    inapplicable: bool
    said: tuple[ClauseJudgement, ...]


def assessed(
    criteria: Criteria, decided: Sequence[Decided], required: Sequence[Required], said: Sequence[Entry]
) -> tuple[Assessed, ...]:
    """Every clause of the profile, in its order."""
    found: list[Assessed] = []
    asked: list[Decided | Required] = [*decided, *required]
    depths = {"": -1}
    for clause in criteria.clause:
        depths[clause.id] = depths[clause.parent] + 1
        judged, why = settled(clause, said)
        below = _below(criteria, clause.id)
        people = [_found(settled(item, said)[0]) for item in criteria.clause if item.id in below]
        machine = [item.decision for item in asked if item.clause in below]
        decisions = [item for item in (*machine, *people) if item]
        own = [item.decision for item in asked if item.clause == clause.id]
        found.append(
            Assessed(
                clause=clause,
                depth=depths[clause.id],
                decision=overall(decisions) if decisions else None,
                judged=judged,
                open=why or _unmeasured(clause, criteria, own),
                inapplicable=bool(own) and not any(own),
                said=on_clause(said, clause.id),
            )
        )
    return tuple(found)


def _unmeasured(clause: Clause, criteria: Criteria, own: Sequence[Decision | None]) -> str:
    """Why what a machine is asked about the clause itself is not settled, "" where it is."""
    if clause.id not in {item.clause for item in criteria.asked}:
        return ""
    return "" if own else "nothing of it was tried in this run"


def by_hand(said: Sequence[Entry], criteria: Criteria) -> list[Decision]:
    """What people's findings add to the run's decision: a clause that is not met fails, as a criterion does. One that
    nobody has judged decides nothing and stays listed as such."""
    judged = [_found(settled(clause, said)[0]) for clause in criteria.clause]
    return [decision for decision in judged if decision]


def settled(clause: Clause, said: Sequence[Entry]) -> tuple[ClauseJudgement | None, str]:
    """What people found on a clause, and why that is not settled, "" where it is. Where two must agree, the last two
    persons count; whoever says not-judged takes back what he said."""
    if clause.assessed != "by-hand":
        return None, ""
    last = [entry for entry in on_clause(said, clause.id) if entry.finding is not Finding.NOT_JUDGED][-clause.persons :]
    if not last:
        return None, "nobody has judged it"
    if len(last) < clause.persons:
        return None, f"{last[0].author} alone has judged it, and two must"
    if len({entry.finding for entry in last}) > 1:
        return None, f"{' and '.join(entry.author for entry in last)} do not agree"
    return last[-1], ""


def _below(criteria: Criteria, clause: str) -> set[str]:
    below = {clause}
    for item in criteria.clause:  # parents stand before their children
        if item.parent in below:
            below.add(item.id)
    return below


def _found(judged: ClauseJudgement | None) -> Decision | None:
    if judged is None:
        return None
    return {Finding.MET: Decision.PASS, Finding.NOT_MET: Decision.FAIL}.get(judged.finding)
