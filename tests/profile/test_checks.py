"""The shipped checks: each can be performed and judged, and the criteria of PAS 74 speak of it."""

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from harness.checks.performers import PERFORMERS
from harness.classify.checks import RULES
from harness.model import canonical
from harness.model.check import Group, check_from
from harness.model.errors import UsageError
from harness.products.kinds import GROUP as KINDS
from harness.profile import checks, shipped
from harness.profile.criteria import load as load_criteria
from harness.score.requirements import speaks_of

FILE = """
schema = "pas-harness/checks/1"
group = "battery"
[[check]]
id = "way"
title = "A way"
why = "It is easy."
severity = 3
by = "visit"
judged = "passage"
"""


def test_every_check_can_be_performed_judged_and_required() -> None:
    found = checks.load()
    requirements = load_criteria("pas74-kitemark").requirement
    kinds = {item.name for item in entry_points(group=KINDS)}
    assert len({item.id for item in found}) == len(found)
    for item in found:
        assert item.by in PERFORMERS, item.id
        assert item.judged in RULES, item.id
        assert {*item.kinds} <= kinds, item.id
        assert sum(speaks_of(one, item.id) for one in requirements) == 1, item.id
        assert check_from(canonical.plain(item)) == item
    assert {item.group for item in found} == {*Group}
    assert sum(item.group is Group.BATTERY for item in found) >= 40
    assert {item.by for item in found} == {*PERFORMERS}
    assert {item.judged for item in found} == {*RULES}


def test_patterns_choose() -> None:
    chosen = checks.load([Group.BATTERY], ["battery.address-*", "battery.port"])
    assert chosen == tuple(
        item for item in checks.load() if item.id.startswith("battery.address-") or item.id == "battery.port"
    )
    with pytest.raises(UsageError, match=r"no check is called 'battery\.nothing'; `harness battery list` shows them"):
        checks.load(patterns=["*", "battery.nothing"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('by = "visit"\n', "", "check.0.by: Field required"),
        ("severity = 3", "severity = 5", "check.0.severity: Input should be less than or equal to 4"),
        ('id = "way"', 'id = "Way 1"', "check.0.id: String should match pattern"),
        ('why = "It is easy."', 'why = ""', "check.0.why: String should have at least 1 character"),
        ('by = "visit"', 'by = "visit"\nkinds = ["dns"]', "otherwise: say why the check does not bear on products"),
        ('by = "visit"', 'by = "visit"\nmore = 1', "check.0.more: Extra inputs are not permitted"),
        ('group = "battery"', 'group = "other"', "group: Input should be"),
        ("[[check]]", "[[check]]\n" + FILE.partition("[[check]]\n")[2] + "[[check]]", "way stands twice"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "battery.toml"
    path.write_text(FILE, "utf-8")
    assert [item.id for item in checks.read(path)] == ["battery.way"]
    assert old in FILE
    path.write_text(FILE.replace(old, new, 1), "utf-8")
    with pytest.raises(UsageError, match=str(path)) as error:
        checks.read(path)
    assert said in str(error.value)


def test_files_are_named_after_their_group() -> None:
    for path in shipped.CHECKS.iterdir():
        (group,) = {item.group for item in checks.read(path)}
        assert path.stem.startswith(group), path
