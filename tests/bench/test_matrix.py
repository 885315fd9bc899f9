"""The known answers of the matrix are right, reserved and balanced, and its judge finds every deviation."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import matrix
from bench.known import Known, known
from bench.matrix import Row, Way
from harness.corpus.load import load as load_corpus
from harness.model.words import Expectation, Verdict
from harness.products import lists
from harness.profile.product import load
from harness.report.derive import Derived
from harness.score.outcome import score
from tests import builders


@settings(max_examples=20)
@given(st.integers(1, 400), st.integers())
def test_what_is_made_is_what_the_lists_say(count: int, seed: int) -> None:
    made = known(count, seed)
    assert len({item.url for item in made.visits}) == len(made.visits) == count
    for item in made.visits:
        assert re.search(r"[.](test|example)$|^192[.]0[.]2[.]|^198[.]51[.]100[.]", urlsplit(item.url).hostname or "")
        assert made.blocks(item.url) is item.block
        assert made.blocks(item.url, paths=False) is (item.block and not item.paths)
    assert abs(2 * sum(item.block for item in made.visits) - count) <= 1


def test_it_is_a_corpus_and_lists_that_the_harness_reads(tmp_path: Path) -> None:
    made = known(196, 1)
    made.write(tmp_path)
    cases = load_corpus(str(tmp_path / "corpus")).cases
    assert {(item.case_id, item.url) for item in cases} == {(item.case_id, item.url) for item in made.visits}
    hosts, pages = lists.read(tmp_path / "lists")
    assert ({*hosts.domains, *hosts.ips}, pages.urls) == ({*made.domains}, made.pages)
    assert hosts.skipped == pages.skipped == ()
    assert sum(item.url.startswith("https:") for item in made.visits) == 98


def test_the_oracle_by_hand() -> None:
    lists_only = Known((), ("bad.test",), ("site.test/a/b",))
    for url, paths, blocked in (
        ("http://bad.test/", True, True),
        ("http://www.bad.test/x?y=1", False, True),
        ("http://notbad.test/", True, False),
        ("http://bad.test.example/", True, False),
        ("http://site.test/a/b", True, True),
        ("http://site.test/a/b/c", True, True),
        ("http://www.site.test/a/b", True, True),
        ("http://site.test/a/bc", True, False),
        ("http://site.test/a", True, False),
        ("http://site.test/a/b", False, False),
    ):
        assert lists_only.blocks(url, paths) is blocked, url


def test_the_products_that_are_there_are_found_in_every_way() -> None:
    names = {way.name for way in matrix.ways(())}
    assert {"direct", "reference", "zoo-perfect", "squidguard https=inspect", "squidguard https=tunnel"} <= names
    assert not any(name.startswith("zoo-") for name in names - {"zoo-perfect"})
    assert matrix.ways(("squidguard:https=tunnel", "direct")) == [Way("squidguard", {"https": "tunnel"}), Way("direct")]


def judged(product: str, params: dict[str, str], seen: str) -> Row:
    """The row of a product with these lists that sees the paths of these schemes."""
    made, row = known(140, 1), Row(product)
    scored = []
    for item in made.visits:
        blocked = made.blocks(item.url, item.url.partition(":")[0] in seen.split())
        expectation = Expectation.BLOCK if item.block else Expectation.ALLOW
        case = builders.case(item.case_id, url=item.url, expectation=expectation)
        judgement = builders.judgement(Verdict.BLOCKED if blocked else Verdict.ALLOWED, mechanism="reset")
        scored.append(score(case, "moderate", judgement, builders.criteria()))
    derived = cast(Derived, SimpleNamespace(scored=scored, voids=()))
    matrix.judged(row, load(product), params, made, derived)
    return row


@pytest.mark.parametrize(
    ("product", "params", "seen", "wrong", "declared"),
    [
        ("squidguard", {"https": "inspect"}, "http https", 0, 0),
        ("squidguard", {"https": "inspect"}, "http", 10, 0),
        ("squidguard", {"https": "tunnel"}, "http", 0, 10),
        ("squidguard", {"https": "tunnel"}, "http https", 10, 10),
        ("squidguard", {"https": "tunnel"}, "", 10, 10),
        ("dnsmasq", {}, "", 10, 30),  # it blocks addresses, which it declares that it cannot
        ("zoo-perfect", {}, "http https", 0, 0),
        ("direct", {}, "http https", 70, 70),
    ],
)
def test_a_product_is_judged_by_what_it_declares(
    product: str, params: dict[str, str], seen: str, wrong: int, declared: int
) -> None:
    row = judged(product, params, seen)
    assert (len(row.wrong), row.declared, row.cases) == (wrong, declared, 140)
    assert row.holds is (wrong == 0)
    by_scheme = {scheme: {"reset": 35 if scheme in seen.split() else 25} for scheme in ("http", "https")}
    assert row.mechanisms == by_scheme


@pytest.mark.parametrize(
    ("product", "params", "http", "https"),
    [
        ("reference", {}, "host page port page-port address", "host page port page-port address"),
        ("direct", {}, "", ""),
        ("dnsmasq", {}, "host port", "host port"),
        ("e2guardian", {"https": "inspect"}, "host page port page-port address", "host page port address"),
        ("e2guardian", {"https": "tunnel"}, "host page port page-port address", "host port address"),
        ("e2guardian", {"https": "block-pages"}, "host page port page-port address", "host port address"),
        ("squid", {"https": "tunnel"}, "host page port page-port address", "host port address"),
        ("squid-transparent", {"https": "inspect"}, "host page address", "host page address"),
        ("squid-transparent", {"https": "none"}, "host page address", ""),
        ("extension-blocker", {}, "host page port page-port address", "host page port page-port address"),
    ],
)
def test_what_a_product_can_block_is_what_its_profile_says(
    product: str, params: dict[str, str], http: str, https: str
) -> None:
    """Of a listed host, page and address, each in its place and at another port."""
    answers = Known((), ("bad.test", "192.0.2.1"), ("one.test/page",))
    urls = {
        "host": "bad.test/",
        "page": "one.test/page",
        "port": "bad.test:8080/",
        "page-port": "one.test:8080/page",
        "address": "192.0.2.1/",
        "other": "good.test/",
    }
    for scheme, blocked in (("http", http), ("https", https)):
        found = [
            name for name, rest in urls.items() if matrix.blocks(answers, load(product), params, f"{scheme}://{rest}")
        ]
        assert found == blocked.split()


def test_a_product_that_is_not_installed_has_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = load("direct").model_copy(update={"install": load("squidguard").install})
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("harness.profile.product.which", lambda name: None)
    monkeypatch.setattr(matrix, "load", lambda name: lacking)
    row = matrix.measured(Way("direct"), known(10, 1), tmp_path, tmp_path, 1)
    assert row.why == "not installed: squid, squidGuard"
    assert not row.holds
