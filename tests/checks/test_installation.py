"""Products timed and removed through real rooms: what is left of them is found, and nothing else."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from harness.checks import installation, slowdown
from harness.checks.ground import Ground
from harness.checks.shown import Shown
from harness.classify.checks import assess
from harness.model.check import Check, Standing, Tried
from harness.model.words import Arm
from harness.products import zoo
from harness.products import zoo_upkeep as upkeep
from harness.profile import checks, shipped
from tests.checks.test_ground import ground

pytestmark = [pytest.mark.browser, pytest.mark.room, pytest.mark.program("curl", "curl")]
CHECKS = {check.id.removeprefix("life-cycle."): check for check in checks.read(shipped.CHECKS / "life-cycle.toml")}
LEFT = Path(tempfile.gettempdir()) / "zoo-upkeep.left"


class Sloppy(upkeep.Lingering, upkeep.Littering):
    """Leaves a process and a file behind."""


def standing(check: Check, shown: Shown) -> Standing:
    return assess(check, "x", 2 * [Tried(check.id, Arm.TEST, "x", 1, facts=shown.facts)]).standing


async def timed(here: Ground) -> None:
    facts = (await slowdown.timed(here, replace(CHECKS["slowdown"], given={"pairs": 2}))).facts
    assert len(facts["pairs"]) == 2
    assert all(0 < item < 60 for pair in facts["pairs"] for item in pair)


def test_what_is_left_of_a_product_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slowdown, "WARMING", 0)

    async def life() -> None:
        async with ground("zoo-upkeep") as here:
            await timed(here)
            shown = await installation.removed(here, CHECKS["removal-clean"])
            assert shown.facts["left"] == {"process": [], "file": [], "port": []}
            assert standing(CHECKS["removal-reachable"], shown) is Standing.HELD
            monkeypatch.setitem(zoo.CHECKED, "upkeep", Sloppy)
            shown = await installation.removed(here, CHECKS["removal-clean"])
            assert [item.split(maxsplit=2)[2] for item in shown.facts["left"]["process"]] == ["`sleep 30`"]
            assert shown.facts["left"]["file"] == [str(LEFT)]
            assert standing(CHECKS["removal-clean"], shown) is Standing.BROKEN
            assert standing(CHECKS["removal-reachable"], shown) is Standing.HELD

    LEFT.unlink(missing_ok=True)  # of a test that was killed
    try:
        asyncio.run(life())
    finally:
        LEFT.unlink(missing_ok=True)
