"""Products that are disturbed, or whose settings are tried, through real rooms: bad ones are caught, a good one is
not."""

import asyncio

import pytest

from harness.checks.performers import PERFORMERS
from harness.classify.checks import assess
from harness.model.check import Tried
from harness.model.words import Arm
from harness.profile import checks, shipped
from tests.checks.test_ground import ground

pytestmark = [pytest.mark.browser, pytest.mark.room]
FILES = ("battery-disturbance.toml", "battery-settings.toml")
CHECKS = {item.id.removeprefix("battery."): item for file in FILES for item in checks.read(shipped.CHECKS / file)}
OPEN = {"asked": 1, "blocked_through": 1, "allowed_through": 1}


async def rules(product: str, *names: str) -> list[str]:
    """By which rules each is judged, tried once with the product as if twice; without it both pages come through."""
    found = []
    async with ground(product) as here:
        for name in names:
            shown = await PERFORMERS[CHECKS[name].by](here, CHECKS[name])
            control = Tried(CHECKS[name].id, Arm.CONTROL, "", 1, facts={"before": OPEN})
            test = Tried(CHECKS[name].id, Arm.TEST, "x", 1, facts=shown.facts, inapplicable=shown.inapplicable)
            found.append(assess(CHECKS[name], "x", [control, test, test]).rule)
    return found


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        (
            "zoo-guarded-fails-open",
            {"disturb-pause": "disturbance.fails-open", "disturb-kill-loading": "disturbance.fails-open"},
        ),
        (
            "zoo-guarded",
            {
                "disturb-pause": "disturbance.fails-closed",
                "disturb-network": "disturbance.filters-again",
                "settings-uninstall": "settings.refused",
            },
        ),
        ("zoo-guarded-open-page", {"settings-page-open": "settings.switched-off"}),
        ("zoo-perfect", {"disturb-kill": "check.not-applicable", "settings-api-open": "check.not-applicable"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_bad_are_caught_and_the_good_is_not(
    product: str, expected: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    assert asyncio.run(rules(product, *expected)) == [*expected.values()]
    assert "Unknown child process" not in caplog.text  # nobody but who started one waits for it
