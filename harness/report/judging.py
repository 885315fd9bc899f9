"""How the attempts of a run are judged, by what kind of run it is."""

from collections.abc import Callable, Sequence
from typing import Any

from harness.classify import judge_live
from harness.classify.canary import Canary
from harness.classify.judge_live import Knowledge
from harness.classify.page import Page, read
from harness.classify.rules import Rules
from harness.classify.tiers import deciding
from harness.classify.verdict import Judgement, judge
from harness.evidence.attempts import Attempts
from harness.evidence.blobs import Blobs
from harness.evidence.state import State
from harness.model.errors import EvidenceError
from harness.model.observation import CaseEvidence, observation_from
from harness.model.spec import Spec
from harness.model.words import Arm
from harness.profile import fingerprints

Judge = Callable[[CaseEvidence, str], Judgement]


def judging(spec: Spec, state: State | Attempts, rules: Rules, blobs: Blobs) -> Judge:
    """The judgement on the attempts of a case at a setting. What it returns raises EvidenceError when a document that a
    live run is judged by is missing."""
    own, errors = spec.product["fingerprint"], spec.product["error_page"]
    if spec.fast:
        return lambda evidence, setting: judge(deciding(evidence), own, spec.limits, errors, rules)
    if not spec.live:
        return lambda evidence, setting: judge(evidence, own, spec.limits, errors, rules)
    known = {setting: knowledge(own, rules, blobs, _blocked(state, setting, blobs)) for setting in spec.settings}
    return lambda evidence, setting: judge_live.judge(evidence, known[setting], spec.limits)


def knowledge(own: Sequence[dict[str, Any]], rules: Rules, blobs: Blobs, blocked: Sequence[Page] = ()) -> Knowledge:
    """What blocks are told by in a live run: fingerprints of the product's profile, those of the rules, pages that its
    canary to block has shown."""
    return Knowledge(
        lambda digest: document(blobs, digest),
        tuple(map(fingerprints.known, rules.fingerprints)),
        own,
        blocked,
    )


def document(blobs: Blobs, digest: str) -> str:
    """The document that a visit ended with, "" for no digest. Raises EvidenceError when it is missing."""
    if not digest:
        return ""
    try:
        return blobs.get(digest).decode("utf-8", "replace")
    except OSError as error:
        raise EvidenceError(f"document {digest} cannot be read: {error.strerror}") from None


def _blocked(state: State | Attempts, setting: str, blobs: Blobs) -> tuple[Page, ...]:
    """The pages that stood in the place of the canary to block, as it must be."""
    heard = [
        observation_from(fact["observation"])
        for fact in state.of_kind("canary")
        if fact["which"] == Canary.BLOCK and fact["arm"] == Arm.TEST and fact["setting"] == setting and fact["sings"]
    ]
    return tuple(read(document(blobs, digest)) for digest in sorted({item.dom_blob for item in heard} - {""}))
