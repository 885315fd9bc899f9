"""The judgement on a case of a live run, where nothing is replayed and the control is all there is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.classify.canary import Canary
from harness.classify.facts import control_valid, is_fault
from harness.classify.fingerprint import matching
from harness.classify.live import Finding, agreed, decide
from harness.classify.page import Page
from harness.classify.pair import Look, look, pair
from harness.classify.patterns import Known
from harness.classify.validity import validity
from harness.classify.verdict import Judgement
from harness.model.observation import CaseEvidence, Network, Observation
from harness.model.spec import Limits
from harness.model.words import Validity, Verdict


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What blocks are told by: `document` gives what a digest stands for ("" for none), `known` are published
    fingerprints, `own` those of the product's profile, `blocked` the pages its canary to block has shown."""

    document: Callable[[str], str]
    known: Sequence[Known] = ()
    own: Sequence[dict[str, Any]] = ()
    blocked: Sequence[Page] = ()


def judge(evidence: CaseEvidence, knowledge: Knowledge, limits: Limits) -> Judgement:
    """The judgement on one case at one setting."""
    valid = validity(evidence, limits)
    if valid is not Validity.VALID:
        seen = evidence.test or evidence.control
        return Judgement(Verdict.INDETERMINATE, valid, f"validity.{valid}", "", seen[-1].attempt_id if seen else "")
    control = next(item for item in evidence.control if control_valid(item))
    measured = [item for item in evidence.test if not is_fault(item)]
    found = agreed([one(item, control, knowledge) for item in measured], limits.confirmations)
    return Judgement(found.verdict, valid, found.rule_id, found.mechanism, measured[-1].attempt_id)


def one(test: Observation, control: Observation, knowledge: Knowledge) -> Finding:
    """What is made of one visit on the test arm."""
    return decide(
        pair(
            _look(test, knowledge),
            _look(control, knowledge),
            knowledge.known,
            knowledge.blocked,
            matching(test, knowledge.own),
        )
    )


def sings(which: Canary, test: Observation, control: Observation, knowledge: Knowledge) -> bool | None:
    """Whether the canary is as it must be; None when the attempt failed and says nothing."""
    if is_fault(test):
        return None
    wanted = Verdict.ALLOWED if which is Canary.ALLOW else Verdict.BLOCKED
    return one(test, control, knowledge).verdict is wanted


def _look(seen: Observation, knowledge: Knowledge) -> Look:
    network = seen.live or Network()
    return look(seen, knowledge.document(seen.dom_blob), network.addresses, network.issuer)
