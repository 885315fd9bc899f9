"""How the cases of a run stand: which still need attempts, and what is known of the others."""

from collections import Counter
from collections.abc import Sequence

from harness.classify.rules import Rules
from harness.classify.steps import next_arms
from harness.classify.tiers import next_step
from harness.evidence.blobs import Blobs
from harness.evidence.state import State
from harness.model.case import Case
from harness.model.observation import CaseEvidence
from harness.model.spec import Spec
from harness.model.words import Arm, Tier, Verdict
from harness.report.judging import Judge, judging


class Steps:
    """Asks of attempts alone, whatever they were expected to show; `judge` as `judging` makes it."""

    def __init__(self, spec: Spec, judge: Judge | None) -> None:
        self._limits, self._sample, self._judge = spec.limits, frozenset(spec.browser_sample), judge

    def next(self, case_id: str, setting: str, evidence: CaseEvidence) -> tuple[Tier, list[Arm]]:
        """Which tier is to attempt the case next, and on which arms, none when it is finished."""
        if not self._sample or self._judge is None:
            return Tier.BROWSER, next_arms(evidence, self._limits)
        judge = self._judge
        return next_step(evidence, self._limits, case_id in self._sample, lambda seen: judge(seen, setting))


class Standing:
    """Goes by the state as it is when it is asked."""

    def __init__(self, spec: Spec, cases: Sequence[Case], state: State, rules: Rules, blobs: Blobs) -> None:
        self._cases, self._state = cases, state
        # Live, a verdict takes what the canaries show, and is left to the end.
        self._judge = None if spec.live else judging(spec, state, rules, blobs)
        self.steps = Steps(spec, self._judge)

    def at(self, setting: str) -> tuple[list[Case], Counter[Verdict]]:
        """The cases that still need attempts at a setting, and how many of the others have which verdict."""
        todo, known = [], Counter[Verdict]()
        for case in self._cases:
            if self.needs(case, setting):
                todo.append(case)
            elif verdict := self.verdict(case, setting):
                known[verdict] += 1
        return todo, known

    def needs(self, case: Case, setting: str) -> bool:
        """Whether the case still needs an attempt."""
        return bool(self.next(case, setting)[1])

    def next(self, case: Case, setting: str) -> tuple[Tier, list[Arm], CaseEvidence]:
        """Which tier is to attempt it next, on which arms, none when it is finished, and what that tier has seen."""
        evidence = self._state.evidence(case.case_id, setting)
        tier, arms = self.steps.next(case.case_id, setting, evidence)
        return tier, arms, evidence.of(tier)

    def verdict(self, case: Case, setting: str) -> Verdict | None:
        """What the attempts so far say of a case, None where that is not known yet."""
        return self._judge(self._state.evidence(case.case_id, setting), setting).verdict if self._judge else None
