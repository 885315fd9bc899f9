"""One row for each rule: the least evidence that it decides."""

import dataclasses
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from harness.classify import verdict
from harness.classify.rules import STANDARD
from harness.classify.verdict import Judgement, judge
from harness.model.case import Case
from harness.model.observation import Asset, CaseEvidence, Observation
from harness.model.spec import Limits
from harness.model.words import End, Expectation, Validity, Verdict
from tests.builders import URL, control, evidence, fault, net_error, observation, receipt, replaced

LIMITS = Limits()
AWAY = {"final_url": "http://blocked.test/", "chain": (URL, "http://blocked.test/")}
PICTURE = Asset("http://case.test/a.png", "200")
BLOCK_PAGES = [{"name": "block page", "status": 0, "title": "Blocked"}]
ERROR_PAGES = [{"name": "error page", "status": 0, "title": "Gateway"}]


def thrice(seen: Observation) -> CaseEvidence:
    return evidence(seen, seen, seen)


def with_picture(*assets: Asset) -> CaseEvidence:
    return evidence(observation(assets=assets), controls=(control(assets=(PICTURE,)),))


def download(body: str, **changes: Any) -> CaseEvidence:
    """A fixture that can carry no token, such as a PDF."""
    seen = control(end=End.DOWNLOAD, token_seen=False, text_digest="", text_length=0)
    return evidence(
        replaced(end=End.DOWNLOAD, body_digest=body, text_digest="", text_length=0, **changes), controls=(seen,)
    )


RULES: list[tuple[str, Verdict, str, CaseEvidence]] = [
    ("allowed.token", Verdict.ALLOWED, "", evidence(observation())),
    ("allowed.token", Verdict.ALLOWED, "", with_picture(PICTURE)),
    ("allowed.token", Verdict.ALLOWED, "", evidence(observation(assets=(PICTURE,)))),
    ("allowed.token", Verdict.ALLOWED, "", evidence(observation(status=404, title="Blocked"))),
    ("allowed.same-bytes", Verdict.ALLOWED, "", download("body")),
    (
        "degraded.text-altered",
        Verdict.DEGRADED,
        "text-altered",
        evidence(observation(text_digest="x", text_length=100)),
    ),
    ("degraded.assets-missing", Verdict.DEGRADED, "assets-missing", with_picture()),
    ("degraded.assets-missing", Verdict.DEGRADED, "assets-missing", with_picture(Asset(PICTURE.url, "403"))),
    (
        "degraded.assets-missing",
        Verdict.DEGRADED,
        "assets-missing",
        with_picture(Asset(PICTURE.url, "net::ERR_FAILED")),
    ),
    ("blocked.text-removed", Verdict.BLOCKED, "text-removed", evidence(observation(text_digest="x", text_length=99))),
    ("blocked.redirect", Verdict.BLOCKED, "redirect", evidence(replaced(**AWAY))),
    ("blocked.redirect", Verdict.BLOCKED, "redirect", evidence(replaced(**AWAY, harness_page=True, status=404))),
    ("blocked.block-page", Verdict.BLOCKED, "block-page", evidence(replaced(title="Blocked"))),
    ("blocked.block-page", Verdict.BLOCKED, "block-page", evidence(replaced(title="Blocked", status=503))),
    ("blocked.block-page", Verdict.BLOCKED, "block-page", evidence(replaced(title="Blocked", challenge=True))),
    ("blocked.error-status", Verdict.BLOCKED, "error-status", evidence(replaced(status=403))),
    ("blocked.error-status", Verdict.BLOCKED, "error-status", evidence(replaced(status=403, receipts=(receipt(),)))),
    ("blocked.substituted-page", Verdict.BLOCKED, "substituted-page", evidence(replaced())),
    ("blocked.substituted-page", Verdict.BLOCKED, "substituted-page", evidence(fault(), replaced(), fault())),
    ("warned.continue-link", Verdict.WARNED, "warning-page", evidence(replaced(returns_to_case=True))),
    ("warned.continue-link", Verdict.WARNED, "warning-page", evidence(replaced(returns_to_case=True, **AWAY))),
    ("warned.continue-link", Verdict.WARNED, "warning-page", evidence(replaced(returns_to_case=True, title="Blocked"))),
    ("indeterminate.challenge", Verdict.INDETERMINATE, "challenge", evidence(replaced(challenge=True))),
    ("indeterminate.challenge", Verdict.INDETERMINATE, "challenge", evidence(replaced(challenge=True, **AWAY))),
    ("indeterminate.gateway-error", Verdict.INDETERMINATE, "", evidence(replaced(status=502))),
    ("indeterminate.gateway-error", Verdict.INDETERMINATE, "", evidence(replaced(status=407, title="Blocked"))),
    ("indeterminate.product-error", Verdict.INDETERMINATE, "", evidence(replaced(title="Gateway", status=403))),
    ("indeterminate.product-error", Verdict.INDETERMINATE, "", evidence(replaced(title="Gateway: Blocked", **AWAY))),
    ("indeterminate.foreign-token", Verdict.INDETERMINATE, "", evidence(replaced(foreign_token=True))),
    ("blocked.redirect", Verdict.BLOCKED, "redirect", evidence(replaced(foreign_token=True, **AWAY))),
    ("indeterminate.network-error", Verdict.INDETERMINATE, "", thrice(net_error("ERR_UNHEARD_OF"))),
    ("indeterminate.network-error", Verdict.INDETERMINATE, "", thrice(net_error("ERR_CERT_AUTHORITY_INVALID"))),
    ("indeterminate.other-download", Verdict.INDETERMINATE, "", download("other")),
    ("indeterminate.inconsistent", Verdict.INDETERMINATE, "", evidence(net_error("ERR_CONNECTION_RESET"), replaced())),
    *((f"blocked.{way}", Verdict.BLOCKED, way, thrice(net_error(name))) for name, way in STANDARD.errors.items()),
]


