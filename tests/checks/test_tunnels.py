"""Other programs, relays and name servers through real rooms: each way leads somewhere, and a filter in it is found."""

import asyncio

import pytest

from harness.checks.ground import Ground
from harness.checks.performers import PERFORMERS
from harness.checks.shown import Shown
from harness.model.words import Arm
from harness.profile import checks, shipped
from tests.checks.test_ground import ground

pytestmark = [pytest.mark.browser, pytest.mark.room]
CHECKS = {check.id.removeprefix("battery."): check for check in checks.read(shipped.CHECKS / "battery-tunnels.toml")}
EACH = (
    "client-http3",
    "relay-quic",
    "relay-websocket",
    "relay-chain",
    "names-quic",
    "names-hosts-file",
    "tls-records",
)


async def tried(here: Ground, name: str) -> Shown:
    return await PERFORMERS[CHECKS[name].by](here, CHECKS[name])


def test_every_way_leads_there_without_the_product() -> None:
    async def life() -> None:
        async with ground("zoo-perfect", Arm.CONTROL) as here:
            for name in EACH:
                shown = await tried(here, name)
                assert (name, shown.came_through) == (name, True), shown.facts

    asyncio.run(life())


def test_a_proxy_is_asked_as_programs_ask_it_and_what_it_stops_is_told() -> None:
    async def life() -> None:
        async with ground("zoo-perfect") as here:
            past = await tried(here, "client-curl")
            assert past.came_through
            assert past.facts["how"] == "directly: had"
            await here.room.cut()
            for name in ("tls-fronting", "connect-front"):
                shown = await tried(here, name)
                assert (name, shown.came_through, shown.facts["allowed_way"]) == (name, False, "open")
                assert shown.facts["ordinary_way"] == "blocked"
            by_relay = await tried(here, "relay-trojan")
            assert by_relay.came_through
            assert [item["seen"] for item in by_relay.facts["tries"]] == [False, True]

    asyncio.run(life())
