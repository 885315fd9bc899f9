"""Criteria profiles: the shipped ones load, and every wrong one is refused with file and key."""

from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.profile import shipped
from harness.profile.criteria import Criteria, load

GOOD = """
schema = "pas-harness/criteria/2"
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
CLAUSE = """
[[clause]]
id = "{}"
title = "A clause"
assessed = "{}"
note = "{}"
"""
FAMILY = """
[[family]]
id = "f"
correction = "holm"
protects = "both"
source = "made up for a test"
"""
SCORE = """
[[score]]
id = "s"
title = "A score"
block = ["adult"]
under = [0.1, 0.2]
over = [0.1, 0.3]
source = "made up for a test"
"""
MEAN = """
[[score]]
id = "m"
title = "A mean"
mean_of = ["none"]
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
    assert (found.criterion[0].categories, found.interval.confidence) == ((), 0.95)
    assert found.criterion[0].alpha == pytest.approx(0.05)
    assert Criteria.model_validate(found.model_dump(mode="json", by_alias=True)) == found


def test_unknown_criteria() -> None:
    with pytest.raises(UsageError, match=r"no criteria profile named or at 'nowhere'; shipped: avcomparatives"):
        load("nowhere")


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("bound = 0.05", "bound = 0", "criterion.0: Value error, bound: 0 belongs to the rule 'zero-tolerance'"),
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
        ("criteria/2", "criteria/1", "schema: "),
        ('"under-blocked"', '"over-blocked"', "warned.block: "),
        ("source =", "source =\n", "not valid TOML"),
        ("minimum_n = 29", "minimum_n = 29\nsides = 3", "criterion.0.sides: "),
        ("minimum_n = 29", "minimum_n = 29\nminimum_clusters = 0", "criterion.0.minimum_clusters: "),
        ("minimum_n = 29", 'minimum_n = 29\ninterval = "wald"', "criterion.0.interval: "),
        ("minimum_n = 29", 'minimum_n = 29\ndesign = "estimated"', "criterion.0.design: "),
        ("minimum_n = 29", 'minimum_n = 29\ncategories = ["adlut"]', "category adlut is not known; declare it"),
        ("minimum_n = 29", 'minimum_n = 29\ncategories = ["adult", "adult"]', "categories: one stands twice"),
        ("minimum_n = 29", 'minimum_n = 29\nfamily = "f"', "family: 'f' is not declared"),
        ('"guard-band"', '"zero-tolerance"', "bound: 0 belongs to the rule 'zero-tolerance'"),
        ("bound = 0.05", "bound = -0.0", "bound: 0 belongs to the rule 'zero-tolerance'"),
        ("[[criterion]]", CLAUSE.format(5, "measured", "") + "[[criterion]]", "clause: '4' is not a measured clause"),
        (
            "[[criterion]]",
            CLAUSE.format(4, "by-hand", "look") + "[[criterion]]",
            "clause: '4' is not a measured clause",
        ),
        ("[[criterion]]", CLAUSE.format(5, "by-hand", "") + "[[criterion]]", "clause '5' is by-hand; say what"),
        ("[[criterion]]", CLAUSE.format(5, "guessed", "") + "[[criterion]]", "clause.0.assessed: "),
        ("[[criterion]]", CLAUSE.format(4, "measured", "") * 2 + "[[criterion]]", "clause: two have the same id"),
        (
            "[[criterion]]",
            CLAUSE.format(4, "measured", "").replace("title", 'parent = "1"\ntitle') + "[[criterion]]",
            "parent: '1' does not stand before it",
        ),
        (
            "[[criterion]]",
            CLAUSE.format(4, "measured", "") + CLAUSE.format(5, "measured", "") + "[[criterion]]",
            "clause: 5 is measured by no criterion",
        ),
        ("[[criterion]]", FAMILY + "[[criterion]]", "family 'f': fewer than two criteria"),
        ("[[criterion]]", FAMILY.replace("holm", "bonferroni") + "[[criterion]]", "family.0.correction: "),
        ("[[criterion]]", SCORE.replace("0.2", "0.05") + "[[criterion]]", "each step must be above the one before"),
        ("[[criterion]]", SCORE.replace("0.2", "1.2") + "[[criterion]]", "score.0.under.1: "),
        ("[[criterion]]", SCORE.replace(", 0.2]", "]") + "[[criterion]]", "with as many steps"),
        ("[[criterion]]", SCORE.replace('block = ["adult"]', 'mean_of = ["x"]') + "[[criterion]]", "mean_of: "),
        ("[[criterion]]", MEAN + "[[criterion]]", "mean_of: 'none' is no score"),
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


def test_a_tree_with_a_family_and_scores_loads(tmp_path: Path) -> None:
    criterion = GOOD[GOOD.index("[[") :].replace('source = "made', 'family = "f"\nsource = "made')
    tree = CLAUSE.format(4, "measured", "") + CLAUSE.format(5, "by-hand", "Look.")
    text = GOOD[: GOOD.index("[[")] + tree + FAMILY + SCORE + MEAN.replace("none", "s") + criterion
    found = criteria(tmp_path, text + criterion.replace('"block-adult"', '"again"'))
    assert [item.id for item in found.clause] == ["4", "5"]
    assert Criteria.model_validate(found.model_dump(mode="json", by_alias=True)).digest() == found.digest()
