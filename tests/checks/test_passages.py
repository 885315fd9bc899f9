"""Ways round, gone through real rooms by the real browser: what is stopped, what comes through, and what is a fault."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from harness.checks.ground import Ground
from harness.checks.passages import visit
from harness.checks.shown import Shown, Untried
from harness.model.words import Arm
from harness.products.zoo import ZooProduct
from harness.profile import checks, shipped
from tests.checks.test_ground import ground

pytestmark = [pytest.mark.browser, pytest.mark.room]
CHECKS = {check.id.removeprefix("battery."): check for check in checks.read(shipped.CHECKS / "battery.toml")}
Try = Callable[[str], Awaitable[Shown]]


def trying(here: Ground) -> Try:
    return lambda name: visit(here, CHECKS[name])


def through(shown: Shown) -> str:
    """ "through", "stopped" or "all stopped"."""
    return (
        "through" if shown.came_through else {"open": "stopped", "stopped": "all stopped"}[shown.facts["allowed_way"]]
    )


def test_what_comes_through_is_told_from_what_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    async def life() -> None:
        async with ground("zoo-watertight") as here:
            attempt = trying(here)
            for name in ("address-mixed", "trailing-dot", "redirects", "script-redirect", "frame", "service-worker"):
                shown = await attempt(name)
                assert (name, through(shown)) == (name, "stopped")
                assert shown.facts["arrived"] == 0
            # The network leaves no way past the proxy, for anybody.
            assert through(await attempt("other-browser-direct")) == "all stopped"
            product = here.product
            assert isinstance(product, ZooProduct)
            for hole, name in (
                ("addresses", "address-ipv6"),
                ("posts", "form-post"),
                ("pictures", "picture"),
                ("other-sites", "image-search"),
                ("long", "long-url"),
            ):
                product._context.params["hole"] = hole
                shown = await attempt(name)
                assert (name, through(shown)) == (name, "through")
                assert shown.facts["ordinary_way"] == "blocked"
            monkeypatch.setattr(product._behaviour, "stops", lambda request: True)
            with pytest.raises(Untried, match="not even the page to allow"):
                await attempt("trailing-dot")

    asyncio.run(life())


def test_without_the_product_every_form_of_page_and_script_is_had() -> None:
    async def life() -> None:
        async with ground("zoo-watertight", Arm.CONTROL) as here:
            attempt = trying(here)
            for name in (
                "zstandard",
                "chunked",
                "download",
                "plain-text",
                "source",
                "redirects",
                "form-post",
                "object",
                "blob-page",
            ):
                shown = await attempt(name)
                assert (name, shown.came_through) == (name, True)
                assert shown.facts.keys() <= {"how", "url", "final_url", "file", "arrived"}

    asyncio.run(life())


@pytest.mark.browser(full=True)
def test_an_extension_is_gone_where_the_browser_leaves_it_out() -> None:
    async def life() -> None:
        async with ground("extension-blocker") as here:
            attempt = trying(here)
            assert through(await attempt("trailing-dot")) == "stopped"
            for name in ("private-window", "extensions-off"):
                assert (name, through(await attempt(name))) == (name, "through")

    asyncio.run(life())
