"""Whether what a worker sent back is all of a shard, and nothing else."""

from harness.evidence.state import State
from harness.model import canonical
from harness.model.errors import EvidenceError
from harness.model.observation import CaseEvidence, Observation, observation_from
from harness.model.words import Arm
from harness.run.executor.messages import Done, digest_of
from harness.run.executor.shards import Shard
from harness.run.standing import Steps

KINDS = {"attempt", "canary", "identity", "fault"}
OF_CHECKS = {"check", "ground", "fault"}


def observed(shard: Shard, done: Done, state: State, steps: Steps) -> list[Observation]:
    """The attempts in it. Raises EvidenceError in words for what is changed, missing, strange or repeated; what the run
    ends by may lack cases."""
    if digest_of(done.facts) != done.digest:
        raise EvidenceError("the records are not those that the worker sent")
    if strange := {kind for kind, _, _ in done.facts} - (KINDS if shard.setting else OF_CHECKS):
        raise EvidenceError(f"records of kind {', '.join(sorted(strange))} are none of a shard's")
    if any(canonical.digest(data) != digest for digest, data in done.blobs.items()):
        raise EvidenceError("a blob is not the one that it is called")
    try:
        seen = [observation_from(data) for kind, _, data in done.facts if kind == "attempt"]
        sung = [observation_from(data["observation"]) for kind, _, data in done.facts if kind == "canary"]
    except (KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"an attempt cannot be read: {error}") from None
    for item in (*seen, *sung):
        if lost := {item.dom_blob, item.screenshot_blob} - {"", *done.blobs}:
            raise EvidenceError(f"blob {min(lost)} is missing")
    new: dict[str, CaseEvidence] = {}
    for case in shard.cases:
        had = state.evidence(case.case_id, shard.setting)
        new[case.case_id] = CaseEvidence([*had.control], [*had.test])
    for item in seen:
        if item.case_id not in new or (item.arm is Arm.TEST and item.setting != shard.setting):
            raise EvidenceError(f"attempt {item.attempt_id} is none of the shard's")
        tries = new[item.case_id].control if item.arm is Arm.CONTROL else new[item.case_id].test
        if any(item.attempt_id == other.attempt_id for other in tries):
            raise EvidenceError(f"attempt {item.attempt_id} is there already")
        tries.append(item)
    for case_id in () if done.void else sorted(new):
        if steps.next(case_id, shard.setting, new[case_id])[1]:
            raise EvidenceError(f"case {case_id} still needs an attempt")
    return seen
