"""Extension and policy against oracles of a few lines that say what each can express of the lists, no less and no more.

What `||` and `^` mean in a rule: https://developer.chrome.com/docs/extensions/reference/api/declarativeNetRequest; what
the entries of a policy mean: https://support.google.com/chrome/a/answer/9942583.
"""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from harness.model.words import Expectation, Metric, Outcome, Verdict
from tests import live
from tests.products.test_known_answer import SEED, Web, covers


def by_extension(web: Web, url: str) -> bool:
    """A listed page is stopped at the scheme's own port, spelt as listed but for case, and what goes on after it with
    any character but letters, digits and "_-.%"."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return web.stops(url, host_only=True) or any(
        covers(host, parts.netloc) and re.match(re.escape(f"/{path}") + r"([^\w.%-]|$)", target, re.I | re.A)
        for host, path in listed(web)
    )


def by_policy(web: Web, url: str) -> bool:
    """A listed page is stopped at every port, by the beginning of its path and by the keys and values of its query."""
    parts = urlsplit(url)
    return web.stops(url, host_only=True) or any(
        covers(host, (parts.hostname or "").rstrip("."))
        and parts.path.startswith(f"/{path.partition('?')[0]}")
        and set(filter(None, path.partition("?")[2].split("&"))) <= set(parts.query.split("&"))
        for host, path in listed(web)
    )


def listed(web: Web) -> list[tuple[str, str]]:
    """(host, path and query) of the listed pages, as a browser sends them."""
    return [(host, path) for host, _, path in (quote(page, safe="/?=").partition("/") for page in web.pages)]


def test_the_oracles_differ_from_the_lists_where_the_profiles_say_so() -> None:
    web = Web(SEED)
    cases = {item.case_id.removeprefix("http-"): item.url for item in web.cases() if item.case_id.startswith("http-")}

    def otherwise(oracle: Callable[[Web, str], bool]) -> set[str]:
        return {kind for kind, url in cases.items() if oracle(web, url) != web.stops(url)}

    assert otherwise(by_extension) == {"page-encoded", "page-port", "page-dot"}
    assert otherwise(by_policy) == {"page-encoded", "page-longer", "page-hyphen", "page-upper"}


@pytest.mark.browser(full=True)
@pytest.mark.parametrize(
    ("product", "params", "oracle", "mechanism"),
    [
        pytest.param("extension-blocker", {"action": "block"}, by_extension, "extension", id="extension-block"),
        pytest.param("urlblocklist", {}, by_policy, "policy", id="policy"),
    ],
)
def test_what_is_stopped_is_what_the_oracle_says(
    product: str, params: dict[str, str], oracle: Callable[[Web, str], bool], mechanism: str, tmp_path: Path
) -> None:
    web = Web(SEED)
    cases = web.cases()[::2]
    params = {"blocklists": str(web.write_lists(tmp_path / "lists")), **params}
    corpus = live.write_corpus(tmp_path / "corpus", cases)
    criteria = live.write_criteria(tmp_path / "criteria.toml", minimum_n=10, maximum_unscored=0)
    derived = live.carried_out(live.planned(tmp_path, product, corpus, criteria=criteria, params=params))
    assert derived.voids == ()
    assert [item for item in derived.scored if item.outcome is Outcome.UNSCORED] == []

    known = {case.url for case in cases if oracle(web, case.url)}
    blocked = {item.case.url for item in derived.scored if item.judgement.verdict is Verdict.BLOCKED}
    assert {"too much": blocked - known, "too little": known - blocked} == {"too much": set(), "too little": set()}
    assert {item.judgement.verdict for item in derived.scored} == {Verdict.BLOCKED, Verdict.ALLOWED}
    assert {item.judgement.mechanism for item in derived.scored} == {"", mechanism}

    wrong = {
        Metric.BAD_SITES_UNDER_BLOCK: [case for case in cases if case.expectation is Expectation.BLOCK],
        Metric.OK_SITES_OVER_BLOCK: [case for case in cases if case.expectation is Expectation.ALLOW],
    }
    counts = {rate.metric: rate.k for rate in derived.rates if rate.category == "overall"}
    for metric, those in wrong.items():
        assert counts[metric] == sum((case.url in known) is (case.expectation is Expectation.ALLOW) for case in those)
