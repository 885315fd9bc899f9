"""A worker says what it has, and takes part in no run that it would see otherwise; a real cluster comes to the same
bytes as one machine."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.browser.find import find
from harness.cli.actions import now
from harness.evidence.folder import RunFolder
from harness.internet.room import Room
from harness.model import canonical
from harness.model.errors import UsageError
from harness.profile import product
from harness.report import course, outputs
from harness.report.derive import derive
from harness.run.executor import cluster, post
from harness.run.executor.messages import Brief, Order
from harness.run.executor.options import Machines
from harness.run.plan import Request, plan, reopen
from harness.run.setup import Setup
from harness.run.software import code, versions
from tests import builders, live

CASES = [live.block("bad", "http://bad.test/", "page.html"), live.allow("good", "https://good.test/")]
FIXTURES = {"page.html": b"<!doctype html><title>A page</title><p>One paragraph.</p>"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunFolder]:
    monkeypatch.setattr(Room, "possible", staticmethod(lambda: "not here"))
    monkeypatch.setattr(post, "find", lambda given: Path("/bin/true"))
    corpus = live.write_corpus(tmp_path / "corpus", CASES, FIXTURES)
    yield plan(
        Request("zoo-perfect", str(corpus), str(live.write_criteria(tmp_path / "criteria.toml"))),
        tmp_path / "run",
        builders.NOW,
    )
    post.leave("a-session")


def brief_of(folder: RunFolder) -> Brief:
    return Brief("a-session", "0", canonical.dumps(folder.spec()), {**versions(), "code": code()})


def test_a_worker_that_has_everything_says_so(folder: RunFolder) -> None:
    offer = post.hello(brief_of(folder))
    assert (offer.differs, offer.lacks) == ((), ())
    assert (offer.has["code"], offer.has["room"]) == (code(), "not here")
    post.leave("a-session")
    assert not any(thread.name == "harness post" and thread.is_alive() for thread in _ending(threading.enumerate()))
    with pytest.raises(post.NoPost):
        post.carry_out("a-session", Order(1, "moderate"))


def _ending(threads: list[threading.Thread]) -> list[threading.Thread]:
    for thread in threads:
        if thread.name == "harness post":
            thread.join(5)
    return threads


def test_a_post_whose_coordinator_is_gone_is_left(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "IDLE_SECONDS", 0.01)
    post.hello(brief_of(folder))
    assert not any(thread.is_alive() for thread in _ending(threading.enumerate()) if thread.name == "harness post")
    with pytest.raises(post.NoPost):
        post.enter("a-session", "moderate")


@pytest.mark.parametrize("what", ["pas-harness", "python", "mitmproxy", "code"])
def test_another_version_is_named(folder: RunFolder, what: str) -> None:
    brief = brief_of(folder)
    offer = post.hello(replace(brief, versions={**brief.versions, what: "another", "system": "another"}))
    assert offer.differs == (f"{what} is {offer.has[what]} and not another",)


def test_a_version_that_is_unknown_here_is_named(folder: RunFolder) -> None:
    brief = brief_of(folder)
    offer = post.hello(replace(brief, versions={**brief.versions, "new": "1"}))
    assert offer.differs == ("new is not there and not 1",)


def test_a_corpus_that_is_not_shared_is_named_and_can_be_sent(folder: RunFolder) -> None:
    brief, spec = brief_of(folder), folder.spec()
    corpus = Path(spec.corpus_ref)
    sent = cluster.folders(spec, product.load("zoo-perfect"), corpus)
    corpus.rename(corpus.with_name("elsewhere"))
    (why,) = post.hello(brief).differs
    assert str(corpus) in why
    assert post.hello(replace(brief, folders=sent)).differs == ()


def test_another_corpus_is_named(folder: RunFolder) -> None:
    corpus = Path(folder.spec().corpus_ref)
    (corpus / "page.html").write_bytes(b"<title>Another page</title>")
    (why,) = post.hello(brief_of(folder)).differs
    assert why.startswith("the corpus has changed")


def test_a_worker_without_the_product_or_a_browser_lacks_it(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(given: str | None) -> Path:
        raise UsageError("no Chromium found")

    monkeypatch.setattr(post, "find", none)
    monkeypatch.setattr(product.Product, "missing_programs", lambda self: ["squid"])
    offer = post.hello(brief_of(folder))
    assert (offer.differs, offer.lacks) == ((), ("squid is not installed", "no Chromium found"))


def test_a_scheduler_that_cannot_be_reached(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.2)
    with pytest.raises(UsageError, match="no scheduler answers at tcp:"):
        asyncio.run(cluster.carry_on(_setup(folder, Path()), Machines("tcp://127.0.0.1:9"), None))
    assert not folder.journal.exists()


def _setup(folder: RunFolder, browser: Path) -> Setup:
    spec = folder.spec()
    return Setup(folder, spec, *reopen(spec), browser, "0", now, live.Silent(), versions())


def _results(folder: RunFolder) -> list[bytes]:
    outputs.write(folder, derive(folder))
    return [(folder.derived / name).read_bytes() for name in ("verdicts.parquet", "decisions.json")]


@pytest.mark.browser
def test_a_local_cluster_comes_to_the_bytes_of_one_machine() -> None:
    with live.scratch() as tmp:
        corpus, criteria = (
            live.write_corpus(tmp / "corpus", CASES, FIXTURES),
            live.write_criteria(tmp / "criteria.toml"),
        )
        asked = Request("zoo-perfect", str(corpus), str(criteria), limits=live.PATIENT, jobs=2)
        one = plan(asked, tmp / "one", builders.NOW)
        many = plan(replace(asked, seed=2), tmp / "many", "2026-01-02T00:00:00Z")
        asyncio.run(live.session(one))
        (temporary := tmp / "temporary").mkdir()
        with live.temporary_in(temporary):
            asyncio.run(cluster.carry_on(_setup(many, find()), Machines(workers=2, send=True), None))
        assert [*temporary.iterdir()] == []
        assert many.seal_file.exists()
        ends = [(item["arm"], item["end"], item["fault"]) for item in live.attempts(many)]
        rules = {item.judgement.rule_id for item in derive(many).scored}
        assert rules == {"allowed.token", "blocked.error-status"}, ends
        assert _results(many) == _results(one)
        assert sum(int(row[3]) for row in course.machines(derive(many)).rows) == len(CASES)
