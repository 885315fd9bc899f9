"""Criteria profiles: what is measured, against which bound, decided how, and where each number comes from."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from harness.model import canonical
from harness.model.words import BLOCK_CATEGORIES, INNOCUOUS_CATEGORIES, Design, Interval, Metric
from harness.profile import shipped, toml

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
Title = Annotated[str, Field(min_length=1, max_length=300)]
Source = Annotated[str, Field(min_length=10, max_length=2000)]
Confidence = Annotated[float, Field(ge=0.5, lt=1)]
KNOWN = frozenset(BLOCK_CATEGORIES + INNOCUOUS_CATEGORIES)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Shown(_Strict):
    """How the intervals of all rates shown are computed; two-sided."""

    method: Interval = Interval.CLOPPER_PEARSON
    design: Design = Design.CLUSTERS
    confidence: Confidence = 0.95


class Clause(_Strict):
    """A node of the standard's tree. `note` says what a person must judge, or why the clause does not apply; `persons`
    how many must agree."""

    id: Id
    title: Title
    parent: str = ""
    assessed: Literal["measured", "by-hand", "not-applicable"]
    note: str = Field(default="", max_length=2000)
    # Left out where it is 1, so that profiles without it keep their digests.
    persons: Literal[1, 2] = Field(default=1, exclude_if=lambda value: value == 1)

    @model_validator(mode="after")
    def _noted(self) -> "Clause":
        if self.assessed != "measured" and not self.note:
            raise ValueError(f"note: clause {self.id!r} is {self.assessed}; say what is to be judged, or why not")
        return self


class Family(_Strict):
    """Criteria decided jointly: Holm's correction keeps the chance of any wrong decision of the protected kind within
    that of one."""

    id: Id
    correction: Literal["holm"]
    protects: Literal["pass", "fail", "both"]
    source: Source


class Criterion(_Strict):
    """A bound on one rate. Empty `categories` take all; `age_band` binds it to settings declared for that band.

    `confidence` is one-sided with `sides` 1, split between both sides with 2.
    """

    id: Id
    title: Title
    clause: str = Field(min_length=1, max_length=100)
    metric: Metric
    categories: tuple[Id, ...] = ()
    age_band: str = Field(default="", max_length=80)
    bound: float = Field(ge=0, lt=1)
    rule: Literal["guard-band", "simple-acceptance", "zero-tolerance"]
    confidence: Confidence
    sides: Literal[1, 2] = 1
    interval: Interval = Interval.CLOPPER_PEARSON
    design: Literal[Design.INDEPENDENT, Design.CLUSTERS] = Design.CLUSTERS
    minimum_n: int = Field(ge=1)
    minimum_clusters: int = Field(default=1, ge=1)
    maximum_unscored: float = Field(ge=0, le=1)
    family: str = ""
    source: Source

    @property
    def alpha(self) -> float:
        """The error allowed on either side."""
        return (1 - self.confidence) / self.sides

    @model_validator(mode="after")
    def _possible(self) -> "Criterion":
        if (self.bound == 0) != (self.rule == "zero-tolerance"):
            raise ValueError("bound: 0 belongs to the rule 'zero-tolerance', and to no other")
        if len(set(self.categories)) != len(self.categories):
            raise ValueError("categories: one stands twice")
        if self.family and self.rule != "guard-band":
            raise ValueError("family: only criteria with the rule 'guard-band' can be decided jointly")
        return self


class Requirement(_Strict):
    """What checks must show: of those whose id one of the patterns `checks` matches (* is any letters) and that are at
    least as severe, at most so many may be broken. What is not assessed may spoil a pass, never a fail."""

    id: Id
    title: Title
    clause: str = Field(min_length=1, max_length=100)
    checks: tuple[Annotated[str, Field(pattern=r"^[a-z0-9.*-]{1,100}$")], ...] = Field(min_length=1)
    severity: int = Field(default=1, ge=0, le=4)
    maximum: int = Field(default=0, ge=0)
    source: Source


class Fast(_Strict):
    """Whether cases that the fast tier alone saw may be scored, and of what share of a sample it must give the
    browser's verdict: the lower bound."""

    allowed: bool
    minimum_agreement: float = Field(gt=0, lt=1)
    source: Source


Steps = Annotated[tuple[Annotated[float, Field(ge=0, lt=1)], ...], Field(min_length=1, max_length=20)]


class Score(_Strict):
    """Points for how well a content class is handled, or the plain mean of others. Shown; decides nothing.

    `under` and `over` are the highest rates, ascending, that still earn all points, all but one, and so on; the lesser
    of both counts. `block` and `allow` are categories, empty for all.
    """

    id: Id
    title: Title
    age_band: str = Field(default="", max_length=80)
    block: tuple[Id, ...] = ()
    allow: tuple[Id, ...] = ()
    under: Steps | None = None
    over: Steps | None = None
    mean_of: tuple[Id, ...] = ()
    source: Source

    @model_validator(mode="after")
    def _possible(self) -> "Score":
        steps = (self.under, self.over)
        if self.mean_of and (self.block or self.allow or self.under or self.over):
            raise ValueError("mean_of: a mean has no categories and steps of its own")
        if not self.mean_of and (self.under is None or self.over is None or len(self.under) != len(self.over)):
            raise ValueError("under, over: both are needed, with as many steps")
        if any(list(found) != sorted(set(found)) for found in steps if found):
            raise ValueError("under, over: each step must be above the one before")
        return self


