"""A product in the path of connections that the browser makes as on any network."""

from pathlib import Path

import pytest

from harness.model.words import Verdict
from tests import live

CASES = (
    live.block("host", "http://bad.test/"),
    live.block("host-secure", "https://sub.bad.test/x?y=1"),
    live.block("path", "http://shared.example/bad/page.html"),
    live.block("path-secure", "https://shared.example/bad/"),
    live.block("other-port", "http://bad.test:8080/"),
    live.allow("plain", "http://good.test/"),
    live.allow("secure", "https://good.test/"),
    live.allow("path-beside", "https://shared.example/good"),
    live.allow("address", "http://192.0.2.7/"),
    live.allow("name-alike", "http://notbad.test/"),
)


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.product("squid-transparent")
@pytest.mark.parametrize("https", ["inspect", "none"])
def test_what_passes_it_is_filtered_and_nothing_else(tmp_path: Path, https: str) -> None:
    lists = tmp_path / "lists" / "adult"
    lists.mkdir(parents=True)
    (lists / "domains").write_text("bad.test\n")
    (lists / "urls").write_text("shared.example/bad\n")
    corpus = live.write_corpus(tmp_path / "corpus", CASES)
    criteria = live.write_criteria(tmp_path / "criteria.toml", bound=0.9, minimum_n=1)
    params = {"blocklists": str(tmp_path / "lists"), "https": https}
    derived = live.carried_out(live.planned(tmp_path, "squid-transparent", corpus, criteria=criteria, params=params))
    assert derived.voids == ()
    blocked = {item.case.case_id for item in derived.scored if item.judgement.verdict is Verdict.BLOCKED}
    allowed = {item.case.case_id for item in derived.scored if item.judgement.verdict is Verdict.ALLOWED}
    assert blocked == {"host", "path", *(("host-secure", "path-secure") if https == "inspect" else ())}
    assert allowed == {case.case_id for case in CASES} - blocked
    routes = {fact["route"] for fact in derived.state.of_kind("identity")}
    assert len(routes) == 1
    assert "network namespace" in routes.pop()
