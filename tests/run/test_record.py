"""What is recorded is replayed: the same words in the browser, on pages of every kind."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from harness.browser.chromium import Chromium
from harness.browser.find import find
from harness.browser.sight import Sight
from harness.browser.tab import Tab
from harness.corpus import warc
from harness.corpus.load import Corpus, load
from harness.internet.client import Internet
from harness.internet.gateway import Names
from harness.internet.ports import free_ports
from harness.model import url as urls
from harness.model.errors import UsageError
from harness.model.observation import Receipt
from harness.model.words import Arm
from harness.run import record
from tests.run.varied import Site
from tests.run.varied_pages import pages

pytestmark = pytest.mark.browser

LANES = 4
SECONDS = 30.0
GLANCES = 100
CREATED = "2026-01-02T03:04:05.678Z"
READ = "[document.title, document.body ? document.body.innerText : document.documentElement.textContent]"


class Loopback(Names):
    """Every name is this machine."""

    async def addresses(self, host: str) -> tuple[str, ...]:
        return ("127.0.0.1",)


async def words(tab: Tab) -> list[list[str]]:
    """Title and text of every frame of the tab's page, in the order of their names in the tree."""

    def frames(tree: dict[str, Any]) -> Iterator[str]:
        yield tree["frame"]["id"]
        for child in tree.get("childFrames", ()):
            yield from frames(child)

    tree = (await tab._devtools.send("Page.getFrameTree", session=tab.session))["frameTree"]
    found = []
    for frame in frames(tree):
        world = await tab._devtools.send("Page.createIsolatedWorld", {"frameId": frame}, tab.session)
        asked = {"expression": READ, "returnByValue": True, "contextId": world["executionContextId"]}
        found.append((await tab._devtools.send("Runtime.evaluate", asked, tab.session))["result"]["value"])
    return [found[0], *sorted(found[1:])]


class Watch:
    """While on, what tabs show when they are closed, and the sights that they had, by address."""

    def __init__(self) -> None:
        self.words: dict[str, list[list[str]]] = {}
        self.sights: dict[str, Sight] = {}

    @contextlib.contextmanager
    def on(self) -> Iterator[None]:
        visit, close, at = Tab.visit, Tab.close, dict[Tab, str]()

        async def visits(tab: Tab, url: str, token: str, seconds: float) -> Sight:
            at[tab] = url
            self.sights[url] = await visit(tab, url, token, seconds)
            return self.sights[url]

        async def closes(tab: Tab) -> None:
            self.words[at[tab]] = await words(tab)
            await close(tab)

        with patch.object(Tab, "visit", visits), patch.object(Tab, "close", closes):
            yield


@dataclass
class Replay:
    """One page, replayed: what it showed in the end, and what arrived for it."""

    sight: Sight
    words: list[list[str]]
    receipts: tuple[Receipt, ...]


async def replay(corpus: Corpus, work: Path, wanted: Watch) -> dict[str, Replay]:
    """Every case of the corpus, by its address; each is looked at until it shows what is wanted, or `GLANCES` times."""
    internet = Internet(work, {}, {}, "nonce")
    await internet.start()
    browser = Chromium(find(), [internet.ca_spki()])
    found: dict[str, Replay] = {}
    queue = iter(corpus.cases)

    async def lane() -> None:
        for case in queue:
            token = await internet.open(case.case_id, Arm.CONTROL, case.url, *corpus.fixture(case))
            tab = await browser.tab(f"http://127.0.0.1:{internet.control_port}")
            sight = await tab.visit(case.url, token, SECONDS)
            for _ in range(GLANCES):
                if (shown := await words(tab)) == wanted.words[case.url]:
                    break
                await asyncio.sleep(0.05)
            await tab.close()
            found[case.url] = Replay(sight, shown, await internet.close(case.case_id))

    try:
        await browser.start()
        await asyncio.gather(*(lane() for _ in range(LANES)))
    finally:
        await browser.stop()
        await internet.stop()
    return found


