"""All that is decided before a run."""

from dataclasses import dataclass, field, fields
from typing import Any

from harness.model import canonical
from harness.model.check import Check, check_from

SCHEMA = "pas-harness/spec/3"
BEFORE = "pas-harness/spec/2"  # has no checks
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
    needed to score it. With `stop_early` cases are left out once no outcome of theirs could change a decision.
    `checks` are those to be tried beside the cases, whole, at each of the settings that `checked` returns.
    With a `browser_sample` the fast tier sees every case, and the browser those of the sample, by their ids, and what
    the fast tier cannot tell for certain."""

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
    checks: tuple[Check, ...] = ()
    browser_sample: tuple[str, ...] = field(default=(), metadata=canonical.LATER)

    @property
    def live(self) -> bool:
        """Whether nothing is replayed."""
        return bool(self.product["kind"] == LIVE)

    @property
    def fast(self) -> bool:
        """Whether the fast tier sees the cases."""
        return bool(self.browser_sample)

    @property
    def checked(self) -> tuple[str, ...]:
        """The settings at which checks are tried: those at which the product is to stop anything."""
        if not self.checks:
            return ()
        levels = self.product.get("settings", {}).get("level", {})
        return tuple(item for item in self.settings if not levels.get(item, {}).get("as_installed"))


def spec_from(data: dict[str, Any]) -> Spec:
    """The spec in a parsed `spec.json`. Raises ValueError naming what is missing, unknown or of another version."""
    if data.get("schema") not in (SCHEMA, BEFORE):
        raise ValueError(f"schema: {data.get('schema')!r} is not {SCHEMA!r} (made by another version?)")
    names = {f.name for f in fields(Spec)} - ({"checks"} if data["schema"] == BEFORE else set())
    if set(data) | {"browser_sample"} != names | {"browser_sample"}:
        raise ValueError(f"keys differ from the schema: {', '.join(sorted(set(data) ^ names))}")
    values = {"checks": (), "browser_sample": (), **data}
    values["checks"] = tuple(check_from(item) for item in values["checks"])
    for name in ("settings", "only", "browser_sample"):
        values[name] = tuple(values[name])
    values["limits"] = Limits(**values["limits"])
    return Spec(**values)
