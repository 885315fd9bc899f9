"""Sealed runs as large as asked for: the sample run's observations, written again under other names."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.classify.facts import control_valid
from harness.evidence import seal
from harness.evidence.folder import RunFolder, plan_text
from harness.evidence.journal import Journal, Tail
from harness.evidence.state import State
from harness.model import canonical
from harness.model.case import Case
from harness.model.observation import CaseEvidence
from harness.model.spec import SCHEMA
from harness.model.words import Expectation

SAMPLE = RunFolder(Path(__file__).resolve().parents[1] / "reports" / "sample")
JPEG = b"\xff\xd8\xff" + bytes(20_000)  # as large as a screenshot


def write(path: Path, verdicts: int, wrong: float, seed: int) -> RunFolder:
    """A sealed run of so many cases at the sample's first setting, about that share of them handled wrongly. A site has
    three pages."""
    rng = random.Random(seed)
    spec = SAMPLE.spec()
    templates = SAMPLE.cases(spec)
    fates = _fates(templates, spec.settings[0])
    planned = tuple(_case(rng.choice(templates), number) for number in range(verdicts))
    spec = replace(
        spec,
        schema=SCHEMA,
        settings=spec.settings[:1],
        planned=verdicts,
        plan_digest=canonical.digest(plan_text(planned)),
    )
    folder = RunFolder(path)
    folder.create(spec, planned)
    shutil.copytree(SAMPLE.blobs.root, folder.blobs.root)
    shot = folder.blobs.put(JPEG)
    facts = [(record.kind, record.data) for record in State(SAMPLE.reader()).facts]
    first = canonical.digest(folder.spec_file.read_bytes())
    journal = Journal(folder.journal, Tail(0, first, "", 0), lambda: spec.created)
    for kind, data in (item for item in facts if item[0] != "stop"):
        journal.append(kind, data)
    for case in rng.sample(planned, len(planned)):
        right = rng.random() >= wrong
        evidence = fates[(case.expectation is Expectation.BLOCK) is right]
        for record in _attempts(case, evidence, "" if right else shot):
            journal.append("attempt", record)
    for kind, data in (item for item in facts if item[0] == "stop"):
        journal.append(kind, data)
    journal.close()
    seal.write(folder)
    return folder


def _fates(cases: tuple[Case, ...], setting: str) -> dict[bool, CaseEvidence]:
    """A case of the sample that arrived, and one that did not."""
    state, found = State(SAMPLE.reader()), dict[bool, CaseEvidence]()
    for case in cases:
        evidence = state.evidence(case.case_id, setting)
        if control_valid(evidence.control[0]) and len(evidence.test) == 1:
            found.setdefault(not evidence.test[0].token_seen, evidence)
    return found


def _case(template: Case, number: int) -> Case:
    site = f"site-{number // 3}.example"
    return replace(template, case_id=f"case-{number:07}", url=f"https://{site}/page-{number}", cluster=site)


def _attempts(case: Case, evidence: CaseEvidence, shot: str) -> Iterator[dict[str, Any]]:
    for seen in (evidence.control[0], evidence.test[0]):
        yield canonical.plain(
            replace(
                seen,
                case_id=case.case_id,
                attempt_id=f"{case.case_id}/{seen.setting}/{seen.arm}/1",
                requested_url=case.url,
                final_url=case.url,
                chain=(case.url,),
                screenshot_blob=shot if seen is evidence.test[0] else "",
            )
        )
