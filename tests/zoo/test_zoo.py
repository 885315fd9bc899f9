"""The zoo as an executable specification: what each behaviour's docstring promises, case by case."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.model import url as urls
from harness.model.case import Case
from harness.model.spec import Limits
from harness.model.words import Decision, Expectation, Outcome, Validity, Verdict
from harness.products.zoo import BEHAVIOURS
from harness.report.derive import Derived
from tests import live
from tests.live import allow, block

PAGE = b"<!doctype html><title>A page</title><h1>A page</h1><p>One paragraph.</p><p>Another one.</p>"
PICTURES = PAGE + b'<img src="/picture.png" alt=""><img src="/drawing.svg" alt="">'
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
FIXTURES = {
    "page.html": PAGE,
    "pictures.html": PICTURES,
    "picture.png": PNG,
    "drawing.svg": SVG,
    "words.txt": b"Plain words,\nin two lines.\n",
    "archive.zip": b"PK\x05\x06" + bytes(18),
    "gone.http": b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<title>Gone</title><p>No such page.</p>",
    "moved-bad.http": b"HTTP/1.1 302 Found\r\nLocation: http://landing.test/bad\r\n\r\n",
    "moved-good.http": b"HTTP/1.1 301 Moved\r\nLocation: https://landing.test/good\r\n\r\n",
}
RESOURCES = {
    "http://pictures-bad.test/picture.png": "picture.png",
    "http://pictures-bad.test/drawing.svg": "drawing.svg",
    "https://pictures-good.test/picture.png": "picture.png",
    "https://pictures-good.test/drawing.svg": "drawing.svg",
    "http://landing.test/bad": "page.html",
    "https://landing.test/good": "page.html",
}
CASES = (
    block("bad-http", "http://bad.test/"),
    block("bad-https", "https://secure-bad.example/page", "page.html"),
    block("bad-pictures", "http://pictures-bad.test/", "pictures.html"),
    block("bad-text", "https://text-bad.test/words.txt", "words.txt"),
    block("bad-404", "http://gone-bad.test/page", "gone.http"),
    block("bad-download", "http://files-bad.test/archive.zip", "archive.zip"),
    block("bad-redirect", "http://moved-bad.test/page", "moved-bad.http"),
    block("bad-shared", "http://shared.test/bad"),
    block("bad-query", "https://query.test/search?q=bad&page=2"),
    block("bad-port", "http://ports-bad.test:8080/page"),
    allow("good-http", "http://good.test/"),
    allow("good-https", "https://secure-good.example/page", "page.html"),
    allow("good-pictures", "https://pictures-good.test/", "pictures.html"),
    allow("good-text", "http://text-good.test/words.txt", "words.txt"),
    allow("good-404", "https://gone-good.test/page", "gone.http"),
    allow("good-download", "https://files-good.test/archive.zip", "archive.zip"),
    allow("good-redirect", "http://moved-good.test/page", "moved-good.http"),
    allow("good-shared", "http://shared.test/good"),
    allow("good-query", "https://query.test/search?q=good&page=2"),
    allow("good-port", "https://ports-good.test:8443/page"),
)
SAME_BYTES = ("text", "download")  # fixtures that can carry no token
NO_PARAGRAPH = ("text", "download", "redirect")  # answers that `altering` finds nothing in
BAD_HOSTS = {urls.parse(case.url).hostname for case in CASES if case.expectation is Expectation.BLOCK}


@dataclass(frozen=True)
class Expected:
    """What must come out for a case that could be scored or judged."""

    verdict: Verdict
    mechanism: str
    rule: str
    outcome: Outcome
    reason: str = ""


def allowed(case: Case) -> Expected:
    rule = "allowed.same-bytes" if case.case_id.endswith(SAME_BYTES) else "allowed.token"
    outcome = Outcome.UNDER_BLOCKED if case.expectation is Expectation.BLOCK else Outcome.CORRECT
    return Expected(Verdict.ALLOWED, "", rule, outcome)


def stopped(case: Case, mechanism: str) -> Expected:
    outcome = Outcome.CORRECT if case.expectation is Expectation.BLOCK else Outcome.OVER_BLOCKED
    return Expected(Verdict.BLOCKED, mechanism, f"blocked.{mechanism}", outcome)


def bad(expected: Callable[[Case], Expected]) -> Callable[[Case], Expected]:
    """So for the cases to block; the others are allowed."""
    return lambda case: expected(case) if case.expectation is Expectation.BLOCK else allowed(case)


def indeterminate(mechanism: str, rule: str) -> Callable[[Case], Expected]:
    return bad(lambda case: Expected(Verdict.INDETERMINATE, mechanism, rule, Outcome.UNSCORED, rule))


def worsened(case: Case, verdict: Verdict, mechanism: str, rule: str) -> Expected:
    outcome = Outcome.UNDER_BLOCKED if case.expectation is Expectation.BLOCK else Outcome.OVER_BLOCKED
    return Expected(verdict, mechanism, rule, outcome)


def blocked(mechanism: str) -> Callable[[Case], Expected]:
    return bad(lambda case: stopped(case, mechanism))


def nxdomain(case: Case) -> Expected:
    return stopped(case, "dns") if urls.parse(case.url).hostname in BAD_HOSTS else allowed(case)


def asset_only(case: Case) -> Expected:
    if case.case_id.endswith("pictures"):
        return worsened(case, Verdict.DEGRADED, "assets-missing", "degraded.assets-missing")
    return allowed(case)


def altering(case: Case) -> Expected:
    if case.case_id.endswith(NO_PARAGRAPH):
        return allowed(case)
    if case.case_id == "bad-404":  # nothing but one paragraph
        return stopped(case, "text-removed")
    return worsened(case, Verdict.DEGRADED, "text-altered", "degraded.text-altered")


PERFECT = blocked("error-status")
SOUND: dict[str, tuple[Callable[[Case], Expected], Decision]] = {
    "direct": (allowed, Decision.FAIL),
    "zoo-perfect": (PERFECT, Decision.PASS),
    "zoo-slow": (PERFECT, Decision.PASS),
    "zoo-allow-all": (allowed, Decision.FAIL),
    "zoo-block-all": (lambda case: stopped(case, "error-status"), Decision.FAIL),
    "zoo-reset": (blocked("reset"), Decision.PASS),
    "zoo-nxdomain": (nxdomain, Decision.CONDITIONAL_PASS),
    "zoo-warn": (
        bad(lambda case: worsened(case, Verdict.WARNED, "warning-page", "warned.continue-link")),
        Decision.FAIL,
    ),
    "zoo-asset-only": (asset_only, Decision.FAIL),
    "zoo-altering": (bad(altering), Decision.FAIL),
    "zoo-flaky": (indeterminate("", "indeterminate.inconsistent"), Decision.INCONCLUSIVE),
    "zoo-lying-200": (blocked("substituted-page"), Decision.PASS),
    "zoo-captcha": (indeterminate("challenge", "indeterminate.challenge"), Decision.INCONCLUSIVE),
}
# Void runs: how cases that were not judged may be unscored, and why the run is void.
VOID: dict[str, tuple[set[Validity], str]] = {
    "zoo-version-changing": (
        set(),
        "During the run (setting moderate) the product's version changed from 1 to 2.",
    ),
    "zoo-crashing": (
        {Validity.NOT_MEASURED, Validity.PRODUCT_FAULT},
        "The run was stopped: the product's process died, and it could not be started again: the zoo's product has"
        " crashed for good.",
    ),
    "zoo-hanging": (
        {Validity.NOT_MEASURED, Validity.PRODUCT_FAULT, Validity.TIMEOUT},
        "The run was stopped: the product stopped answering 1 times; at most 0 restarts are allowed.",
    ),
    "zoo-unfiltered": (
        {Validity.NOT_MEASURED},
        "The run was stopped: the canary to block got through over http before the first case (page, status 200):"
        " the product is not filtering.",
    ),
    "zoo-overreaching": (
        {Validity.NOT_MEASURED},
        "The run was stopped: the canary to allow did not arrive over https before the first case (page, status 403):"
        " the product stops everything or does not work.",
    ),
}

pytestmark = pytest.mark.browser


def run(tmp_path: Path, product: str, **changes: Any) -> Derived:
    corpus = live.write_corpus(tmp_path / "corpus", CASES, FIXTURES, RESOURCES)
    return live.carried_out(live.planned(tmp_path, product, corpus, **changes))


def found(derived: Derived) -> dict[str, Expected]:
    """What came out for every case that is valid."""
    return {
        item.case.case_id: Expected(
            item.judgement.verdict, item.judgement.mechanism, item.judgement.rule_id, item.outcome, item.reason
        )
        for item in derived.scored
        if item.judgement.validity is Validity.VALID
    }


def test_every_behaviour_is_specified() -> None:
    assert {*SOUND, *VOID} == {"direct", *(f"zoo-{name}" for name in BEHAVIOURS)}


@pytest.mark.parametrize("product", SOUND)
def test_a_product_that_works_is_judged_rightly_in_every_case(product: str, tmp_path: Path) -> None:
    expected, decision = SOUND[product]
    derived = run(tmp_path, product)
    assert found(derived) == {case.case_id: expected(case) for case in CASES}
    assert (derived.decision, derived.voids) == (decision, ())


@pytest.mark.parametrize("product", VOID)
def test_a_product_that_breaks_makes_the_run_void_and_no_verdict_wrong(product: str, tmp_path: Path) -> None:
    validities, reason = VOID[product]
    limits = Limits(attempt_seconds=5, product_restarts=0) if product == "zoo-hanging" else live.PATIENT
    derived = run(tmp_path, product, limits=limits)
    assert (derived.decision, derived.voids) == (Decision.VOID, (reason,))
    judged = found(derived)
    assert judged == {case.case_id: PERFECT(case) for case in CASES if case.case_id in judged}
    unscored = {item.judgement.validity for item in derived.scored if item.case.case_id not in judged}
    assert unscored <= validities
    assert bool(unscored) is bool(validities)
