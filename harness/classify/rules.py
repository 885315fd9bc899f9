"""The rule set: what of the verdict rules a laboratory may set otherwise, as one value that a run carries with it.

Rule ids are part of the evidence: a rule that changes its meaning gets a new id, and the standard set a new version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.classify.facts import PRODUCT_UNREACHABLE
from harness.classify.patterns import Fingerprint
from harness.model.words import Verdict

# The rules about what a browser shows that a set may read as another verdict; beside them stands one
# `blocked.MECHANISM` for each mechanism of a network error.
PAGE_RULES = (
    "blocked.text-removed",
    "blocked.redirect",
    "blocked.block-page",
    "blocked.error-status",
    "blocked.substituted-page",
    "warned.continue-link",
    "degraded.text-altered",
    "degraded.assets-missing",
)
# Network errors of the browser or its machine, whichever product is tested. Source: Chromium, net_error_list.h.
FAULTS = (
    *PRODUCT_UNREACHABLE,
    "ERR_ABORTED",
    "ERR_FAILED",
    "ERR_INSUFFICIENT_RESOURCES",
    "ERR_INTERNET_DISCONNECTED",
    "ERR_NETWORK_CHANGED",
    "ERR_NETWORK_IO_SUSPENDED",
    "ERR_OUT_OF_MEMORY",
    "ERR_TIMED_OUT",
    "ERR_UNEXPECTED",
)


@dataclass(frozen=True, slots=True)
class Rules:
    """Raises ValueError naming the key that would score a fault, or turn what arrived into blocked or what did not into
    allowed.

    `emptied` is the share of the control's visible text below which a page that kept its token counts as removed;
    `errors` are the network errors a filter causes, each with the mechanism it stands for; `readings` are the rule ids
    with another verdict than the one they are named after. `reasons` says why, for every key that is not standard.
    `fingerprints` are those of block pages, for live runs.
    """

    name: str
    version: str
    title: str
    emptied: float
    errors: Mapping[str, str]
    readings: Mapping[str, Verdict] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    fingerprints: tuple[Fingerprint, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.emptied < 1:
            raise ValueError(f"emptied: {self.emptied} is not a share from 0 to below 1")
        for error, mechanism in self.errors.items():
            if error in FAULTS:
                raise ValueError(f"error.{error}: speaks of the machine or of a dead product; a fault is never scored")
            if f"blocked.{mechanism}" in PAGE_RULES:
                raise ValueError(f"error.{error}: {mechanism!r} is the mechanism of a page, not of a network error")
        for rule_id, verdict in self.readings.items():
            self._check(rule_id, verdict)

    def _check(self, rule_id: str, verdict: Verdict) -> None:
        match rule_id.partition(".")[0]:
            case "validity" | "indeterminate":
                raise ValueError(f"rule.{rule_id}: a fault is never scored; no rule set can give it a verdict")
            case "allowed":
                raise ValueError(f"rule.{rule_id}: the page arrived whole; no rule set can say otherwise")
            case "blocked" if verdict is Verdict.ALLOWED:
                raise ValueError(f"rule.{rule_id}: the page did not arrive; no rule set can call it allowed")
        known = (*PAGE_RULES, *sorted({f"blocked.{mechanism}" for mechanism in self.errors.values()}))
        if rule_id not in known:
            raise ValueError(f"rule.{rule_id}: there is no such rule; there are: {', '.join(known)}")

    def verdict(self, rule_id: str) -> Verdict:
        """What the rule says under this set; by itself, the verdict it is named after."""
        return self.readings.get(rule_id) or Verdict(rule_id.partition(".")[0])


def rules_from(data: dict[str, Any]) -> Rules:
    """The set written in a spec. Raises TypeError, ValueError, KeyError or AttributeError if it is not one."""
    readings = {key: Verdict(value) for key, value in data["readings"].items()}
    fingerprints = tuple(Fingerprint(**item) for item in data.get("fingerprints", ()))
    return Rules(**{**data, "readings": readings, "fingerprints": fingerprints})


STANDARD = Rules(
    name="standard",
    version="1",
    title="Standard verdict rules",
    emptied=0.1,
    errors={
        "ERR_TUNNEL_CONNECTION_FAILED": "tunnel-refused",
        "ERR_NAME_NOT_RESOLVED": "dns",
        "ERR_CONNECTION_REFUSED": "connection-refused",
        "ERR_ADDRESS_UNREACHABLE": "address-unreachable",
        "ERR_ADDRESS_INVALID": "address-unreachable",
        "ERR_CONNECTION_RESET": "reset",
        "ERR_CONNECTION_CLOSED": "reset",
        "ERR_EMPTY_RESPONSE": "reset",
        "ERR_SSL_PROTOCOL_ERROR": "reset",
        "ERR_BLOCKED_BY_CLIENT": "extension",
        "ERR_BLOCKED_BY_ADMINISTRATOR": "policy",
        "ERR_BLOCKED_BY_RESPONSE": "response-policy",
    },
)
