"""Verdicts by rules with stable ids, tried in order; the first that applies decides.

Ids are part of the evidence: a rule that changes its meaning gets a new id, and RULES_VERSION moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.classify.facts import control_valid, delivered, error_name, is_fault, led_away, missing_assets
from harness.classify.fingerprint import matching
from harness.classify.validity import validity
from harness.model.observation import CaseEvidence, Observation
from harness.model.spec import Limits
from harness.model.words import End, Validity, Verdict

RULES_VERSION = "1"
EMPTIED = 0.1  # share of the control's visible text below which a page that kept its token counts as removed

# Native errors a filter causes, and the mechanism each stands for.
ERRORS = {
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
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """`verdict` is INDETERMINATE whenever `validity` is not VALID. `mechanism` names how it was stopped, "" if it was
    not."""

    verdict: Verdict
    validity: Validity
    rule_id: str
    mechanism: str = ""
    witness: str = ""  # attempt id of the observation that decided


Pages = Sequence[dict[str, Any]]


def judge(evidence: CaseEvidence, block_pages: Pages, limits: Limits, error_pages: Pages = ()) -> Judgement:
    """The judgement on one case at one setting, given fingerprints of the product's block pages and of its pages for
    faults."""
    valid = validity(evidence, limits)
    if valid is not Validity.VALID:
        seen = evidence.test or evidence.control
        return Judgement(Verdict.INDETERMINATE, valid, f"validity.{valid}", "", seen[-1].attempt_id if seen else "")
    control = next(item for item in evidence.control if control_valid(item))
    measured = [item for item in evidence.test if not is_fault(item)]
    findings = [_one(item, control, block_pages, error_pages) for item in measured]
    if len({finding[:2] for finding in findings}) > 1:
        return Judgement(Verdict.INDETERMINATE, valid, "indeterminate.inconsistent", "", measured[-1].attempt_id)
    verdict, mechanism, rule = findings[-1]
    return Judgement(verdict, valid, rule, mechanism, measured[-1].attempt_id)


def _one(item: Observation, control: Observation, block_pages: Pages, error_pages: Pages) -> tuple[Verdict, str, str]:
    if delivered(item, control):
        return _arrived(item, control)
    if item.foreign_token and not led_away(item):
        return Verdict.INDETERMINATE, "", "indeterminate.foreign-token"
    if item.end is End.NETWORK_ERROR:
        mechanism = ERRORS.get(error_name(item))
        if mechanism is None:
            return Verdict.INDETERMINATE, "", "indeterminate.network-error"
        return Verdict.BLOCKED, mechanism, f"blocked.{mechanism}"
    if item.end is End.DOWNLOAD:
        return Verdict.INDETERMINATE, "", "indeterminate.other-download"
    if matching(item, error_pages):
        return Verdict.INDETERMINATE, "", "indeterminate.product-error"
    return _replaced(item, matching(item, block_pages))


def _arrived(item: Observation, control: Observation) -> tuple[Verdict, str, str]:
    if item.text_digest != control.text_digest:
        if item.text_length < EMPTIED * control.text_length:
            return Verdict.BLOCKED, "text-removed", "blocked.text-removed"
        return Verdict.DEGRADED, "text-altered", "degraded.text-altered"
    if missing_assets(item, control):
        return Verdict.DEGRADED, "assets-missing", "degraded.assets-missing"
    return Verdict.ALLOWED, "", "allowed.token" if item.token_seen else "allowed.same-bytes"


def _replaced(item: Observation, fingerprint: str) -> tuple[Verdict, str, str]:
    """A page without the token: someone between browser and replayed Internet made it."""
    if item.challenge and not fingerprint:
        return Verdict.INDETERMINATE, "challenge", "indeterminate.challenge"
    if item.returns_to_case:
        return Verdict.WARNED, "warning-page", "warned.continue-link"
    if item.status == 407 or (item.status >= 500 and not fingerprint):
        return Verdict.INDETERMINATE, "", "indeterminate.gateway-error"
    if led_away(item):
        return Verdict.BLOCKED, "redirect", "blocked.redirect"
    if fingerprint:
        return Verdict.BLOCKED, "block-page", "blocked.block-page"
    if item.status >= 400:
        return Verdict.BLOCKED, "error-status", "blocked.error-status"
    return Verdict.BLOCKED, "substituted-page", "blocked.substituted-page"
