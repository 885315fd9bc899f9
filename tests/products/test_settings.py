"""The same pages at different settings of one real product, among them the product as it comes."""

from pathlib import Path

import pytest

from harness.model.words import Verdict
from tests import live

CASES = [
    live.block("advert", "http://ads.banner.example/page.html"),
    live.block("advert-tls", "https://ads.banner.example/"),
    live.block("listed", "http://shut.example/"),
    live.block("listed-tls", "https://shut.example/"),
    live.allow("garden", "http://garden.example/"),
    live.allow("garden-tls", "https://garden.example/"),
]


@pytest.mark.browser
@pytest.mark.product("privoxy")
def test_privoxy_as_installed_stops_adverts_and_configured_what_is_listed(tmp_path: Path) -> None:
    (tmp_path / "lists" / "adult").mkdir(parents=True)
    (tmp_path / "lists" / "adult" / "domains").write_text("shut.example\n", "utf-8")
    corpus = live.write_corpus(tmp_path / "corpus", CASES)
    params = {"blocklists": str(tmp_path / "lists")}
    settings = ("as-installed", "moderate")
    derived = live.carried_out(live.planned(tmp_path, "privoxy", corpus, params=params, settings=settings))
    assert derived.voids == ()
    found = {(item.setting, item.case.case_id): item.judgement.verdict for item in derived.scored}
    gardens = {(setting, name): Verdict.ALLOWED for setting in settings for name in ("garden", "garden-tls")}
    assert found == gardens | {
        # Its page has a link "go there anyway"; nothing says so where https is not decrypted.
        ("as-installed", "advert"): Verdict.WARNED,
        ("as-installed", "advert-tls"): Verdict.BLOCKED,
        ("as-installed", "listed"): Verdict.ALLOWED,
        ("as-installed", "listed-tls"): Verdict.ALLOWED,
        ("moderate", "advert"): Verdict.ALLOWED,
        ("moderate", "advert-tls"): Verdict.ALLOWED,
        ("moderate", "listed"): Verdict.BLOCKED,
        ("moderate", "listed-tls"): Verdict.BLOCKED,
    }
    asked = {(fact["setting"], fact["which"]) for fact in derived.state.of_kind("canary")}
    assert asked == {("as-installed", "allow"), ("moderate", "allow"), ("moderate", "block")}
