"""Small builders: the least thing that is whole, which a test then changes by keyword."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.classify.rules import STANDARD
from harness.classify.verdict import Judgement
from harness.evidence import seal
from harness.evidence.folder import RunFolder, plan_text
from harness.evidence.journal import Journal
from harness.model import canonical
from harness.model.case import Case
from harness.model.observation import CaseEvidence, Observation, Receipt
from harness.model.spec import SCHEMA, Limits, Spec
from harness.model.words import Arm, End, Expectation, Metric, Validity, Verdict
from harness.profile.criteria import Criteria, Criterion
from harness.score.outcome import Scored, score
from harness.score.rates import Tally

URL = "http://case.test/page"
NOW = "2026-01-01T00:00:00Z"


def receipt(**changes: Any) -> Receipt:
    """The page of the case, served once."""
    return replace(Receipt(URL, "GET", 200, "page", "body", 5), **changes)


def observation(arm: Arm = Arm.TEST, **changes: Any) -> Observation:
    """The page of the case arrived whole, token and all."""
    seen = Observation(
        attempt_id=f"case/{arm}/{changes.get('number', 1)}",
        case_id="case",
        arm=arm,
        setting="" if arm is Arm.CONTROL else "moderate",
        number=1,
        end=End.PAGE,
        requested_url=URL,
        final_url=URL,
        chain=(URL,),
        status=200,
        token_seen=True,
        body_digest="body",
        text_digest="text",
        text_length=1000,
        receipts=(receipt(),),
    )
    return replace(seen, **changes)


def control(**changes: Any) -> Observation:
    return observation(Arm.CONTROL, **changes)


def replaced(**changes: Any) -> Observation:
    """Some other page stood where the case's page should have been; nothing reached the origin."""
    return observation(
        **{"token_seen": False, "body_digest": "other", "text_digest": "other", "receipts": (), **changes}
    )


def net_error(name: str, **changes: Any) -> Observation:
    return replaced(
        **{"end": End.NETWORK_ERROR, "error": f"net::{name}", "status": 0, "final_url": "", "chain": (), **changes}
    )


def fault(reason: str = "browser-fault: gone", **changes: Any) -> Observation:
    return replaced(**{"end": End.FAULT, "fault": reason, "status": 0, "final_url": "", "chain": (), **changes})


def evidence(*test: Observation, controls: tuple[Observation, ...] | None = None) -> CaseEvidence:
    """The test attempts beside one valid control, or beside the controls given."""
    return CaseEvidence([control()] if controls is None else list(controls), list(test))


def case(case_id: str = "case", **changes: Any) -> Case:
    made = Case(case_id, f"http://{case_id}.test/", "adult", Expectation.BLOCK)
    return replace(made, **changes)


def judgement(verdict: Verdict = Verdict.BLOCKED, **changes: Any) -> Judgement:
    return replace(Judgement(verdict, Validity.VALID, f"{verdict}.some-rule", "", "case/test/1"), **changes)


def criterion(**changes: Any) -> Criterion:
    values = {
        "id": "block-adult",
        "title": "Adult content is blocked",
        "clause": "4",
        "metric": Metric.BAD_SITES_UNDER_BLOCK,
        "bound": 0.05,
        "confidence": 0.95,
        "minimum_n": 29,
        "maximum_unscored": 0.1,
        "rule": "guard-band",
        "source": "made up for a test",
    }
    return Criterion.model_validate({**values, **changes})


def criteria(*items: Criterion, **changes: Any) -> Criteria:
    values = {
        "schema": "pas-harness/criteria/2",
        "name": "test",
        "title": "Test",
        "version": "1",
        "authority": "nobody",
        "notice": "none",
        "warned": {"block": "under-blocked", "allow": "over-blocked"},
        "degraded": {"block": "under-blocked", "allow": "over-blocked"},
        "criterion": items or (criterion(),),
    }
    return Criteria.model_validate({**values, **changes})


def scored(
    expectation: Expectation,
    verdict: Verdict,
    case_id: str = "case",
    setting: str = "moderate",
    category: str = "adult",
) -> Scored:
    return score(case(case_id, expectation=expectation, category=category), setting, judgement(verdict), criteria())


def tally(k: int, n: int, unscored: int = 0) -> Tally:
    """`k` of `n` cases to block got through."""
    return Tally(tp=n - k, fn=k, unscored_block=unscored)


def spec(cases: tuple[Case, ...] = (case(),), **changes: Any) -> Spec:
    made = Spec(
        schema=SCHEMA,
        harness_version="0",
        created=NOW,
        product={"name": "zoo-perfect", "title": "Zoo: perfect", "fingerprint": []},
        product_digest="",
        product_ref="zoo-perfect",
        params={},
        params_digests={},
        settings=("moderate",),
        corpus={
            "name": "test",
            "title": "Test",
            "version": "1",
            "digest": "",
            "cases": len(cases),
            "categories": {"adult": "Adult"},
        },
        corpus_ref="test",
        criteria=criteria().model_dump(mode="json", by_alias=True),
        criteria_digest="",
        plan_digest=canonical.digest(plan_text(cases)),
        planned=len(cases),
        seed=1,
        limit=None,
        only=(),
        jobs=1,
        limits=Limits(),
        rules=canonical.plain(STANDARD),
        stop_early=False,
    )
    return replace(made, **changes)


def write_segment(folder: RunFolder, *data: dict[str, Any], kind: str = "note") -> Path:
    """Append a segment with these records, as a process that ran would."""
    reader = folder.reader()
    for _ in reader:
        pass
    journal = Journal(folder.journal, reader.tail, lambda: NOW)
    for item in data:
        journal.append(kind, item)
    journal.close()
    return journal.path


def run_folder(path: Path) -> RunFolder:
    """A small unsealed run: one case, three segments of journal, two blobs."""
    folder = RunFolder(path)
    folder.create(spec(), (case(),))
    blobs: dict[str, Any] = {"dom_blob": folder.blobs.put(b"a page"), "screenshot_blob": folder.blobs.put(b"a picture")}
    write_segment(folder, {"versions": {"pas-harness": "0"}}, kind="start")
    write_segment(folder, canonical.plain(control()), canonical.plain(observation(**blobs)), kind="attempt")
    write_segment(folder, {"complete": True, "reason": "caf\u00e9"}, kind="stop")
    return folder


def sealed_run(path: Path) -> RunFolder:
    folder = run_folder(path)
    seal.write(folder)
    return folder
