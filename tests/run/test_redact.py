"""What is written down of a sealed case says nothing of it, and leads to the same judgement."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given

from harness.classify.verdict import judge
from harness.corpus.sealed import Opened
from harness.model import canonical
from harness.model.case import SEALED
from harness.model.observation import CaseEvidence, Observation, observation_from
from harness.model.spec import Limits
from harness.run.redact import redacted, strays
from tests.builders import URL, case, observation, replaced
from tests.classify.strategies import control_arm, product_arm

BLOCK_PAGES: list[dict[str, Any]] = [
    {"name": "by status", "status": 403},
    {"name": "by place", "location": "blocked.test"},
]
ERROR_PAGES: list[dict[str, Any]] = [{"name": "fault", "status": 502}]
PUBLIC = case("sealed-1", url=f"http://1.{SEALED}/")
OPENED = Opened(b"k" * 32, (PUBLIC,), {"sealed-1": case(url=URL)}, {}, "")


def hidden(seen: Observation) -> Observation:
    return redacted(seen, PUBLIC, OPENED, [*BLOCK_PAGES, *ERROR_PAGES])


def rule(control: list[Observation], test: list[Observation]) -> tuple[str, ...]:
    found = judge(CaseEvidence(control, test), BLOCK_PAGES, Limits(), ERROR_PAGES)
    return found.verdict, found.validity, found.rule_id, found.mechanism


@given(control_arm, product_arm)
def test_it_is_judged_alike(control: list[Observation], test: list[Observation]) -> None:
    covered = [hidden(item) for item in control], [hidden(item) for item in test]
    assert rule(*covered) == rule(control, test)
    for item in (*covered[0], *covered[1]):
        assert observation_from(json.loads(canonical.dumps(item))) == item


def test_nothing_of_the_case_is_left() -> None:
    told = replaced(
        chain=(URL, "https://case.test/page?quokka", "http://block.quokka.test/?u=case.test/page", "about:blank"),
        headers=(("location", URL), ("x-said", "quokka")),
        title="quokka",
        text_start="quokka",
        fault="browser-fault: quokka",
        dom_blob="quokka",
        screenshot_blob="quokka",
    )
    whole = canonical.dumps([hidden(told), hidden(observation(final_url="data:text/html,quokka"))])
    assert "quokka" not in whole
    assert "case.test" not in whole
    assert hidden(told).chain[0] == PUBLIC.url
    assert hidden(told).chain[1] == hidden(told).chain[1]
    assert hidden(told).chain[1].startswith("https://")


def test_another_key_gives_other_names() -> None:
    other = replace(OPENED, key=b"o" * 32)
    seen = replaced(chain=("http://elsewhere.test/",))
    assert redacted(seen, PUBLIC, other, []).chain != hidden(seen).chain
    assert redacted(seen, PUBLIC, other, []).body_digest != hidden(seen).body_digest


def test_strays_to_sealed_hosts_are_counted_together() -> None:
    counted = {"case.test: miss": 2, "case.test: resource": 1, "updates.test: miss": 3}
    open_ = case(url="http://open.test/")
    counted |= {"open.test: miss": 4, "a.canary.harness.test: page": 5}
    together = {f"{SEALED}: miss": 5, f"{SEALED}: resource": 1}
    assert strays(counted, [open_]) == together | {"open.test: miss": 4, "a.canary.harness.test: page": 5}
