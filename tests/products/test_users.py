"""One running product that treats its users differently: the setting only says which of them the browser is."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.classify.fingerprint import matching
from harness.internet.ports import free_ports
from harness.model.words import Verdict
from harness.products import kinds
from harness.products.base import Context
from harness.profile import product as profiles
from harness.report import html
from harness.report.figures import side_by_side
from tests import live
from tests.products.test_proxies import asked

USERS = ("child", "teenager")
# Of e2guardian's own list phraselists/proxies/weighted: 50 and 20 points, then 50 more; limits are 50 and 100.
SOME = b"<!doctype html><title>t</title><p>A proxy may be told to allow cookies and to remove ads."
MORE = SOME + b" It may encode url after url too."
CASES = [
    live.block("adult", "http://adult.example/"),
    live.block("adult-tls", "https://adult.example/"),
    live.block("adult-page", "https://shared.example/adult/"),
    live.block("gambling", "http://gambling.example/"),
    live.block("gambling-tls", "https://www.gambling.example/"),
    live.block("gambling-page", "http://shared.example/gambling"),
    live.block("gambling-page-tls", "https://shared.example/gambling"),
    live.block("some", "http://some.example/", "some.html"),
    live.block("some-tls", "https://some.example/", "some.html"),
    live.block("more", "http://more.example/", "more.html"),
    live.block("more-tls", "https://more.example/", "more.html"),
    live.allow("plain", "http://plain.example/"),
    live.allow("plain-tls", "https://plain.example/"),
]
ANY = {"adult", "adult-tls", "adult-page", "more", "more-tls"}  # what is blocked for either


def lists(folder: Path) -> str:
    for name in ("adult", "gambling"):
        (folder / name).mkdir(parents=True)
        (folder / name / "domains").write_text(f"{name}.example\n", "utf-8")
        (folder / name / "urls").write_text(f"shared.example/{name}\n", "utf-8")
    return str(folder)


@pytest.mark.product("e2guardian-users")
def test_one_process_tells_its_users_by_the_port_they_connect_to() -> None:
    profile = profiles.load("e2guardian-users")
    urls = [f"http://{name}.example/" for name in ("adult", "gambling")]

    async def life(work: Path) -> dict[str, list[bool]]:
        params = profile.checked_params({"blocklists": lists(work / "lists"), "teenager_allows": "gambling lottery"})
        (work / "product").mkdir(mode=0o755)
        product = kinds.make(Context(profile, params, work / "product", free_ports(1)[0]))
        try:
            routes = {"child": await product.start("child")}
            await product.stop()
            routes["teenager"] = await product.start("teenager")
            ports = {name: urlsplit(route.proxy).port or 0 for name, route in routes.items()}
            assert len(set(ports.values())) == 2
            pages = profile.model_dump(mode="json")["fingerprint"]
            return {
                name: [bool(matching(await asyncio.to_thread(asked, port, url), pages)) for url in urls]
                for name, port in ports.items()
            }
        finally:
            await product.stop()

    with live.scratch() as work:
        assert asyncio.run(life(work)) == {"child": [True, True], "teenager": [True, False]}


@pytest.mark.browser
@pytest.mark.product("e2guardian-users")
def test_one_run_covers_both_users_and_the_report_sets_them_side_by_side(tmp_path: Path) -> None:
    corpus = live.write_corpus(tmp_path / "corpus", CASES, {"some.html": SOME, "more.html": MORE})
    params = {"blocklists": lists(tmp_path / "lists"), "teenager_allows": "gambling"}
    folder = live.planned(tmp_path, "e2guardian-users", corpus, params=params, settings=USERS)
    derived = live.carried_out(folder)
    assert derived.voids == ()
    blocked = {
        user: {
            item.case.case_id
            for item in derived.scored
            if item.setting == user and item.judgement.verdict is Verdict.BLOCKED
        }
        for user in USERS
    }
    assert blocked == {"child": {case.case_id for case in CASES[:-2]}, "teenager": ANY}
    assert {item.judgement.verdict for item in derived.scored} == {Verdict.BLOCKED, Verdict.ALLOWED}

    under, over = side_by_side(derived.rates, USERS)
    assert [(row.label, row.rate.k, row.rate.n) for row in under.rows] == [("child", 0, 11), ("teenager", 6, 11)]
    assert [(row.label, row.rate.k, row.rate.n) for row in over.rows] == [("child", 0, 2), ("teenager", 0, 2)]
    assert "The settings side by side" in html.report(folder, derived)
