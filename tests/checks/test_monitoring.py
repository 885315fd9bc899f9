"""A product's logs, through a real room: each bad product of the zoo is caught by its check, and no other is blamed."""

import asyncio
import os
from types import SimpleNamespace
from typing import cast

import pytest

from harness.checks import monitoring, tampering
from harness.checks.ground import Ground
from harness.checks.shown import Shown
from harness.classify.checks import assess
from harness.model.check import Standing, Tried
from harness.model.words import Arm
from harness.products import zoo_monitors as zoo
from harness.products.behaviour import Behaviour
from harness.products.zoo import ZooProduct
from harness.profile import checks, product, shipped
from tests.checks.test_ground import ground

pytestmark = [pytest.mark.browser, pytest.mark.room, pytest.mark.program("curl", "curl")]
CHECKS = {check.id.removeprefix("monitoring."): check for check in checks.read(shipped.CHECKS / "monitoring.toml")}
RECORDED = [name for name, check in CHECKS.items() if check.by == "recorded"]
BAD: dict[type[Behaviour], str] = {
    zoo.Silent: "recall",
    zoo.Forgetful: "recall",
    zoo.Late: "delay",
    zoo.Inventing: "false-entries",
    zoo.Misnaming: "false-entries",
    zoo.Vague: "content",
    zoo.Misdating: "clock",
    zoo.Shuffling: "order",
    zoo.Indiscreet: "password-in-form",
    zoo.Unguarded: "tampering",
}


def standing(name: str, shown: Shown) -> Standing:
    check = CHECKS[name]
    tried = Tried(check.id, Arm.TEST, "moderate", 1, facts=shown.facts, inapplicable=shown.inapplicable)
    return assess(check, "moderate", [tried, tried]).standing


async def recorded(here: Ground) -> dict[str, Standing]:
    """The standing of every check that goes by the same attempts."""
    shown = Shown(facts=(await monitoring._Records.of(here)).facts)
    return {name: standing(name, shown) for name in RECORDED}


def test_each_bad_log_is_caught_by_its_check_and_no_other_is_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitoring, "ROUNDS", 1)

    async def life() -> None:
        async with ground("zoo-monitor") as here:
            made = here.product
            assert isinstance(made, ZooProduct)
            for log in ("file", "syslog", "http", "mail", "database"):
                here.params["log"] = made._context.params["log"] = log
                assert {*(await recorded(here)).values()} == {Standing.HELD}, log
                assert (
                    standing("password-in-form", await monitoring.private(here, CHECKS["password-in-form"])) == "held"
                )
            here.params["log"] = made._context.params["log"] = "file"
            for kind, broken in BAD.items():
                made._behaviour.__class__ = kind  # which saves starting a product for each
                monkeypatch.setattr(monitoring, "GRACE", 0.1 if broken == "recall" else 3.0)
                found = await recorded(here)
                blamed = {name for name, value in found.items() if value is Standing.BROKEN}
                assert (kind, blamed) == (kind, {broken} & {*RECORDED})
            made._behaviour.__class__ = zoo.Monitor
            form = await monitoring.private(here, CHECKS["password-in-form"])
            assert standing("password-in-form", form) is Standing.HELD
            made._behaviour.__class__ = zoo.Indiscreet
            for name, expected in (("password-in-form", "broken"), ("password-of-site", "held")):
                assert standing(name, await monitoring.private(here, CHECKS[name])) == expected
            search = await monitoring.private(here, CHECKS["search-words"])
            assert standing("search-words", search) is Standing.NOT_APPLICABLE
            if os.geteuid() == 0:
                made._behaviour.__class__ = zoo.Unguarded
                await monitoring._Records.of(here)
                assert standing("tampering", await tampering.tampered(here, CHECKS["tampering"])) is Standing.BROKEN
                (here.work / "product" / "access.log").unlink()
                made._behaviour.__class__ = zoo.Monitor
                await monitoring._Records.of(here)
                assert standing("tampering", await tampering.tampered(here, CHECKS["tampering"])) is Standing.HELD

    asyncio.run(life())


def test_a_product_without_a_log_is_not_blamed() -> None:
    here = cast(Ground, SimpleNamespace(profile=product.load("zoo-perfect")))
    for perform, name in (
        (monitoring.recorded, "recall"),
        (monitoring.private, "password-in-form"),
        (tampering.tampered, "tampering"),
    ):
        assert asyncio.run(perform(here, CHECKS[name])).inapplicable == monitoring.NO_LOG


def test_every_bad_product_of_the_zoo_is_specified() -> None:
    assert {zoo.Monitor, *BAD} == {*zoo.MONITORS.values()}
