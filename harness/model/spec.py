"""All that is decided before a run."""

from dataclasses import dataclass, fields
from typing import Any

SCHEMA = "pas-harness/spec/2"
LIVE = "live"  # the kind of product that is measured without replay


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the run; seconds where not said otherwise."""

    attempt_seconds: float = 15.0
    fault_retries: int = 2  # further attempts after a fault of harness, browser or product
    confirmations: int = 2  # further attempts that must agree before a network error counts
    product_restarts: int = 2
    browser_restarts: int = 5
    canary_every: int = 50  # cases between canaries


@dataclass(frozen=True, slots=True)
class Spec:
    """Written once as `spec.json`; `product`, `criteria` and `rules` are whole, so that nothing outside the run is
    needed to score it. With `stop_early` cases are left out once no outcome of theirs could change a decision."""

    schema: str
    harness_version: str
    created: str
    product: dict[str, Any]
    product_digest: str
    product_ref: str
    params: dict[str, str]
    params_digests: dict[str, str]
    settings: tuple[str, ...]
    corpus: dict[str, Any]
    corpus_ref: str
    criteria: dict[str, Any]
    criteria_digest: str
    plan_digest: str
    planned: int
    seed: int
    limit: int | None
    only: tuple[str, ...]
    jobs: int
    limits: Limits
    rules: dict[str, Any]
    stop_early: bool

    @property
    def live(self) -> bool:
        """Whether nothing is replayed."""
        return bool(self.product["kind"] == LIVE)


def spec_from(data: dict[str, Any]) -> Spec:
    """The spec in a parsed `spec.json`. Raises ValueError naming what is missing, unknown or of another version."""
    if data.get("schema") != SCHEMA:
        raise ValueError(f"schema: {data.get('schema')!r} is not {SCHEMA!r} (made by another version?)")
    names = {f.name for f in fields(Spec)}
    if set(data) != names:
        raise ValueError(f"keys differ from the schema: {', '.join(sorted(set(data) ^ names))}")
    values = dict(data)
    values["settings"], values["only"] = tuple(values["settings"]), tuple(values["only"])
    values["limits"] = Limits(**values["limits"])
    return Spec(**values)