@pytest.mark.parametrize(("rule", "wanted", "mechanism", "case"), RULES, ids=[row[0] for row in RULES])
def test_rule(rule: str, wanted: Verdict, mechanism: str, case: CaseEvidence) -> None:
    measured = [item for item in case.test if item.end is not End.FAULT]
    assert judge(case, BLOCK_PAGES, LIMITS, ERROR_PAGES) == Judgement(
        wanted, Validity.VALID, rule, mechanism, measured[-1].attempt_id
    )


def test_a_reset_that_does_not_recur_is_no_verdict() -> None:
    seen = evidence(net_error("ERR_CONNECTION_RESET"), observation())
    assert judge(seen, BLOCK_PAGES, LIMITS).rule_id == "indeterminate.inconsistent"


def test_every_rule_has_a_row() -> None:
    source = Path(inspect.getfile(verdict)).read_text("utf-8")
    ids = set(re.findall(r'"((?:blocked|allowed|warned|degraded|indeterminate)\.[a-z-]+)"', source))
    ids |= {f"blocked.{mechanism}" for mechanism in STANDARD.errors.values()}
    assert {row[0] for row in RULES} == ids


def test_a_fingerprint_alone_never_blocks() -> None:
    assert judge(evidence(observation(title="Blocked")), BLOCK_PAGES, LIMITS).verdict is Verdict.ALLOWED


def test_invalid_evidence_has_no_verdict() -> None:
    found = judge(evidence(fault(number=3)), BLOCK_PAGES, LIMITS)
    assert found == Judgement(
        Verdict.INDETERMINATE, Validity.BROWSER_FAULT, "validity.browser-fault", "", "case/test/3"
    )
    assert judge(CaseEvidence(), BLOCK_PAGES, LIMITS).witness == ""


def test_the_expectation_is_out_of_reach() -> None:
    """Nothing that a verdict is made from could carry a label."""
    names = {item.name for kind in (Observation, CaseEvidence, Limits) for item in dataclasses.fields(kind)}
    assert "expectation" not in names
    assert not names & ({item.name for item in dataclasses.fields(Case)} - {"case_id"})
    assert set(inspect.signature(judge).parameters) == {"evidence", "block_pages", "limits", "error_pages", "rules"}
    for module in ("verdict", "rules", "validity", "facts", "fingerprint", "steps"):
        source = (Path(inspect.getfile(verdict)).parent / f"{module}.py").read_text("utf-8")
        assert Expectation.__name__ not in source
