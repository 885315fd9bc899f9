"""What the standard rules say of every kind of attempt with every feature, kept as text; another text is another
version."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from harness.classify.verdict import judge
from harness.model.observation import Asset, CaseEvidence
from harness.model.spec import Limits
from tests.builders import control
from tests.classify.strategies import FEATURES, KINDS

BLOCK_PAGES = [{"name": "block page", "status": 403}]
CONTROLS = {
    "page": control(),
    "page with a picture": control(assets=(Asset("http://case.test/b.png", "200"),)),
    "file": control(token_seen=False),
}


def told() -> str:
    """A line for each control and kind of attempt, seen three times: the judgement, and the features it holds for."""
    lines: dict[str, list[str]] = defaultdict(list)
    for arrives, seen in CONTROLS.items():
        for kind, item in KINDS.items():
            for feature, changes in FEATURES.items():
                found = judge(CaseEvidence([seen], [replace(item, **changes)] * 3), BLOCK_PAGES, Limits())
                judgement = f"{found.verdict} {found.validity} {found.rule_id} {found.mechanism or '-'}"
                lines[f"{arrives}, {kind}: {judgement}"].append(feature)
    return "".join(f"{line}: {' '.join(features)}\n" for line, features in lines.items())


def test_the_standard_rules_judge_as_they_did() -> None:
    assert told() == Path(__file__).with_name("standard-1.txt").read_text("utf-8")