async def recorded(tmp: Path, asked: Callable[[Site], record.Request], watch: Watch) -> tuple[Site, list[record.Taken]]:
    """Record the site by the request; it is down afterwards."""
    site, notes = Site(tmp, pages()), list[record.Taken]()
    await site.start()
    with watch.on():
        await asyncio.to_thread(record.record, asked(site), find(), Loopback(), CREATED, notes.append)
    site.stop()
    return site, notes


def test_a_recorded_page_is_replayed_word_for_word(tmp_path: Path) -> None:
    watch = Watch()

    def asked(site: Site) -> record.Request:
        urls = [site.url(page) for page in pages()]
        return record.Request(
            urls, tmp_path / "made", "culture", live=True, jobs=LANES, quiet=0.3, trusted=site.trusted
        )

    site, notes = asyncio.run(recorded(tmp_path, asked, watch))
    assert {note.case_id: note.why for note in notes if note.why} == {}
    shown = {page.path: [text for frame in watch.words[site.url(page)] for text in frame] for page in pages()}
    assert [page.path for page in pages() if not any(page.words in text for text in shown[page.path])] == []
    (tmp_path / "work").mkdir()
    found = asyncio.run(replay(load(str(tmp_path / "made")), tmp_path / "work", watch))
    assert len(found) == len(pages()) > 50
    differing = {}
    for page in pages():
        then, now = site.url(page), found[site.url(page)]
        missing = [item.url for item in now.receipts if item.served == "miss"]
        if missing or now.words != watch.words[then] or now.sight.body_digest != watch.sights[then].body_digest:
            differing[page.path] = (now.words, watch.words[then], missing)
    assert differing == {}


class Desk:
    """A site, and a place for corpora."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.into = folder, folder / "made"
        self.notes: list[record.Taken] = []

    def record(self, *what: str, note: Callable[[record.Taken], None] | None = None, **options: Any) -> int:
        """Record while the site is up; `PORT` stands for its port in addresses, and in a corpus's cases."""

        async def life() -> int:
            site = Site(self.folder, pages())
            await site.start()
            for table in self.folder.glob("*/cases.csv"):
                table.write_text(table.read_text().replace("PORT", str(site.port)))
            given = [item.replace("PORT", str(site.port)) for item in what]
            known = {"category": "culture", "live": True, "jobs": 2, "quiet": 0.2, **options}
            asked = record.Request(given, self.into, **known)
            try:
                return await asyncio.to_thread(
                    record.record, asked, find(), Loopback(), CREATED, note or self.notes.append
                )
            finally:
                site.stop()

        return asyncio.run(life())

    def left(self) -> list[str]:
        """What there is beside the site's own files."""
        return sorted(path.name for path in self.folder.iterdir() if path.suffix != ".pem")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_pages_that_do_not_come_are_left_out_and_named(desk: Desk) -> None:
    asked = ("plain", "nowhere", "statuses", "script")
    assert (
        desk.record(*(f"http://site.test:PORT/{path}" for path in asked), f"http://127.0.0.1:{free_ports(1)[0]}/") == 3
    )
    why = {note.case_id: note.why for note in desk.notes if note.why}
    assert why.keys() == {"site.test-2", "127.0.0.1-5"}
    assert why["site.test-2"] == "status 404"
    assert "Connect call failed" in why["127.0.0.1-5"]
    corpus = load(str(desk.into))
    assert [case.case_id for case in corpus.cases] == ["site.test-1", "site.test-3", "site.test-4"]
    assert {str(case.expectation) for case in corpus.cases} == {"allow"}
    assert len(list((desk.into / "fixtures").iterdir())) == 3
    assert desk.left() == ["made"]


