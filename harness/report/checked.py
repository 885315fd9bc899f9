"""A run's checks, read and judged."""

from harness.classify.checks import assess
from harness.evidence.attempts import Attempts
from harness.evidence.state import State
from harness.model.check import Assessment, tried_from
from harness.model.spec import Spec


def checked(spec: Spec, state: State | Attempts) -> tuple[Assessment, ...]:
    """Every planned check at every setting at which it was to be tried, in the order of settings and plan."""
    tries = [tried_from(fact) for fact in state.of_kind("check")]
    of = {check.id: [item for item in tries if item.check_id == check.id] for check in spec.checks}
    return tuple(assess(check, setting, of[check.id]) for setting in sorted(spec.checked) for check in spec.checks)
