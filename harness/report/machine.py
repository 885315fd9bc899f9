"""What the rules alone say of one case, whatever people added."""

from harness.classify.rules import rules_from
from harness.classify.verdict import Judgement
from harness.evidence import addenda
from harness.evidence.attempts import Attempts
from harness.evidence.folder import RunFolder
from harness.model.errors import EvidenceError, UsageError
from harness.profile.criteria import Criteria
from harness.report.derive import scored_cases


def judgement(folder: RunFolder, case_id: str, setting: str) -> Judgement:
    """The judgement on a case of a sealed run. Raises EvidenceError when it is not sealed or damaged, UsageError when
    there is no such case or setting, naming the nearest."""
    if not folder.seal_file.is_file():
        raise EvidenceError(f"{folder.path}: the run is not sealed; `harness resume` finishes it")
    spec = folder.spec()
    cases = folder.cases(spec)
    if problem := addenda.no_case(case_id, setting, spec, cases):
        raise UsageError(problem)
    state = Attempts(folder.reader())
    one = tuple(case for case in cases if case.case_id == case_id)
    criteria = Criteria.model_validate(spec.criteria)
    ended = bool(state.of_kind("stop"))
    scored = scored_cases(spec, one, state, criteria, rules_from(spec.rules), folder.blobs, ended)
    return next(item.judgement for item in scored if item.setting == setting)
