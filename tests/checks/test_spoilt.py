"""A real filter whose lists are spoilt while it runs: what becomes of it, and what it says in the system's log."""

import asyncio

import pytest

from harness.checks import changes
from harness.classify.checks import assess
from harness.model.check import Assessment, Tried
from harness.model.words import Arm
from harness.profile import checks, shipped
from tests.checks.test_ground import ground

CHECKS = {check.id.removeprefix("life-cycle."): check for check in checks.read(shipped.CHECKS / "life-cycle.toml")}
EXPECTED = {"update-missing-said": "held", "update-empty-said": "broken"}


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.product("e2guardian")
def test_what_e2guardian_says_of_its_lists_is_heard() -> None:
    async def life() -> dict[str, str]:
        found: dict[str, Assessment] = {}
        async with ground("e2guardian") as here:
            for name in EXPECTED:
                shown = await changes.spoilt(here, CHECKS[name])
                tries = 2 * [Tried(CHECKS[name].id, Arm.TEST, "x", 1, facts=shown.facts)]
                found[name] = assess(CHECKS[name], "x", tries)
        assert "Error reading WORK/lists/sites." in found["update-missing-said"].words
        return {name: str(item.standing) for name, item in found.items()}

    assert asyncio.run(life()) == EXPECTED
