"""Criteria profiles: the shipped ones load, and every wrong one is refused with file and key."""

from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.profile import shipped
from harness.profile.criteria import Criteria, load

GOOD = """
schema = "pas-harness/criteria/1"
name = "mine"
title = "Mine"
version = "1"
authority = "nobody"
notice = "none"
warned = { block = "under-blocked", allow = "over-blocked" }
degraded = { block = "unscored", allow = "correct" }
[[criterion]]
id = "block-adult"
title = "Adult content is blocked"
clause = "4"
metric = "bad_sites_under_block"
bound = 0.05
confidence = 0.95
minimum_n = 29
maximum_unscored = 0.05
rule = "guard-band"
source = "made up for a test"
"""


def criteria(folder: Path, text: str) -> Criteria:
    (folder / "mine.toml").write_text(text)
    return load(str(folder / "mine.toml"))


@pytest.mark.parametrize("name", shipped.names(shipped.CRITERIA, "*.toml"))
def test_shipped_criteria_load(name: str) -> None:
    found = load(name)
    assert found.name == name
    assert all(item.source for item in found.criterion)


def test_loads(tmp_path: Path) -> None:
    found = criteria(tmp_path, GOOD)
    assert (found.criterion[0].category, found.interval_confidence) == ("overall", 0.95)
    assert Criteria.model_validate(found.model_dump(mode="json", by_alias=True)) == found


def test_unknown_criteria() -> None:
    with pytest.raises(UsageError, match=r"no criteria profile named or at 'nowhere'; shipped: pas74"):
        load("nowhere")


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("bound = 0.05", "bound = 0", "criterion.0.bound: "),
        ("bound = 0.05", "bound = 1", "criterion.0.bound: "),
        ("bound = 0.05", "bound = 5", "criterion.0.bound: "),
        ("bound = 0.05", "bound = -0.05", "criterion.0.bound: "),
        ("bound = 0.05", "bound = nan", "criterion.0.bound: "),
        ("bound = 0.05", 'bound = "five"', "criterion.0.bound: "),
        ("bound = 0.05", "", "criterion.0.bound: Field required"),
        ("confidence = 0.95", "confidence = 1.0", "criterion.0.confidence: "),
        ("confidence = 0.95", "confidence = 95", "criterion.0.confidence: "),
        ("minimum_n = 29", "minimum_n = 0", "criterion.0.minimum_n: "),
        ("maximum_unscored = 0.05", "maximum_unscored = 1.1", "criterion.0.maximum_unscored: "),
        ('"guard-band"', '"coin-toss"', "criterion.0.rule: "),
        ('"bad_sites_under_block"', '"accuracy"', "criterion.0.metric: "),
        ('source = "made up for a test"', "", "criterion.0.source: Field required"),
        ('source = "made up for a test"', 'source = "me"', "criterion.0.source: "),
        ("minimum_n = 29", "minimum = 29", "criterion.0.minimum: Extra inputs are not permitted"),
        ('notice = "none"', 'notice = "none"\ncolour = "red"', "colour: Extra inputs are not permitted"),
        ("criteria/1", "criteria/2", "schema: "),
        ('"under-blocked"', '"over-blocked"', "warned.block: "),
        ("source =", "source =\n", "not valid TOML"),
        (GOOD[GOOD.index("[[") :], "", "criterion: Field required"),
        (GOOD[GOOD.index("[[") :], "criterion = []", "criterion: "),
        (GOOD, GOOD + GOOD[GOOD.index("[[") :], "criterion: two have the same id"),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, error: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError) as caught:
        criteria(tmp_path, GOOD.replace(old, new, 1))
    assert caught.value.exit_code == 4
    assert str(tmp_path / "mine.toml") in str(caught.value)
    assert error in str(caught.value)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"bound.*minimum_n"):
        criteria(tmp_path, GOOD.replace("bound = 0.05", "bound = 2").replace("minimum_n = 29", "minimum_n = 0"))
