"""Browsers that are started at once have each a home of their own, and leave the environment as it was."""

import asyncio
import os

import pytest

from harness.browser.chromium import Chromium
from harness.browser.find import find


@pytest.mark.browser
def test_browsers_started_at_once_keep_their_files_apart() -> None:
    before = dict(os.environ)

    async def started() -> list[set[str]]:
        browsers = [Chromium(find(), ()) for _ in range(2)]
        await asyncio.gather(*(browser.start() for browser in browsers))
        homes = [browser._home for browser in browsers]
        kept = [{path.name.rpartition("-")[0] for path in home.iterdir()} if home else set[str]() for home in homes]
        for browser in browsers:
            await browser.stop()
        return kept

    assert asyncio.run(started()) == 2 * [{"playwright-artifacts", "playwright_chromiumdev_profile"}]
    assert dict(os.environ) == before
