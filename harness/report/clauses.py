"""The standard's clauses: what the criteria decided, what a person found, and what nobody has looked at yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.model.addendum import Addendum, ClauseJudgement, Finding, on_clause
from harness.model.words import Decision
from harness.profile.criteria import Clause, Criteria
from harness.score.decide import Decided, overall


@dataclass(frozen=True, slots=True)
class Assessed:
    """One clause. `decision` is that of its criteria and of the clauses below it, None where nothing is measured or
    nobody has judged; `judged` is what a person found, None until someone has."""

    clause: Clause
    depth: int
    decision: Decision | None
    judged: ClauseJudgement | None


def assessed(criteria: Criteria, decided: Sequence[Decided], said: Sequence[Addendum]) -> tuple[Assessed, ...]:
    """Every clause of the profile, in its order."""
    found: list[Assessed] = []
    depths = {"": -1}
    for clause in criteria.clause:
        depths[clause.id] = depths[clause.parent] + 1
        judged = on_clause(said, clause.id)
        below = _below(criteria, clause.id)
        decisions = [item.decision for item in decided if item.clause in below]
        decision = overall(decisions) if decisions else _found(judged)
        found.append(Assessed(clause, depths[clause.id], decision, judged))
    return tuple(found)


def by_hand(said: Sequence[Addendum], criteria: Criteria) -> list[Decision]:
    """What people's findings add to the run's decision: a clause that is not met fails, as a criterion does. One that
    nobody has judged decides nothing and stays listed as such."""
    judged = [_found(on_clause(said, clause.id)) for clause in criteria.clause if clause.assessed == "by-hand"]
    return [decision for decision in judged if decision]


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