def test_every_page_has_what_it_needed_and_no_more(desk: Desk) -> None:
    desk.record("http://site.test:PORT/style", "http://site.test:PORT/plain")
    for case, paths in zip(
        load(str(desk.into)).cases, (("/style", "/style.css", "/more.css"), ("/plain",)), strict=True
    ):
        path, _ = load(str(desk.into)).fixture(case)
        assert path
        with path.open("rb") as file:
            found = list(warc.records(file))
        assert found[0].kind == "warcinfo"
        answers = [item for item in found if item.kind == "response"]
        assert [urls.parse(item.headers["warc-target-uri"]).target for item in answers] == list(paths)
        assert {item.headers["warc-ip-address"] for item in answers} == {"127.0.0.1"}
        asked = [item for item in found if item.kind == "request"]
        assert [item.headers["warc-concurrent-to"] for item in asked] == [
            item.headers["warc-record-id"] for item in answers
        ]


def test_a_corpus_is_recorded_with_all_that_it_says_of_its_cases(desk: Desk) -> None:
    old = desk.folder / "old"
    old.mkdir()
    (old / "corpus.toml").write_text('title = "Old"\n[categories]\nboats = "Boats"\n')
    head = "case_id,url,category,expectation,language,weight,rater\n"
    rows = "a/1,http://site.test:PORT/plain,boats,block,cy,2.5,ann\ngone,http://site.test:PORT/gone,news,allow,,,\n"
    (old / "labels.csv").write_text("case_id,category,expectation,rater\na/1,boats,block,ann\ngone,news,allow,ann\n")
    (old / "cases.csv").write_text(head + rows)
    assert desk.record(str(old), category="") == 1
    made = load(str(desk.into))
    (case,) = made.cases
    assert (case.case_id, case.category, case.language, case.weight, case.rater) == ("a/1", "boats", "cy", 2.5, "ann")
    assert case.fixture == "fixtures/00001-a_1.warc.gz"
    assert made.manifest.categories == {"boats": "Boats"}
    assert [rating.case_id for rating in made.labels.ratings] == ["a/1"]


REFUSED: dict[str, tuple[tuple[str, ...], dict[str, Any], str]] = {
    "not live": (("http://site.test/",), {"live": False}, "--live: every page is visited on the real Internet"),
    "no category": (("http://site.test/",), {"category": ""}, "--category: addresses need one of adult"),
    "no URL": (("http://",), {}, "WHAT: malformed URL"),
    "both": (("http://site.test/", "kitemark-practice"), {}, "WHAT: either addresses, or one corpus"),
    "twice": (("http://site.test/a", "HTTP://Site.test/a#b", "http://site.TEST/a"), {}, "is there twice"),
    "labelled twice": (("kitemark-practice",), {}, "WHAT: either addresses, or one corpus"),
    "no corpus": (("nowhere",), {"category": ""}, "no corpus named or at 'nowhere'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_nothing_written(desk: Desk, name: str) -> None:
    what, options, error = REFUSED[name]
    with pytest.raises(UsageError, match=error):
        desk.record(*what, **options)
    assert desk.left() == []


def test_a_list_of_illegal_content_is_not_visited(desk: Desk) -> None:
    """Also where it was written by hand; the entry is no real one."""
    (desk.folder / "old").mkdir()
    (desk.folder / "old" / "corpus.toml").write_text('name = "IWF list"\n')
    (desk.folder / "old" / "cases.csv").write_text(
        "case_id,url,category,expectation\na,http://entry.localnet:PORT/,crime,block\n"
    )
    with pytest.raises(UsageError, match=r"old/cases.csv:2: looks like a list of illegal content"):
        desk.record(str(desk.folder / "old"), category="")
    assert desk.left() == ["old"]


def test_what_is_there_is_not_overwritten(desk: Desk) -> None:
    desk.into.mkdir()
    with pytest.raises(UsageError, match="made: exists already"):
        desk.record("http://site.test/")
    assert list(desk.into.iterdir()) == []


def test_nothing_is_written_when_nothing_came(desk: Desk) -> None:
    with pytest.raises(UsageError, match="not one of the pages could be recorded"):
        desk.record("http://site.test:PORT/nowhere")
    assert desk.left() == []


def test_nothing_is_left_of_a_recording_that_is_interrupted(desk: Desk) -> None:
    def interrupt(_: record.Taken) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.record("http://site.test:PORT/plain", note=interrupt)
    assert desk.left() == []
