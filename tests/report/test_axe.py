"""Every page in a real browser, judged by axe-core: WCAG 2.2 AA in light and dark, at 320 px, and by keyboard alone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import Page, ViewportSize, sync_playwright

from harness.assess.app import page
from harness.assess.desk import Desk
from harness.browser.find import find
from harness.cli.main import cli
from harness.evidence.folder import RunFolder
from harness.report import outputs
from harness.report.assessing import next_open
from harness.report.derive import derive
from tests import builders
from tests.assess.test_desk import run as asked
from tests.corpus.made import with_fixtures
from tests.report import kinds, runs, stated
from tests.report.test_corpus_page import ROWS

WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
LEAN = {"resultTypes": ["violations"], "preload": False, "elementRef": False, "iframes": False}
DESK: ViewportSize = {"width": 1200, "height": 900}
PHONE: ViewportSize = {"width": 320, "height": 700}
# All rules in light; elsewhere those that colours, or a narrow page, make a difference to.
PASSES: tuple[tuple[Literal["light", "dark"], ViewportSize, object], ...] = (
    ("light", DESK, WCAG),
    ("dark", DESK, ["color-contrast", "link-in-text-block"]),
    ("light", PHONE, ["target-size", "scrollable-region-focusable", "label-content-name-mismatch"]),
)
# What axe and the keyboard must find something wrong with.
BAD = """<!doctype html><html><title>Bad</title><style>@media (prefers-color-scheme: dark) { p { color: #555;
background: #444 } } a { outline: none !important } div { width: 900px }</style><img src="data:,"><p>Dark on dark</p>
<div><a href="#">one</a></div></html>"""
# What can be reached by keyboard, and has room on the page; of radio buttons that belong together, one.
REACHABLE = """() => [...document.querySelectorAll(
    "a[href], button, summary, input:not([type=hidden]), select, textarea, [tabindex='0']")]
  .filter(e => !e.disabled && (e.type !== "radio" || e === (document.querySelector(`[name=${e.name}]:checked`)
    ?? document.querySelector(`[name=${e.name}]`))))
  .filter(e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length)
  .map(e => e.outerHTML.slice(0, 120))"""
FOCUSED = """() => {
  const e = document.activeElement, s = getComputedStyle(e);
  return e === document.body ? null
    : [e.outerHTML.slice(0, 120), s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2];
}"""


def reported(kind: str) -> Callable[[Path], Iterator[Path]]:
    return lambda folder: _written(kinds.KINDS[kind](folder / "run"))


def with_cases(folder: Path) -> Iterator[Path]:
    """A report on open and sealed cases, and the pages beside it."""
    (report,) = _written(kinds.with_parts(folder / "run"))
    yield from (report, *sorted(report.parent.glob("report/*.html")))


def with_checks(folder: Path) -> Iterator[Path]:
    """The page on which the tries of checks lie open."""
    (report,) = _written(kinds.checked(folder / "run"))
    yield report.parent / "report" / "checks.html"


def stated_and_pictured(folder: Path) -> Iterator[Path]:
    """A report of a laboratory, with screenshots."""
    shots = {f"adult-{number:02}": runs.JPEG for number in range(4)}
    run = kinds.made(folder / "run", kinds.through(5), shots=shots)
    stated.state(run)
    return _written(run)


def two_runs(command: str) -> Callable[[Path], Iterator[Path]]:
    def make(folder: Path) -> Iterator[Path]:
        one, two = (kinds.made(folder / name, kinds.through(count)) for name, count in (("one", 2), ("two", 9)))
        _harness(command, *(str(run.path) for run in (one, two)), "--out", str(folder / "out"))
        yield from sorted((folder / "out").glob("*.html"))

    return make


def corpus(folder: Path) -> Iterator[Path]:
    _harness("corpus", "stats", with_fixtures(folder / "small", ROWS), "--out", str(folder / "corpus.html"))
    yield folder / "corpus.html"


def desk(folder: Path) -> Iterator[Path]:
    """The pages on which people judge."""
    seat = Desk(asked(folder / "run"), None, lambda: builders.NOW)
    seat.sit("Ann Other", blind=True)
    seat.judge("7", "met", "Seen.", [("shot.png", b"picture")])
    agenda = seat.agenda
    made = {
        "overview": page(seat, "", "overview", next=next_open(agenda)),
        "clause": page(seat, "", "clause", "say why", item=agenda.clauses[1], finding="met", reason="Seen."),
        "case": page(seat, "", "case", doubt=agenda.doubts[0], verdict="", reason=""),
    }
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
        yield folder / f"{name}.html"


# What makes pages; a line adds some.
MAKERS: dict[str, Callable[[Path], Iterator[Path]]] = {
    **{kind: reported(kind) for kind in ("void", "not-sealed", "judged", "checks-broken")},
    "stated and pictured": stated_and_pictured,
    "with cases": with_cases,
    "with checks": with_checks,
    "comparison": two_runs("compare"),
    "failures": two_runs("failures --baseline"),
    "corpus": corpus,
    "desk": desk,
}


def _written(run: RunFolder) -> Iterator[Path]:
    outputs.write(run, derive(run))
    yield run.path / "report.html"


def _harness(command: str, *arguments: str) -> None:
    ended = CliRunner().invoke(cli, [*command.split(), *arguments], standalone_mode=False)
    assert ended.exception is None, ended.output


@pytest.mark.browser
def test_no_page_shuts_anybody_out(tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text(BAD, "utf-8")
    found, seen = [], 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find())
        tab = browser.new_page()
        tab.goto(bad.as_uri())
        assert len(list(_flaws(tab))) == 6
        for name, make in MAKERS.items():
            for path in make(tmp_path / name):
                seen += 1
                tab.goto(path.as_uri())
                found += [f"{name}: {path.name}: {flaw}" for flaw in _flaws(tab)]
        browser.close()
    assert found == []
    assert seen > 15


def _flaws(tab: Page) -> Iterator[str]:
    for scheme, size, rules in PASSES:
        tab.emulate_media(color_scheme=scheme)
        tab.set_viewport_size(size)
        for violation in Axe().run(tab, options={"runOnly": rules, **LEAN}).response["violations"]:
            nodes = violation["nodes"]
            yield f"{scheme} {size['width']}: {violation['id']}: {len(nodes)} times: {nodes[0]['html'][:200]}"
    wide = tab.evaluate("document.documentElement.scrollWidth")
    if wide > PHONE["width"]:
        yield f"is {wide} px wide on a screen of {PHONE['width']}"
    yield from _keyboard(tab)


def _keyboard(tab: Page) -> Iterator[str]:
    """Each Tab goes on to the next thing to act on, in the order of the page, and shows where it is."""
    tab.set_viewport_size(DESK)
    if not tab.evaluate(
        "() => { const e = document.querySelector('a.skip'); return e && document.querySelector(e.hash) }"
    ):
        yield "no link skips to the content"
    expected = tab.evaluate(REACHABLE)
    for number, element in enumerate(expected[:40]):
        tab.keyboard.press("Tab")
        focused = tab.evaluate(FOCUSED)
        if not focused or focused[0] != element:
            yield f"Tab {number + 1} does not reach {element} but {focused}"
            return
        if not focused[1]:
            yield f"{element} does not show that it has the focus"