class Treatment(_Strict):
    """How a verdict that is neither blocked nor allowed counts, for a case to block and for one to allow."""

    block: Literal["correct", "under-blocked", "unscored"]
    allow: Literal["correct", "over-blocked", "unscored"]


class Criteria(_Strict):
    """A whole profile. `categories` are those it names beside the known ones; a corpus may lack them."""

    schema_: Literal["pas-harness/criteria/2"] = Field(alias="schema")
    name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")
    title: str
    version: str
    authority: str
    notice: str
    standard: str = Field(default="", max_length=100)
    interval: Shown = Shown()
    warned: Treatment
    degraded: Treatment
    categories: dict[Id, str] = Field(default_factory=dict)
    clause: tuple[Clause, ...] = ()
    family: tuple[Family, ...] = ()
    criterion: tuple[Criterion, ...] = Field(min_length=1)
    # Left out where there is none, so that profiles without any keep their digests.
    requirement: tuple[Requirement, ...] = Field(default=(), exclude_if=lambda value: not value)
    score: tuple[Score, ...] = ()
    fast: Fast | None = Field(default=None, exclude_if=lambda value: value is None)

    @property
    def asked(self) -> tuple[Criterion | Requirement, ...]:
        """All that is decided by machine."""
        return (*self.criterion, *self.requirement)

    @model_validator(mode="after")
    def _whole(self) -> "Criteria":
        for name, ids in (
            ("criterion", [item.id for item in self.asked]),
            ("clause", [item.id for item in self.clause]),
            ("family", [item.id for item in self.family]),
            ("score", [item.id for item in self.score]),
        ):
            if len(set(ids)) != len(ids):
                raise ValueError(f"{name}: two have the same id")
        self._check_clauses()
        self._check_families()
        self._check_scores()
        named = [(f"criterion {item.id!r}", item.categories) for item in self.criterion]
        named += [(f"score {score.id!r}", (*score.block, *score.allow)) for score in self.score]
        for what, categories in named:
            if unknown := sorted(set(categories) - KNOWN - set(self.categories)):
                raise ValueError(f"{what}: category {', '.join(unknown)} is not known; declare it in [categories]")
        return self

    def _check_clauses(self) -> None:
        above: set[str] = set()
        for item in self.clause:
            if item.parent and item.parent not in above:
                raise ValueError(f"clause {item.id!r}: parent: {item.parent!r} does not stand before it")
            above.add(item.id)
        measured = {item.id for item in self.clause if item.assessed == "measured"}
        for asked in self.asked:
            if self.clause and asked.clause not in measured:
                what = "criterion" if isinstance(asked, Criterion) else "requirement"
                raise ValueError(f"{what} {asked.id!r}: clause: {asked.clause!r} is not a measured clause")
        named = {item.clause for item in self.asked} | {item.parent for item in self.clause}
        if bare := sorted(measured - named):
            raise ValueError(f"clause: {', '.join(bare)} is measured by no criterion")

    def _check_scores(self) -> None:
        simple = {item.id: item.age_band for item in self.score if not item.mean_of}
        for item in self.score:
            for part in item.mean_of:
                if simple.get(part) != item.age_band:
                    raise ValueError(f"score {item.id!r}: mean_of: {part!r} is no score of its age band with steps")

    def _check_families(self) -> None:
        families = {item.id for item in self.family}
        for item in self.criterion:
            if item.family and item.family not in families:
                raise ValueError(f"criterion {item.id!r}: family: {item.family!r} is not declared")
        for name in families:
            members = [item for item in self.criterion if item.family == name]
            if len(members) < 2:
                raise ValueError(f"family {name!r}: fewer than two criteria belong to it")
            if len({(item.confidence, item.sides) for item in members}) > 1:
                raise ValueError(f"family {name!r}: its criteria differ in confidence or sides")

    def digest(self) -> str:
        """SHA-256 of the canonical JSON of the whole profile."""
        return canonical.digest(canonical.dumps(self.model_dump(mode="json", by_alias=True)))


def load(ref: str) -> Criteria:
    """The criteria of that shipped name or path. Raises UsageError naming file and key."""
    path = shipped.find(ref, shipped.CRITERIA, "*.toml", "criteria profile")
    return read(path)


def read(path: Path) -> Criteria:
    """The criteria in the file. Raises UsageError naming file and key."""
    return toml.validate(toml.load(path), Criteria, path)
