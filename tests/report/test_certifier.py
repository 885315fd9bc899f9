"""What a certifier is told to weigh."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harness.evidence import seal
from harness.report.certifier import Point, points
from harness.report.derive import derive
from tests import builders
from tests.report import runs

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def told(path: Path, fates: dict[str, str] | None = None, signed: bool = False, **changes: Any) -> dict[str, Point]:
    folder = runs.run(path, runs.cases(12, 12), fates, **changes)
    if signed:
        seal.sign(folder, KEY)
    return {item.title: item for item in points(folder, derive(folder))}


def test_a_signed_run_without_a_flaw_asks_for_few_looks(tmp_path: Path) -> None:
    found = told(tmp_path / "run", signed=True)
    assert [title for title, point in found.items() if point.look] == ["Tuning"]


@pytest.mark.parametrize(
    ("title", "changes", "words"),
    [
        ("Evidence", {}, "signed by nobody"),
        ("Evidence", {"sealed": False}, "Not sealed"),
        ("Validity", {"stop": {"complete": False, "reason": "the canary died"}}, "the canary died"),
        ("Scored", {"fates": {"adult-00": "challenged"}}, "1 case (4.2%) could not be scored"),
        ("Cases", {"corpus": {**builders.spec(()).corpus, "cases": 500}}, "24 of the 500 cases"),
    ],
)
def test_every_flaw_asks_for_a_look(tmp_path: Path, title: str, changes: dict[str, Any], words: str) -> None:
    point = told(tmp_path / "run", **changes)[title]
    assert point.look
    assert words in point.told
