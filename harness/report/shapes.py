"""The shapes of `result.json`, `decisions.json` and `comparison.json`, as JSON Schemas that are published.

A shape belongs to a version: whoever changes what the files hold gives their `schema` a new one.
"""

import json
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, Field

from harness.model.addendum import Adjudication, ClauseJudgement, Invalidation
from harness.model.check import Group, Standing
from harness.model.words import Decision
from harness.profile.criteria import Clause
from harness.report import compare, result
from harness.report.comparison_shape import ComparisonShape
from harness.score.accuracy import Accuracy
from harness.score.decide import Decided
from harness.score.parts import Parts
from harness.score.points import Points
from harness.score.rates import Rate
from harness.score.requirements import Required
from harness.score.sensitivity import Sensitivity
from harness.score.tiers import Tiers

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class ClauseFound(Clause):
    """A clause with its decision, null where nothing is measured or nobody has judged; what a person found, and why it
    is open, "" where settled."""

    decision: Decision | None
    judged: ClauseJudgement | None
    open: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjudicationSaid(Adjudication):
    """A person's verdict on a case at a setting, beside the machine's and its rule."""

    kind: Literal["adjudication"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidationSaid(Invalidation):
    """A case that is not to be scored; an empty setting means at every setting."""

    kind: Literal["invalidation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementSaid(ClauseJudgement):
    """A person's finding on a clause that is judged by hand."""

    kind: Literal["judgement"]


class CheckFound(BaseModel):
    """A check beside blocking, and what was made of it at a setting, by which rule and why. `figures` are the rule's
    own."""

    id: str
    group: Group
    title: str
    severity: int
    setting: str
    standing: Standing
    rule: str
    words: str
    figures: dict[str, Any]


class Counts(BaseModel):
    """Cases, counted once for each setting. `unscored` are counted by reason, those of an early stop apart."""

    planned: int
    scored: int
    blocked: int
    allowed: int
    warned: int
    degraded: int
    indeterminate: int
    unscored: dict[str, int]
    left_out: int


class Named(BaseModel):
    """A profile by name, version and the SHA-256 of its canonical JSON."""

    name: str
    version: str
    digest: str


class Decisions(BaseModel):
    """Everything decided and the figures behind it. It depends on what was seen of each case alone."""

    schema_: str = Field(alias="schema")
    decision: Decision
    decision_by_machine: Decision
    void: list[str]
    settings: list[str]
    counts: Counts
    criteria: list[Decided]
    label_sensitivity: list[Sensitivity]
    scores: list[Points]
    parts: list[Parts]
    tiers: list[Tiers]
    requirements: list[Required]
    checks: list[CheckFound]
    clauses: list[ClauseFound]
    rates: list[Rate]
    accuracy: dict[str, Accuracy]
    addenda: list[AdjudicationSaid | InvalidationSaid | JudgementSaid]
    criteria_profile: Named
    rules: Named


class Product(BaseModel):
    """Who was tested: profile, identity as found, parameters (folders by their digest)."""

    name: str
    title: str
    kind: str
    version: str
    identity: dict[str, str]
    browser: str
    profile_digest: str
    params: dict[str, str]


class Corpus(BaseModel):
    """What it was tested with; `cases` are those of the whole corpus."""

    name: str
    title: str
    version: str
    digest: str
    cases: int


class Run(BaseModel):
    """How the run went. Times are ISO 8601, empty when there is none."""

    planned_at: str
    started_at: str
    finished_at: str
    sessions: int
    faults: int
    canaries: int
    journal_head: str
    journal_records: int
    sealed: bool
    seed: int
    limit: int | None
    versions: dict[str, str]


class Result(Decisions):
    """The whole result: the decisions, what was tested with what, and how the run went."""

    product: Product
    corpus: Corpus
    run: Run


SHAPES: dict[str, tuple[type[BaseModel], str]] = {
    "decisions": (Decisions, result.DECISIONS),
    "result": (Result, result.SCHEMA),
    "comparison": (ComparisonShape, compare.SCHEMA),
}
# There when a run has an open and a sealed part; a fast tier; when more than one person must agree; checks.
OPTIONAL = ("parts", "tiers", "persons", "requirements", "checks")


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of that one of SHAPES: nothing may be there that it does not name."""
    model, version = SHAPES[name]
    made = model.model_json_schema(mode="serialization")
    for part in (made, *made["$defs"].values()):
        _strict(part)
    made["properties"]["schema"] = {"const": version}
    return {"$schema": DIALECT, "$id": f"urn:{version.replace('/', ':')}", "title": version, **made}


def text(name: str) -> str:
    """The schema as the file that is published, UTF-8 JSON with a line end."""
    return json.dumps(schema(name), indent=1, ensure_ascii=False) + "\n"


def _strict(part: dict[str, Any]) -> None:
    part.pop("title", None)
    if "description" in part:
        part["description"] = " ".join(part["description"].split())
    if "properties" in part:
        for value in part["properties"].values():
            value.pop("title", None)
            value.pop("default", None)
        part["required"] = [name for name in part["properties"] if name not in OPTIONAL]
        part["additionalProperties"] = False
