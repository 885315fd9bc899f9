"""The known answers of the matrix are right, reserved and balanced, and its judge finds every deviation."""

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
        assert (urlsplit(item.url).hostname or "").endswith((".test", ".example"))
        assert made.blocks(item.url) is item.block
        assert made.blocks(item.url, paths=False) is (item.block and not item.paths)
    assert abs(2 * sum(item.block for item in made.visits) - count) <= 1


def test_it_is_a_corpus_and_lists_that_the_harness_reads(tmp_path: Path) -> None:
    made = known(200, 1)
    made.write(tmp_path)
    cases = load_corpus(str(tmp_path / "corpus")).cases
    assert {(item.case_id, item.url) for item in cases} == {(item.case_id, item.url) for item in made.visits}
    hosts, pages = lists.read(tmp_path / "lists")
    assert (hosts.domains, pages.urls) == (made.domains, made.pages)
    assert hosts.skipped == pages.skipped == ()
    assert sum(item.url.startswith("https:") for item in made.visits) == 100


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
    made, row = known(100, 1), Row(product)
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
        ("dnsmasq", {}, "", 0, 20),
        ("zoo-perfect", {}, "http https", 0, 0),
        ("direct", {}, "http https", 50, 50),
    ],
)
def test_a_product_is_judged_by_what_it_declares(
    product: str, params: dict[str, str], seen: str, wrong: int, declared: int
) -> None:
    row = judged(product, params, seen)
    assert (len(row.wrong), row.declared, row.cases) == (wrong, declared, 100)
    assert row.holds is (wrong == 0)
    by_scheme = {scheme: {"reset": 25 if scheme in seen.split() else 15} for scheme in ("http", "https")}
    assert row.mechanisms == by_scheme


@pytest.mark.parametrize(
    ("product", "params", "http", "https"),
    [
        ("reference", {}, 2, 2),
        ("direct", {}, 0, 0),
        ("dnsmasq", {}, 1, 1),
        ("e2guardian", {"https": "inspect"}, 2, 2),
        ("e2guardian", {"https": "tunnel"}, 2, 1),
        ("e2guardian", {"https": "block-pages"}, 2, 1),
        ("squid", {"https": "tunnel"}, 2, 1),
        ("squid-transparent", {"https": "none"}, 2, 0),
        ("extension-blocker", {}, 2, 2),
    ],
)
def test_what_a_product_can_block_is_what_its_profile_says(
    product: str, params: dict[str, str], http: int, https: int
) -> None:
    """Of a listed host and a listed page: both, the host alone, or nothing."""
    answers = Known((), ("bad.test",), ("one.test/page",))
    for scheme, count in (("http", http), ("https", https)):
        urls = (f"{scheme}://bad.test/", f"{scheme}://one.test/page")
        found = [matrix.blocks(answers, load(product), params, url) for url in urls]
        assert found == [count > 0, count > 1]


def test_a_product_that_is_not_installed_has_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = load("direct").model_copy(update={"install": load("squidguard").install})
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("harness.profile.product.which", lambda name: None)
    monkeypatch.setattr(matrix, "load", lambda name: lacking)
    row = matrix.measured(Way("direct"), known(10, 1), tmp_path, tmp_path, 1)
    assert row.why == "not installed: squid, squidGuard"
    assert not row.holds
