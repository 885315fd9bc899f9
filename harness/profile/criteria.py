"""Criteria profiles: what is measured, against which bound, decided how, and where each number comes from."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from harness.model.words import Metric
from harness.profile import shipped, toml


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Criterion(_Strict):
    """A bound on one rate. `category` "overall" takes all categories. The decision is one-sided at `confidence`."""

    id: str = Field(pattern=r"^[A-Za-z0-9._-]{1,80}$")
    title: str = Field(min_length=1, max_length=300)
    clause: str = Field(min_length=1, max_length=100)
    metric: Metric
    category: str = "overall"
    bound: float = Field(gt=0, lt=1)
    confidence: float = Field(ge=0.5, lt=1)
    minimum_n: int = Field(ge=1)
    maximum_unscored: float = Field(ge=0, le=1)
    rule: Literal["guard-band", "simple-acceptance"]
    source: str = Field(min_length=10, max_length=2000)


class Treatment(_Strict):
    """How a verdict that is neither blocked nor allowed counts, for a case to block and for one to allow."""

    block: Literal["correct", "under-blocked", "unscored"]
    allow: Literal["correct", "over-blocked", "unscored"]


class Criteria(_Strict):
    schema_: Literal["pas-harness/criteria/1"] = Field(alias="schema")
    name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")
    title: str
    version: str
    authority: str
    notice: str
    interval_confidence: float = Field(default=0.95, ge=0.5, lt=1)
    warned: Treatment
    degraded: Treatment
    not_assessed: dict[str, str] = Field(default_factory=dict)
    criterion: tuple[Criterion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique(self) -> "Criteria":
        ids = [item.id for item in self.criterion]
        if len(set(ids)) != len(ids):
            raise ValueError("criterion: two have the same id")
        return self


def load(ref: str) -> Criteria:
    """The criteria of that shipped name or path. Raises UsageError naming file and key."""
    path = shipped.find(ref, shipped.CRITERIA, "*.toml", "criteria profile")
    return read(path)


def read(path: Path) -> Criteria:
    """The criteria in the file. Raises UsageError naming file and key."""
    return toml.validate(toml.load(path), Criteria, path)
