"""A ground through real rooms, the real browser and a product: it is what a computer with the product has."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from harness.browser.find import find
from harness.checks.ground import ALLOWED, BLOCKED, Ground
from harness.evidence import scratch
from harness.model.words import Arm
from harness.profile import product

pytestmark = [pytest.mark.browser, pytest.mark.room]


@asynccontextmanager
async def ground(name: str, arm: Arm = Arm.TEST, **params: str) -> AsyncIterator[Ground]:
    profile = product.load(name)
    work = scratch.make("ground")
    made = await Ground.open(
        profile,
        profile.checked_params(params),
        profile.settings.default,
        find(),
        work / "g",
        secrets.token_hex(8),
        arm,
    )
    try:
        yield made
    finally:
        await made.close()
        scratch.remove(work)


def test_a_ground_is_a_computer_with_the_product_on_it() -> None:
    async def life() -> None:
        async with ground("zoo-perfect") as here:
            assert here.healthy
            assert not (await here.look(BLOCKED)).token_seen
            assert (await here.look(ALLOWED)).token_seen
            assert (await here.look("http://allowed.canary.harness.test:8080/")).token_seen
            # A program that knows nothing of the proxy goes straight to the Internet, as the network leaves it a way.
            async with await here.serve(BLOCKED) as page:
                done = await here.execute(["curl", "-sS", "-m", "5", BLOCKED])
            assert page.token in done.out
            assert [receipt.url for receipt in page.receipts] == [BLOCKED]
            await here.room.cut()
            assert (await here.look(ALLOWED)).token_seen
            assert (await here.execute(["curl", "-sS", "-m", "5", ALLOWED])).code != 0
        assert not here.healthy

    asyncio.run(life())


def test_servers_in_the_internet_are_reached_at_every_address(tmp_path: Path) -> None:
    (tmp_path / "said").write_text("hello", "utf-8")

    async def life() -> None:
        async with ground("zoo-perfect", Arm.CONTROL) as here:
            assert here.product is None
            assert (await here.look(BLOCKED)).token_seen
            server = ["python3", "-m", "http.server", "7777", "--directory", str(tmp_path)]
            assert await here.service("files", server, 7777) is await here.service("files", server, 7777)
            for address in ("203.0.113.9", "a.name.example"):
                done = await here.execute(["curl", "-sS", "-m", "5", f"http://{address}:7777/said"])
                assert done.out == "hello"

    asyncio.run(life())
