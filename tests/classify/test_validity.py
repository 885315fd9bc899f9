"""One row for each reason why the attempts of a case cannot carry a verdict."""

import pytest

from harness.classify.validity import validity
from harness.model.observation import CaseEvidence
from harness.model.spec import Limits
from harness.model.words import End, Validity
from tests.builders import URL, control, evidence, fault, net_error, observation, receipt, replaced

RESET = net_error("ERR_CONNECTION_RESET")
NO_PROXY = net_error("ERR_PROXY_CONNECTION_FAILED")
INTERNET = "internet-fault: died"
TIMEOUT = replaced(end=End.TIMEOUT)
AWAY = "http://blocked.test/"

ROWS: list[tuple[Validity, CaseEvidence]] = [
    (Validity.VALID, evidence(observation())),
    (Validity.VALID, evidence(replaced())),
    (Validity.VALID, evidence(fault(), fault(), observation())),
    (Validity.VALID, evidence(RESET, RESET, RESET)),
    (Validity.VALID, evidence(RESET, fault(), RESET, RESET)),
    (Validity.VALID, evidence(RESET, observation())),
    (Validity.VALID, evidence(observation(), controls=(fault(), control()))),
    (Validity.VALID, evidence(observation(), controls=(control(), fault()))),
    (Validity.VALID, evidence(replaced(harness_page=True, final_url=AWAY))),
    (Validity.NOT_MEASURED, CaseEvidence()),
    (Validity.NOT_MEASURED, CaseEvidence([control()], [])),
    (Validity.NOT_MEASURED, CaseEvidence([], [observation()])),
    (Validity.NOT_MEASURED, evidence(RESET)),
    (Validity.NOT_MEASURED, evidence(RESET, RESET)),
    (Validity.CONTROL_FAILED, evidence(observation(), controls=(control(token_seen=False, body_digest="other"),))),
    (Validity.CONTROL_FAILED, evidence(observation(), controls=(control(foreign_token=True),))),
    (Validity.CONTROL_FAILED, evidence(observation(), controls=(control(receipts=()),))),
    (Validity.CONTROL_FAILED, evidence(observation(), controls=(control(receipts=(receipt(served="miss"),)),))),
    (Validity.CONTROL_FAILED, evidence(observation(), controls=(net_error("ERR_CONNECTION_REFUSED"),))),
    (Validity.CONTROL_FAILED, evidence(observation(), controls=(fault(), control(receipts=()), fault()))),
    (Validity.BROWSER_FAULT, evidence(observation(), controls=(fault(),))),
    (Validity.BROWSER_FAULT, evidence(fault())),
    (Validity.BROWSER_FAULT, evidence(replaced(end=End.CRASH))),
    (Validity.BROWSER_FAULT, evidence(RESET, RESET, fault())),
    (Validity.INTERNET_FAULT, evidence(observation(), controls=(fault(INTERNET),))),
    (Validity.INTERNET_FAULT, evidence(fault(INTERNET))),
    (Validity.INTERNET_FAULT, evidence(fault(INTERNET, product_alive=False))),
    (Validity.PRODUCT_FAULT, evidence(fault("product-fault: restarted"))),
    (Validity.PRODUCT_FAULT, evidence(NO_PROXY, NO_PROXY, NO_PROXY)),
    (Validity.PRODUCT_FAULT, evidence(observation(product_alive=False))),
    (Validity.PRODUCT_FAULT, evidence(replaced(product_alive=False))),
    (Validity.PRODUCT_FAULT, evidence(replaced(end=End.TIMEOUT, product_alive=False))),
    (Validity.TIMEOUT, evidence(TIMEOUT, TIMEOUT, TIMEOUT)),
    (Validity.TIMEOUT, evidence(observation(), controls=(control(end=End.TIMEOUT),))),
    (Validity.REPLAY_MISS, evidence(replaced(harness_page=True))),
    (Validity.REPLAY_MISS, evidence(replaced(harness_page=True, final_url=URL.replace("http:", "https:")))),
    (
        Validity.REPLAY_MISS,
        evidence(replaced(harness_page=True, final_url=AWAY, receipts=(receipt(served="redirect", status=302),))),
    ),
]


@pytest.mark.parametrize(("wanted", "case"), ROWS, ids=[f"{row[0]}" for row in ROWS])
def test_reason(wanted: Validity, case: CaseEvidence) -> None:
    assert validity(case, Limits()) is wanted


def test_every_reason_has_a_row() -> None:
    """But being left out, which attempts cannot tell: it takes a run that has stopped early."""
    assert {row[0] for row in ROWS} == set(Validity) - {Validity.LEFT_OUT}


def test_confirmations_are_a_limit_of_the_run() -> None:
    assert validity(evidence(RESET), Limits(confirmations=0)) is Validity.VALID
    assert validity(evidence(RESET, RESET, RESET), Limits(confirmations=3)) is Validity.NOT_MEASURED
