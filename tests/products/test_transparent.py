"""A product in the path of connections that the browser makes as on any network."""

from pathlib import Path

import pytest

from harness.model.words import Verdict
from tests import live

CASES = (
    live.block("host", "http://bad.test/"),
    live.block("host-secure", "https://sub.bad.test/x?y=1"),
    live.block("host-dot-secure", "https://bad.test./"),
    live.block("path", "http://shared.example/bad/page.html"),
    live.block("path-secure", "https://shared.example/bad/"),
    live.block("other-port", "http://bad.test:8080/"),
    live.block("address-listed", "http://192.0.2.9/"),
    live.block("address-listed-secure", "https://192.0.2.9/"),
    live.block("address-path-secure", "https://192.0.2.80/bad"),
    live.allow("plain", "http://good.test/"),
    live.allow("secure", "https://good.test/"),
    live.allow("path-beside", "https://shared.example/good"),
    live.allow("address", "http://192.0.2.7/"),
    live.allow("name-alike", "http://notbad.test/"),
)

PLAIN = {"host", "path", "address-listed"}
SECURE_HOSTS = {"host-secure", "address-listed-secure"}
# What the profiles declare, case for case, and how a block on https shows.
WAYS = (
    (
        "squid-transparent",
        "inspect",
        {*PLAIN, *SECURE_HOSTS, "host-dot-secure", "path-secure", "address-path-secure"},
        "block-page",
    ),
    ("squid-transparent", "none", PLAIN, ""),
    ("e2guardian-transparent", "inspect", {*PLAIN, *SECURE_HOSTS, "host-dot-secure", "path-secure"}, "block-page"),
    ("e2guardian-transparent", "tunnel", {*PLAIN, *SECURE_HOSTS}, "reset"),
)


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.parametrize(
    ("product", "https", "filtered", "mechanism"),
    [pytest.param(*way, marks=pytest.mark.product(way[0]), id="-".join(way[:2])) for way in WAYS],
)
def test_what_passes_it_is_filtered_and_nothing_else(
    product: str, https: str, filtered: set[str], mechanism: str, tmp_path: Path
) -> None:
    lists = tmp_path / "lists" / "adult"
    lists.mkdir(parents=True)
    (lists / "domains").write_text("bad.test\n192.0.2.9\n")
    (lists / "urls").write_text("shared.example/bad\n192.0.2.80/bad\n")
    corpus = live.write_corpus(tmp_path / "corpus", CASES)
    criteria = live.write_criteria(tmp_path / "criteria.toml", bound=0.9, minimum_n=1)
    params = {"blocklists": str(tmp_path / "lists"), "https": https}
    derived = live.carried_out(live.planned(tmp_path, product, corpus, criteria=criteria, params=params))
    assert derived.voids == ()
    blocked = {item.case.case_id for item in derived.scored if item.judgement.verdict is Verdict.BLOCKED}
    allowed = {item.case.case_id for item in derived.scored if item.judgement.verdict is Verdict.ALLOWED}
    assert blocked == filtered
    assert allowed == {case.case_id for case in CASES} - blocked
    shown = {item.judgement.mechanism for item in derived.scored if item.case.case_id == "host-secure"}
    assert shown == {mechanism}
    routes = {fact["route"] for fact in derived.state.of_kind("identity")}
    assert len(routes) == 1
    assert "network namespace" in routes.pop()
