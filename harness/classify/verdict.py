"""Verdicts by rules with stable ids, tried in order; the first that applies decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.classify.facts import control_valid, delivered, error_name, is_fault, led_away, missing_assets
from harness.classify.fingerprint import matching
from harness.classify.rules import STANDARD, Rules
from harness.classify.validity import validity
from harness.model.observation import CaseEvidence, Observation
from harness.model.spec import Limits
from harness.model.words import End, Validity, Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """`verdict` is INDETERMINATE whenever `validity` is not VALID. `mechanism` names how it was stopped or
    altered, "" if it was not."""

    verdict: Verdict
    validity: Validity
    rule_id: str
    mechanism: str = ""
    witness: str = ""  # attempt id of the observation that decided


Pages = Sequence[dict[str, Any]]


def judge(
    evidence: CaseEvidence, block_pages: Pages, limits: Limits, error_pages: Pages = (), rules: Rules = STANDARD
) -> Judgement:
    """The judgement on one case at one setting, given fingerprints of the product's block pages and of its pages for
    faults. No rule set reaches what is not valid."""
    valid = validity(evidence, limits)
    if valid is not Validity.VALID:
        seen = evidence.test or evidence.control
        return Judgement(Verdict.INDETERMINATE, valid, f"validity.{valid}", "", seen[-1].attempt_id if seen else "")
    control = next(item for item in evidence.control if control_valid(item))
    measured = [item for item in evidence.test if not is_fault(item)]
    findings = [_one(item, control, block_pages, error_pages, rules) for item in measured]
    if len({(rules.verdict(rule), mechanism) for rule, mechanism in findings}) > 1:
        return Judgement(Verdict.INDETERMINATE, valid, "indeterminate.inconsistent", "", measured[-1].attempt_id)
    rule, mechanism = findings[-1]
    return Judgement(rules.verdict(rule), valid, rule, mechanism, measured[-1].attempt_id)


def _one(
    item: Observation, control: Observation, block_pages: Pages, error_pages: Pages, rules: Rules
) -> tuple[str, str]:
    """The rule that applies, and the mechanism it stands for."""
    if delivered(item, control):
        return _arrived(item, control, rules.emptied)
    if item.foreign_token and not led_away(item):
        return "indeterminate.foreign-token", ""
    if item.end is End.NETWORK_ERROR:
        mechanism = rules.errors.get(error_name(item), "")
        return f"blocked.{mechanism}" if mechanism else "indeterminate.network-error", mechanism
    if item.end is End.DOWNLOAD:
        return "indeterminate.other-download", ""
    if matching(item, error_pages):
        return "indeterminate.product-error", ""
    return _replaced(item, matching(item, block_pages))


def _arrived(item: Observation, control: Observation, emptied: float) -> tuple[str, str]:
    if item.text_digest != control.text_digest:
        if item.text_length < emptied * control.text_length:
            return "blocked.text-removed", "text-removed"
        return "degraded.text-altered", "text-altered"
    if missing_assets(item, control):
        return "degraded.assets-missing", "assets-missing"
    return "allowed.token" if item.token_seen else "allowed.same-bytes", ""


def _replaced(item: Observation, fingerprint: str) -> tuple[str, str]:
    """A page without the token: someone between browser and replayed Internet made it."""
    if item.challenge and not fingerprint:
        return "indeterminate.challenge", "challenge"
    if item.returns_to_case:
        return "warned.continue-link", "warning-page"
    if item.status == 407 or (item.status >= 500 and not fingerprint):
        return "indeterminate.gateway-error", ""
    if led_away(item):
        return "blocked.redirect", "redirect"
    if fingerprint:
        return "blocked.block-page", "block-page"
    if item.status >= 400:
        return "blocked.error-status", "error-status"
    return "blocked.substituted-page", "substituted-page"
