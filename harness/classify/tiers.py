"""Two tiers of attempts: which of them a case needs, and which of them speaks for it."""

from collections.abc import Callable

from harness.classify.steps import next_arms
from harness.classify.verdict import Judgement
from harness.model.observation import CaseEvidence
from harness.model.spec import Limits
from harness.model.words import Arm, Tier, Verdict

UNTRUSTED = "indeterminate.fast-tier"  # the rule for what the fast tier alone saw, where its verdicts may not count
# Pages that a script or a refresh could lead on from, for all that the fast tier can tell.
DOUBTFUL = frozenset(("blocked.substituted-page", "blocked.error-status", "blocked.text-removed"))


def certain(judgement: Judgement) -> bool:
    """Whether the fast tier's judgement can stand by itself: the page arrived byte for byte, or it did not and it
    is known what came instead."""
    return judgement.verdict in (Verdict.ALLOWED, Verdict.BLOCKED) and judgement.rule_id not in DOUBTFUL


def next_step(
    evidence: CaseEvidence, limits: Limits, sampled: bool, judge: Callable[[CaseEvidence], Judgement]
) -> tuple[Tier, list[Arm]]:
    """Which tier is to attempt the case next, and on which arms, none when the case is finished: first the fast one,
    then the browser where the case is `sampled` or the fast tier is not certain."""
    fast = evidence.of(Tier.FAST)
    if arms := next_arms(fast, limits):
        return Tier.FAST, arms
    if sampled or not certain(judge(fast)):
        return Tier.BROWSER, next_arms(evidence.of(Tier.BROWSER), limits)
    return Tier.BROWSER, []


def deciding(evidence: CaseEvidence) -> CaseEvidence:
    """The attempts that speak for the case: the browser's where it tried the case with the product."""
    seen = evidence.of(Tier.BROWSER)
    return seen if seen.test else evidence.of(Tier.FAST)
