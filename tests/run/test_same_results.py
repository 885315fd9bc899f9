"""The same cases come to the same bytes, whatever the order, the number of workers, and the interruptions."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bench.sessions import Moment, Phase, Session, adopting, until_alone
from harness.evidence.folder import RunFolder
from harness.report import outputs
from harness.report.derive import derive
from harness.run.plan import Request, plan
from tests import builders, live

PAGE = b"<!doctype html><title>A page</title><h1>A page</h1><p>One paragraph.</p><p>Another one.</p>"
FIXTURES = {
    "page.html": PAGE,
    "drawing.html": PAGE + b'<img src="/drawing.svg" alt="">',
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    "moved.http": b"HTTP/1.1 302 Found\r\nLocation: http://landing.test/\r\n\r\n",
}
RESOURCES = {
    "http://drawing-bad.test/drawing.svg": "drawing.svg",
    "http://drawing-good.test/drawing.svg": "drawing.svg",
    "http://landing.test/": "page.html",
}
CASES = (
    live.block("bad", "http://bad.test/", "page.html"),
    live.block("bad-secure", "https://bad.test/", "page.html"),
    live.block("bad-drawing", "http://drawing-bad.test/", "drawing.html"),
    live.block("bad-moved", "http://moved-bad.test/", "moved.http"),
    live.block("bad-plain", "https://plain-bad.test/"),
    live.allow("good", "http://good.test/", "page.html"),
    live.allow("good-secure", "https://good.test/", "page.html"),
    live.allow("good-drawing", "http://drawing-good.test/", "drawing.html"),
    live.allow("good-moved", "http://moved-good.test/", "moved.http"),
    live.allow("good-plain", "https://plain-good.test/"),
)
# The rules that decide, besides that the page arrived: the runs are not merely alike in measuring nothing.
BEHAVIOURS = {
    "zoo-perfect": "blocked.error-status",
    "zoo-altering": "degraded.text-altered",
}
KILLS = (Moment(Phase.CASES, 1, 0.0, at_write=True), Moment(Phase.AFTER, 1, 0.0, at_write=False))

pytestmark = pytest.mark.browser


def derived(folder: RunFolder) -> dict[str, bytes]:
    return {name: (folder.derived / name).read_bytes() for name in ("verdicts.parquet", "decisions.json")}


def undisturbed(folder: RunFolder, nonce: str) -> dict[str, bytes]:
    asyncio.run(live.session(folder, nonce))
    outputs.write(folder, derive(folder))
    return derived(folder)


def killed(folder: RunFolder, work: Path) -> dict[str, bytes]:
    """The same by processes that are killed among the cases and after them."""
    (work / "tmp").mkdir()
    with adopting():
        for moment in KILLS:
            session = Session(folder, work)
            assert session.reaches(moment, dict.fromkeys(Phase, 0.0)), (work / "harness.log").read_text("utf-8")
            session.kill()
            until_alone()
        Session(folder, work).ends()
        until_alone()
    return derived(folder)


@pytest.mark.parametrize("product", BEHAVIOURS)
def test_order_workers_and_kills_change_no_byte_of_the_results(product: str) -> None:
    with live.scratch() as tmp:
        corpus = live.write_corpus(tmp / "corpus", CASES, FIXTURES, RESOURCES)
        criteria = live.write_criteria(tmp / "criteria.toml")
        asked = Request(product, str(corpus), str(criteria), limits=live.PATIENT, jobs=1, seed=1)
        one = plan(asked, tmp / "one", builders.NOW)
        many = plan(replace(asked, jobs=3, seed=2), tmp / "many", "2026-01-02T00:00:00Z")
        stopped = plan(replace(asked, jobs=3, seed=3), tmp / "stopped", "2026-01-03T00:00:00Z")
        orders = {folder.plan_file.read_bytes() for folder in (one, many, stopped)}
        assert len(orders) == 3

        expected = undisturbed(one, "one")
        rules = {item.judgement.rule_id for item in derive(one).scored}
        assert rules == {"allowed.token", BEHAVIOURS[product]}
        assert undisturbed(many, "many") == expected
        if product == "zoo-perfect":  # what kills do is the same whatever the product does
            assert killed(stopped, tmp) == expected
