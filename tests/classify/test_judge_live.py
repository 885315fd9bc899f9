"""A case of a live run, from its observations to the judgement."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.classify.canary import Canary
from harness.classify.facts import control_valid
from harness.classify.judge_live import Knowledge, judge, sings
from harness.classify.page import read
from harness.classify.patterns import Fingerprint, Known
from harness.classify.steps import next_arms
from harness.model.observation import CaseEvidence, Network, Observation
from harness.model.spec import Limits
from harness.model.words import Arm, End, Validity, Verdict

URL = "http://www.museum.example/garden"
STORY = "<title>The garden</title>" + "".join(f"<p>Bed {number} of the garden has roses.</p>" for number in range(60))
BARRED = "<title>Hello</title><h1>Your provider's page</h1><p>Quite another text about nothing.</p>"
DOCUMENTS = {"": "", "story": STORY, "barred": BARRED, "marked": f"{BARRED} STOP"}
STOP = Known(Fingerprint("stop", "prod", "body", "contains", "STOP", 9), lambda text: "STOP" in text)
PLAIN = Knowledge(DOCUMENTS.__getitem__)
LIMITS = Limits()


def seen(arm: Arm = Arm.TEST, number: int = 1, network: Network | None = None, **changes: Any) -> Observation:
    made = Observation(f"case/{arm}/{number}", "case", arm, "", number, End.PAGE, URL, URL, (URL,), 200)
    return replace(made, **{"dom_blob": "story", "live": network or Network(), **changes})


def failed(error: str, number: int = 1) -> Observation:
    return seen(number=number, end=End.NETWORK_ERROR, error=f"net::{error}", status=0, dom_blob="", final_url="")


CONTROL = seen(Arm.CONTROL)


def judged(*tests: Observation, control: Sequence[Observation] = (CONTROL,), knowledge: Knowledge = PLAIN) -> str:
    found = judge(CaseEvidence(list(control), list(tests)), knowledge, LIMITS)
    assert (found.verdict is Verdict.INDETERMINATE) or (found.validity is Validity.VALID)
    return f"{found.verdict} {found.rule_id} {found.mechanism}".strip()


def test_the_same_page_by_both_ways_is_allowed() -> None:
    assert judged(seen()) == "allowed live.allowed.same-page"


def test_a_network_error_counts_once_it_was_confirmed() -> None:
    errors = [failed("ERR_NAME_NOT_RESOLVED", number) for number in (1, 2, 3)]
    assert judged(*errors) == "blocked live.blocked.dns dns"
    assert judged(*errors[:2]) == "indeterminate validity.not-measured"
    assert judged(*errors[:2], seen(number=3)) == "indeterminate live.indeterminate.inconsistent"


def test_a_page_is_known_by_the_canary_by_a_fingerprint_or_by_the_profile() -> None:
    barred = seen(dom_blob="barred", title="Hello", text_start="Your provider's page")
    assert judged(barred) == "indeterminate live.indeterminate.other-page"
    known = replace(PLAIN, blocked=(read(BARRED),))
    assert judged(barred, knowledge=known) == "blocked live.blocked.known-page block-page"
    own = replace(PLAIN, own=[{"name": "notice", "title": "hello", "text": "provider's page"}])
    assert judged(barred, knowledge=own) == "blocked live.blocked.fingerprint block-page"
    published = replace(PLAIN, known=(STOP,))
    assert judged(seen(dom_blob="marked"), knowledge=published) == "blocked live.blocked.fingerprint block-page"


def test_what_the_networks_said_of_the_host_counts() -> None:
    ours, theirs = Network(("10.0.0.1",)), Network(("203.0.113.7",), "A CA")
    other = seen(network=ours, dom_blob="barred")
    assert judged(other, control=[seen(Arm.CONTROL, network=theirs)]) == "blocked live.blocked.sinkhole dns"
    refused = [replace(failed("ERR_CERT_AUTHORITY_INVALID", n), live=Network((), "Another CA")) for n in (1, 2, 3)]
    control = [seen(Arm.CONTROL, network=theirs)]
    assert judged(*refused, control=control) == "blocked live.blocked.certificate certificate"


@pytest.mark.parametrize(
    "control",
    [
        seen(Arm.CONTROL, status=404),
        seen(Arm.CONTROL, status=503),
        seen(Arm.CONTROL, challenge=True),
        replace(failed("ERR_NAME_NOT_RESOLVED"), arm=Arm.CONTROL),
    ],
    ids=["gone", "broken", "captcha", "no name"],
)
def test_without_a_page_on_the_control_arm_nothing_is_scored(control: Observation) -> None:
    assert not control_valid(control)
    assert judged(failed("ERR_NAME_NOT_RESOLVED"), control=[control]) == "indeterminate validity.control-failed"
    assert next_arms(CaseEvidence([control], []), LIMITS) == [Arm.CONTROL, Arm.TEST]
    assert next_arms(CaseEvidence([control] * 3, [seen()]), LIMITS) == []


ENDS = st.sampled_from([End.TIMEOUT, End.CRASH, End.FAULT])


@given(st.lists(ENDS, min_size=1, max_size=4), st.booleans())
def test_a_fault_is_never_scored(ends: list[End], alive: bool) -> None:
    faults = [seen(number=number, end=end, product_alive=alive, dom_blob="") for number, end in enumerate(ends)]
    found = judge(CaseEvidence([CONTROL], faults), PLAIN, LIMITS)
    assert (found.verdict, found.validity is Validity.VALID) == (Verdict.INDETERMINATE, False)


def test_canaries_are_heard_by_comparison() -> None:
    knowledge = replace(PLAIN, known=(STOP,))
    marked = seen(dom_blob="marked")
    assert sings(Canary.ALLOW, seen(), CONTROL, knowledge) is True
    assert sings(Canary.ALLOW, marked, CONTROL, knowledge) is False
    assert sings(Canary.BLOCK, marked, CONTROL, knowledge) is True
    assert sings(Canary.BLOCK, seen(), CONTROL, knowledge) is False
    # What cannot be told is not as it must be; what failed says nothing.
    assert sings(Canary.BLOCK, seen(dom_blob="barred"), CONTROL, knowledge) is False
    assert sings(Canary.BLOCK, seen(end=End.TIMEOUT), CONTROL, knowledge) is None
