"""The rule "label": a page is judged by its label only where it would come through without one."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from harness.classify import labelled
from harness.model.check import Check, Group, Standing, Tried
from harness.model.words import Arm

CHECK = Check("ratings.x", Group.RATINGS, "A label", "why", 2, "labelled", "label")
OPENED = Tried(CHECK.id, Arm.CONTROL, "", 1, True)


def judged(expect: str, came: bool, plain: bool = True, unlabelled_blocked: bool = False) -> Standing:
    facts: dict[str, Any] = {"came": came, "how": "", "plain_came": plain, "plain_how": ""}
    tried = Tried(CHECK.id, Arm.TEST, "s", 1, came, {**facts, "unlabelled_blocked": unlabelled_blocked})
    return labelled.judge(replace(CHECK, given={"expect": expect}), [OPENED], [tried]).standing


@pytest.mark.parametrize(
    ("expect", "came", "standing"),
    [
        ("blocked", False, Standing.HELD),
        ("blocked", True, Standing.BROKEN),
        ("open", True, Standing.HELD),
        ("open", False, Standing.BROKEN),
        ("as-unlabelled", True, Standing.HELD),
        ("as-unlabelled", False, Standing.BROKEN),
        ("unlabelled", True, Standing.HELD),
        ("unlabelled", False, Standing.BROKEN),
    ],
)
def test_a_page_is_dealt_with_as_its_label_asks(expect: str, came: bool, standing: Standing) -> None:
    assert judged(expect, came, plain=came if expect == "unlabelled" else True) is standing


def test_where_pages_without_a_label_are_blocked_so_are_those_with_a_broken_one() -> None:
    assert judged("as-unlabelled", False, plain=False, unlabelled_blocked=True) is Standing.HELD
    assert judged("as-unlabelled", True, plain=False, unlabelled_blocked=True) is Standing.BROKEN
    assert judged("unlabelled", False, plain=False, unlabelled_blocked=True) is Standing.HELD
    assert judged("unlabelled", True, unlabelled_blocked=True) is Standing.BROKEN
    assert judged("open", False, plain=False, unlabelled_blocked=True) is Standing.BROKEN


def test_a_product_that_blocks_the_page_anyway_says_nothing_of_labels() -> None:
    for expect, came in itertools.product(("blocked", "open", "as-unlabelled"), (True, False)):
        assert judged(expect, came, plain=False) is Standing.NOT_ASSESSED


def test_a_page_that_opens_for_nobody_is_no_evidence() -> None:
    shut = replace(OPENED, came_through=False)
    found = labelled.judge(replace(CHECK, given={"expect": "blocked"}), [shut], [replace(shut, facts={"came": False})])
    assert found.standing is Standing.NOT_ASSESSED
