"""Rules profiles: how a laboratory's verdict rules deviate from the standard set, each deviation with its reason."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from harness.classify.rules import STANDARD, Rules
from harness.model.words import Verdict
from harness.profile import fingerprints, shipped, toml

Reason = Annotated[str, Field(min_length=10, max_length=2000)]
NetworkError = Annotated[str, Field(pattern=r"^ERR_[A-Z0-9_]{1,80}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Emptied(_Strict):
    """The share of the control's visible text below which a page that kept its token counts as removed."""

    share: float
    reason: Reason


class ErrorRule(_Strict):
    """The mechanism a network error stands for; "" takes it out: it is no block."""

    mechanism: str = Field(pattern=r"^([a-z]+(-[a-z]+)*)?$", max_length=40)
    reason: Reason


class Reading(_Strict):
    """The verdict that a rule gives in place of the one it is named after."""

    verdict: Verdict
    reason: Reason


class RulesProfile(_Strict):
    """A whole file. `standard` is the version of the standard set that it deviates from; what merely repeats that set
    is no deviation. `fingerprints` names a list of block pages' fingerprints, shipped or a file beside this one, that
    live runs go by."""

    schema_: Literal["pas-harness/rules/1"] = Field(alias="schema")
    name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")
    title: str = Field(min_length=1, max_length=300)
    version: str = Field(min_length=1, max_length=100)
    standard: str
    emptied: Emptied | None = None
    error: dict[NetworkError, ErrorRule] = Field(default_factory=dict)
    rule: dict[str, Reading] = Field(default_factory=dict)
    fingerprints: str = Field(default="", max_length=1000)

    @model_validator(mode="after")
    def _possible(self) -> "RulesProfile":
        if self.standard != STANDARD.version:
            raise ValueError(f"standard: {self.standard!r} is not the version here, which is {STANDARD.version!r}")
        for name, item in self.error.items():
            if not item.mechanism and name not in STANDARD.errors:
                raise ValueError(f"error.{name}: the standard set does not count it, so it cannot be taken out")
        made = self.rules()
        if made.name == STANDARD.name and made != STANDARD:
            raise ValueError(f"name: {made.name!r} is kept for the standard set")
        return self

    def rules(self) -> Rules:
        """The whole set. Raises ValueError naming the key that no rule set can have."""
        changed = {key: item for key, item in self.error.items() if STANDARD.errors.get(key, "") != item.mechanism}
        errors = {**STANDARD.errors, **{key: item.mechanism for key, item in changed.items()}}
        reasons = {f"error.{key}": item.reason for key, item in changed.items()}
        reasons |= {f"rule.{key}": item.reason for key, item in self.rule.items()}
        emptied = STANDARD.emptied
        if self.emptied and self.emptied.share != emptied:
            emptied, reasons["emptied"] = self.emptied.share, self.emptied.reason
        return Rules(
            name=self.name,
            version=self.version,
            title=self.title,
            emptied=emptied,
            errors={key: mechanism for key, mechanism in errors.items() if mechanism},
            readings={key: item.verdict for key, item in self.rule.items()},
            reasons=reasons,
        )


def load(ref: str) -> Rules:
    """The rule set of that shipped name or path. Raises UsageError naming file and key."""
    profile = read(ref)
    if not profile.fingerprints:
        return profile.rules()
    beside = shipped.find(ref, shipped.RULES, "*.toml", "rules profile").parent / profile.fingerprints
    known = fingerprints.load(str(beside) if beside.is_file() else profile.fingerprints)
    return replace(profile.rules(), fingerprints=tuple(item.fingerprint for item in known))


def read(ref: str) -> RulesProfile:
    """Its profile, which may say again what is standard. Raises UsageError naming file and key."""
    path = shipped.find(ref, shipped.RULES, "*.toml", "rules profile")
    return toml.validate(toml.load(path), RulesProfile, path)
