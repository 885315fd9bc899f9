"""An early stop: cases are left out once no outcome of theirs could change a decision (curtailed sampling)."""

from harness.classify.rules import rules_from
from harness.evidence.blobs import Blobs
from harness.evidence.state import State
from harness.model.case import Case
from harness.model.spec import Spec
from harness.model.words import Decision
from harness.profile.criteria import Criteria, Criterion
from harness.report.derive import age_bands, decide_all, scored_cases
from harness.score.rates import SPEAKS_OF

LOOKS = 50  # about so many at each setting


class EarlyStop:
    """Looks at the decisions now and then, and says which cases they still need."""

    def __init__(self, spec: Spec, cases: tuple[Case, ...], state: State, blobs: Blobs) -> None:
        self._spec, self._cases, self._state, self._blobs = spec, cases, state, blobs
        self._criteria, self._rules = Criteria.model_validate(spec.criteria), rules_from(spec.rules)
        self._bands = age_bands(spec)
        self._open: dict[str, list[Criterion]] = {}
        self._finished = 0

    def finished(self, setting: str) -> None:
        """One more case has all its attempts."""
        self._finished += 1
        if self._finished % (1 + len(self._cases) // LOOKS) == 0:
            self._look(setting)

    def needs(self, case: Case, setting: str) -> bool:
        """Whether a criterion that is not yet certain speaks of the case at the setting."""
        if setting not in self._open:
            self._look(setting)
        return any(
            case.expectation in SPEAKS_OF[item.metric] and (not item.categories or case.category in item.categories)
            for item in self._open[setting]
        )

    def _look(self, setting: str) -> None:
        scored = scored_cases(
            self._spec, self._cases, self._state, self._criteria, self._rules, self._blobs, ended=True
        )
        certain = {
            item.id
            for item in decide_all(self._criteria, scored, self._spec)
            if item.setting == setting and item.decision is not Decision.INCONCLUSIVE
        }
        applying = [item for item in self._criteria.criterion if item.age_band in ("", self._bands[setting])]
        self._open[setting] = [item for item in applying if item.id not in certain]
