"""What `comparison.json` holds, as models that its published JSON Schema is made from."""

from pydantic import BaseModel, Field

from harness.report.compare import Lineup
from harness.report.match import Changed, Overlap


class OfCriteria(BaseModel):
    """The criteria of the baseline, by which all runs were scored; `digest` is the SHA-256 of their canonical JSON."""

    name: str
    version: str
    digest: str


class OfProduct(BaseModel):
    """Who was tested in a run; parameters that are folders stand by their digest."""

    name: str
    title: str
    version: str
    browser: str
    profile_digest: str
    params: dict[str, str]


class OfCorpus(BaseModel):
    """What a run was made with."""

    name: str
    version: str
    digest: str


class OfRun(BaseModel):
    """A run: `number` counts from 1, the baseline; `left_out` of its cases are not shared by all runs. `void` says in
    plain words why it proves nothing, `signer` is the key it is signed with; both empty where that is not so."""

    number: int
    name: str
    sealed: bool
    signer: str
    product: OfProduct
    corpus: OfCorpus
    criteria_digest: str
    harness_version: str
    laboratory: str
    planned_at: str
    journal_head: str
    void: list[str]
    cases: int
    left_out: int


class Matching(BaseModel):
    """Which cases were compared: those of the baseline that are others elsewhere, and every two runs by themselves."""

    rule: str
    shared: int
    not_comparable: list[Changed]
    pairs: list[Overlap]


class ComparisonShape(BaseModel):
    """Runs on the cases that all of them share. `comparisons` has one for each setting compared; `warnings` say in
    plain words what the figures cannot be trusted with."""

    schema_: str = Field(alias="schema")
    confidence: float
    criteria: OfCriteria
    warnings: list[str]
    runs: list[OfRun]
    matching: Matching
    comparisons: list[Lineup]
