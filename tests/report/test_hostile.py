"""Every page made of what others wrote, in a real browser: nothing runs, nothing is fetched, nothing misleads."""

import csv
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, sync_playwright

from harness.browser.find import find
from harness.cli.main import cli
from tests.report import hostile

# What makes pages, and where; a line adds some. RUN is a hostile run, OTHER the same anew, CORPUS a hostile corpus.
COMMANDS = {
    "report": ("score RUN", "RUN"),
    "comparison": ("compare RUN OTHER --out compared", "compared"),
    "corpus": ("corpus stats CORPUS --out CORPUS/page.html", "CORPUS"),
    "failures": ("failures RUN --baseline OTHER --out failures", "failures"),
}
# Bidirectional controls, zero-width and other unseen characters, controls.
MISLEADING = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff]"
)
WIDTH = 360  # of a phone
LOOK = """() => ({
  text: document.documentElement.innerText + document.title,
  wide: document.documentElement.scrollWidth,
  wider: [...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll, .sr, svg, table") &&
    e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 200)).slice(0, 3),
  handlers: [...document.querySelectorAll("*")].filter(e => [...e.attributes].some(a => /^on/i.test(a.name))).length,
  active: document.querySelectorAll("iframe, object, embed, base, form, link, meta[http-equiv=refresh]").length,
  scripts: [...document.scripts].map(e => e.textContent),
  links: [...document.querySelectorAll("[href], [src]")].map(e => e.href?.baseVal ?? e.href ?? e.src),
  policy: document.querySelector("meta[http-equiv=Content-Security-Policy]")?.content,
})"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder with the pages of each maker."""
    home = tmp_path_factory.mktemp("hostile")
    hostile.folder(home / "RUN")
    hostile.folder(home / "OTHER", seed=2)
    hostile.corpus(home / "CORPUS")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        for command, _ in COMMANDS.values():
            ended = CliRunner().invoke(cli, command.split(), standalone_mode=False)
            assert ended.exception is None, ended.output
    return {name: home / place for name, (_, place) in COMMANDS.items()}


@pytest.mark.browser
def test_nothing_runs_nothing_is_fetched_nothing_misleads(made: dict[str, Path]) -> None:
    happened: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find())
        # Without the page's policy, which would hide what is alive in it.
        context = browser.new_context(viewport={"width": WIDTH, "height": 800}, bypass_csp=True)
        context.expose_function("sentinel", lambda: happened.append("a script ran"))
        tab = context.new_page()
        tab.on("dialog", lambda dialog: happened.append(dialog.message))
        tab.on("request", lambda request: happened.append(request.url) if not _own(request.url, made) else None)
        tab.on("pageerror", lambda error: happened.append(str(error)))
        context.on("page", lambda page: happened.append(f"opened {page.url}"))
        opened = [page for folder in made.values() for page in sorted(folder.rglob("*.html"))]
        for page in opened:
            _look(tab, page, happened)
        browser.close()
    assert len(opened) > 8


def _look(tab: Page, page: Path, happened: list[str]) -> None:
    tab.goto(page.as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    seen: dict[str, Any] = tab.evaluate(LOOK)
    where = page.name
    assert happened == [], where
    assert (seen["handlers"], seen["active"]) == (0, 0), where
    assert not MISLEADING.findall(seen["text"]), where
    assert (seen["wide"], seen["wider"]) == (WIDTH, []), where
    assert "default-src 'none'" in seen["policy"], where
    assert all("sentinel" not in script for script in seen["scripts"]), where
    assert all(link.startswith(("file:", "data:image/")) for link in seen["links"]), where
    assert str(7 * 191) not in seen["text"], where


def _own(url: str, made: dict[str, Path]) -> bool:
    return url.startswith(("data:image/", *(folder.as_uri() for folder in made.values())))


def test_payloads_are_there_as_text(made: dict[str, Path]) -> None:
    """So that the test above has looked at something."""
    text = "".join(page.read_text("utf-8") for page in (made["report"] / "report").glob("*.html"))
    for payload in ("script", "attribute", "template", "style", "markdown", "formula"):
        start = hostile.PAYLOADS[payload][:30]
        assert start.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;").replace('"', "&#34;") in text, (
            payload
        )


def test_no_cell_is_a_formula(made: dict[str, Path]) -> None:
    csv.field_size_limit(sys.maxsize)
    files = [file for name, folder in made.items() if name != "corpus" for file in folder.rglob("*.csv")]
    assert files
    for file in files:
        with file.open(encoding="utf-8", newline="") as text:
            cells = [cell for row in csv.reader(text) for cell in row]
        assert not [cell[:50] for cell in cells if cell[:1] in "=+@\t\r-" and cell and not _number(cell)], file.name


def _number(cell: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9.]+(?:e[+-]?[0-9]+)?", cell) is not None
