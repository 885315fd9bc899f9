"""`harness corpus record` as a person meets it."""

import asyncio
from pathlib import Path

import pytest

from harness.corpus.load import load
from tests import live
from tests.run.varied import Site
from tests.run.varied_pages import pages


@pytest.mark.browser
def test_pages_of_this_machine_are_recorded(tmp_path: Path) -> None:
    async def life() -> live.Ended:
        site = Site(tmp_path, pages())
        await site.start()
        urls = [f"http://127.0.0.1:{site.port}/{path}" for path in ("plain", "nowhere", "style")]
        options = ("--category", "science", "--into", tmp_path / "made", "--live", "--jobs", "1")
        try:
            return await asyncio.to_thread(live.command, "corpus", "record", *urls, *options)
        finally:
            site.stop()

    ended = asyncio.run(life())
    assert ended.code == 0
    assert ended.err == "not recorded: 127.0.0.1-2: status 404\n"
    assert ended.out.splitlines() == [
        "127.0.0.1-1: 1 answers",
        "127.0.0.1-3: 3 answers",
        f"{tmp_path / 'made'}: 2 pages",
    ]
    assert [case.category for case in load(str(tmp_path / "made")).cases] == ["science", "science"]


@pytest.mark.browser
def test_it_has_to_be_meant(tmp_path: Path) -> None:
    ended = live.command("corpus", "record", "http://127.0.0.1:9/", "--category", "news", "--into", tmp_path / "made")
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.startswith("error: --live: every page is visited on the real Internet")
    assert not (tmp_path / "made").exists()
