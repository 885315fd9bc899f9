"""The pages of a comparison: what they say and never say, that they stand alone, and what their script does."""

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from harness.browser.find import find
from harness.evidence import addenda
from harness.report import compared, comparison_view
from harness.report.compare import comparison
from tests.report import runs, stated
from tests.report.test_html import HOSTILE, Elements, words

MISSES = {f"adult-{number:02}": "arrives" for number in range(20)}
ROWS = "[...document.querySelectorAll('.league tbody tr:not([hidden]) .run')].map(run => run.innerText.at(-1))"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A good run, a bad one, an unsealed and a void one, with two flips on a page."""
    folder = tmp_path_factory.mktemp("compared")
    planned = runs.cases(24, 24)
    runs.run(folder / "good", planned)
    runs.run(folder / "bad", planned, {**MISSES, "news-00": "blocked"}, seed=2, identity={"version": "1.3"})
    runs.run(folder / "loose", planned, seed=3, sealed=False)
    runs.run(folder / "dead", planned, seed=4, stop={"complete": False, "reason": "the product died"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison_view, "PAGE", 2)
        return compared.files(comparison([str(folder / name) for name in ("good", "bad", "loose", "dead")], (), 0.95))


def pages(site: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in site.items() if name.endswith(".html")}


def test_the_best_and_whether_that_is_certain_come_first(site: dict[str, str]) -> None:
    said = words(site["index.html"])
    assert "Who is best? 1 Acme Filter 1.2 It is shown better than every other ranked run" in said
    assert "1 Acme Filter 1.2 0.0% (0 of 24) Certain: shown better than every other ranked run." in said
    assert "Not certain: the tests do not tell it apart from 2." in said
    assert said.index("Who is best?") < said.index("Read with care") < said.index("League table")


def test_void_and_unsealed_runs_have_no_place_and_void_ones_no_figures(site: dict[str, str]) -> None:
    rows = re.findall(r'<tr role="row"(?: class="\w+")? data-product.*?</tr>', site["index.html"], re.DOTALL)
    told = [re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", row)).strip() for row in rows]
    assert [text.split(" ")[0] for text in told] == ["1", "2", "no", "no"]
    assert "Run 3 Acme" in told[2]
    assert "not sealed: nothing shows" in told[2]
    assert "Void No place: void: the test is not valid" in told[3]
    assert "%" not in told[3]
    assert "badge-pass" not in rows[3]
    assert "4 Acme" not in site["categories.html"].partition("<main")[2].partition("Void runs prove nothing")[0]
    assert "4 Acme" not in re.findall('<svg class="field".*?</svg>', site["index.html"], re.DOTALL)[0]
    assert "Acme Filter 1.2 4" not in words(site["trend.html"])


def test_every_page_stands_alone(site: dict[str, str]) -> None:
    for name, text in pages(site).items():
        elements = Elements(text)
        assert (elements.open, elements.wrong) == ([], []), name
        tags = [tag for tag, _ in elements.seen]
        assert tags.count("script") == 1
        assert not {"link", "iframe", "object", "base", "form", "img"} & set(tags)
        for _, attributes in elements.seen:
            assert not [key for key in attributes if key.startswith("on") or key == "src"]
            href = attributes.get("href") or "#main"
            assert href == "#main" or href in site, f"{name}: {href}"
        ids = [attributes["id"] for _, attributes in elements.seen if "id" in attributes]
        assert len(set(ids)) == len(ids), name
        levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), name
        script = re.findall("<script>(.*?)</script>", text, re.DOTALL)[0]
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in text
        assert "url(" not in text


def test_every_page_is_reached_from_the_first(site: dict[str, str]) -> None:
    found, left = set(), ["index.html"]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [file for file in re.findall('href="([^"#]+)"', site[name]) if name.endswith(".html")]
    assert found == set(site)


def test_flips_are_paged_and_each_stands_once(site: dict[str, str]) -> None:
    lists = [text for name, text in sorted(site.items()) if name.startswith("flips-1-2-")]
    assert len(lists) == 11
    shown = [case for text in lists for case in re.findall(r'<span class="sub">((?:adult|news)-\d\d)</span>', text)]
    assert shown == [*MISSES, "news-00"]
    assert 'href="flips-1-2-002.html" rel="next"' in lists[0]
    assert 'href="flips-1-2-010.html" rel="prev"' in lists[-1]
    assert "correct blocked by blocked.error-status under-blocked allowed by allowed.token" in words(lists[1])


def test_two_tests_of_one_product_are_told(site: dict[str, str]) -> None:
    said = words(site["agreement.html"])
    assert "1 Acme Filter 1.2 and 3 Acme Filter 1.2 are two tests of the same product" in said
    assert "Nothing shows that different laboratories made them." in said
    assert "2 Acme Filter 1.3 are two tests" not in said


def test_two_laboratories_are_told(tmp_path: Path) -> None:
    for number, name in ((1, "Example test house"), (2, "Other test house")):
        folder = runs.run(tmp_path / f"{number}", runs.cases(6, 6), seed=number)
        addenda.state(folder, stated.statement(stated.laboratory(name=name)))
    made = compared.files(comparison([str(tmp_path / "1"), str(tmp_path / "2")], (), 0.95))
    assert "Two laboratories made them: Example test house and Other test house." in words(made["agreement.html"])
    assert "They gave the same verdict on 12 of 12 pages (100.0%)." in words(made["agreement.html"])
    assert "Other test house" in words(made["index.html"])


def test_hostile_text_is_neither_alive_nor_unseen(tmp_path: Path) -> None:
    product = {**runs.PRODUCT, "title": HOSTILE}
    planned = [replace(case, category=f"c{HOSTILE}") for case in runs.cases(6, 6)]
    for number, fates in enumerate(({}, {"adult-00": "arrives"})):
        told: dict[str, Any] = {"product": product, "seen": {"title": HOSTILE}, "identity": {"version": HOSTILE}}
        runs.run(tmp_path / f"<i>{number}", planned, fates, seed=number, **told)
    made = compared.files(comparison([str(tmp_path / f"<i>{number}") for number in (0, 1)], (), 0.95))
    for name, text in pages(made).items():
        seen = [tag for tag, _ in Elements(text).seen]
        assert seen.count("script") == 1, name
        assert "img" not in seen
        assert "<i>0" not in text
        assert not [char for char in "\u00ad\u202e\u200b\0\x1b" if char in text], name
    assert "‹U+202E›" in made["index.html"]


def test_nobody_is_ranked_where_nobody_can_be(tmp_path: Path) -> None:
    for number in (1, 2):
        runs.run(tmp_path / f"{number}", runs.cases(24, 24), seed=number, sealed=False)
    made = compared.files(comparison([str(tmp_path / "1"), str(tmp_path / "2")], (), 0.95))
    assert "Who is best? No ranking No run has a place" in words(made["index.html"])
    assert "Fewer than two runs have a place" in words(made["differences.html"])


@pytest.mark.browser
def test_tables_sort_and_filter_by_keyboard_and_read_without_scripts(site: dict[str, str], tmp_path: Path) -> None:
    for name, text in site.items():
        (tmp_path / name).write_text(text, "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find())
        tab = browser.new_page(viewport={"width": 1200, "height": 900})
        problems: list[str] = []
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("console", lambda message: problems.append(message.text))
        tab.goto((tmp_path / "index.html").as_uri())
        assert tab.evaluate(ROWS) == ["1", "2", "3", "4"]
        button = tab.get_by_role("button", name="Under-blocking")
        for pressed, order in (("ascending", "1324"), ("descending", "4213")):
            button.press("Enter")
            assert "".join(tab.evaluate(ROWS)) == order
            assert tab.locator("th[aria-sort]").get_attribute("aria-sort") == pressed
            assert tab.locator("th[aria-sort]").inner_text().startswith("Under-blocking")
        tab.get_by_label("Decision").select_option("Void")
        assert tab.evaluate(ROWS) == ["4"]
        assert tab.get_by_role("status").inner_text() == "1 of 4 rows shown"
        tab.get_by_label("Decision").select_option("all")
        tab.get_by_label("Find").fill("1.3")
        assert tab.evaluate(ROWS) == ["2"]
        plain = browser.new_context(java_script_enabled=False).new_page()
        plain.goto((tmp_path / "index.html").as_uri())
        assert plain.get_by_role("button").count() == plain.locator(".tools").count() == 0
        assert plain.locator(".league tbody tr").count() == 4
        assert problems == []
        browser.close()
