"""The certification report: what it says, what it must never say, and that nothing hostile gets into it alive."""

import os
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from harness.evidence import addenda
from harness.evidence.folder import RunFolder
from harness.model.addendum import Adjudication, ClauseJudgement, Finding
from harness.model.words import Decision, Verdict
from harness.report import html, outputs
from harness.report.derive import derive
from harness.report.witnesses import LISTED, SHOWN
from tests import builders
from tests.report import runs

SNAPSHOTS = Path(__file__).parent / "snapshots"
SHY, RLO, ZWSP, NUL = "\u00ad", "\u202e", "\u200b", "\0"
HOSTILE = f"\"'><script>alert(1)</script></style></title>{{{{ 7*7 }}}}{RLO}gpj.exe{ZWSP}{NUL}\x1b[2J<img src=http://evil.test/>"
PASSING = ("glyph-pass", "badge-pass", "decision-pass", "glyph-conditional-pass", "decision-conditional-pass")


def report(folder: RunFolder) -> str:
    return html.report(folder, derive(folder))


def body(text: str) -> str:
    return text.partition("</style>")[2]


def words(text: str) -> str:
    """The text of the page without its markup, white space folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body(text)))


class Elements(HTMLParser):
    """Every element with its attributes, and whatever is left open."""

    VOID = ("meta", "img", "br", "circle", "path", "rect", "line")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture
def mixed(tmp_path: Path) -> RunFolder:
    """Three wrong cases and one unscored."""
    fates = {"adult-00": "arrives", "adult-01": "altered", "news-01": "blocked", "adult-02": "challenged"}
    return runs.run(tmp_path / "run", runs.cases(12, 12), fates, shots={"adult-00": runs.JPEG, "news-01": b"GIF89a"})


def test_snapshot(mixed: RunFolder) -> None:
    text = re.sub(r"<style>.*?</style>", "<style></style>", report(mixed), flags=re.DOTALL)
    path = SNAPSHOTS / "mixed.html"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8"), (
        "if this is meant, run again with UPDATE_SNAPSHOTS=1 and look at the difference"
    )


def test_same_run_same_bytes_wherever_it_lies(mixed: RunFolder, tmp_path: Path) -> None:
    moved = mixed.path.rename(tmp_path / "elsewhere")
    assert report(RunFolder(moved)) == report(RunFolder(moved))
    assert str(tmp_path) not in report(RunFolder(moved))


def test_nothing_is_fetched_or_run(mixed: RunFolder) -> None:
    text = report(mixed)
    elements = Elements(text)
    assert (elements.open, elements.wrong) == ([], [])
    assert not {"script", "link", "iframe", "object", "base", "form"} & {tag for tag, _ in elements.seen}
    for tag, attributes in elements.seen:
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "#").startswith(("#", "report/cases", "blobs/"))
        assert (attributes.get("src") or "data:image/jpeg;base64,").startswith("data:image/jpeg;base64,"), tag
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in text
    assert "url(" not in text
    assert "@import" not in text


def test_headings_stand_in_order(mixed: RunFolder) -> None:
    levels = [int(tag[1]) for tag, _ in Elements(report(mixed)).seen if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_links_lead_somewhere(mixed: RunFolder) -> None:
    seen = Elements(report(mixed)).seen
    ids = [attributes["id"] for _, attributes in seen if "id" in attributes]
    assert len(set(ids)) == len(ids)
    links = [str(attributes["href"]) for tag, attributes in seen if tag == "a"]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    outputs.write(mixed, derive(mixed))
    for page in (mixed.path / "report.html", *(mixed.path / "report").glob("*.html")):
        elements = Elements(page.read_text("utf-8")).seen
        for file, _, anchor in (str(at["href"]).partition("#") for tag, at in elements if tag == "a"):
            target = (page.parent / file).resolve() if file else page
            assert target.is_file(), (page.name, file)
            assert not anchor or f'id="{anchor}"' in target.read_text("utf-8"), (page.name, anchor)


@pytest.mark.parametrize(
    ("fates", "criteria", "decision"),
    [
        ({}, {}, Decision.PASS),
        ({f"adult-{n:02}": "arrives" for n in range(4)}, {}, Decision.CONDITIONAL_PASS),
        ({f"adult-{n:02}": "arrives" for n in range(7)}, {}, Decision.CONDITIONAL_FAIL),
        ({f"adult-{n:02}": "arrives" for n in range(12)}, {}, Decision.FAIL),
        ({}, {"minimum_n": 99}, Decision.INCONCLUSIVE),
    ],
)
def test_decision_comes_first(tmp_path: Path, fates: dict[str, str], criteria: Any, decision: Decision) -> None:
    profile = builders.criteria(runs.BLOCK.model_copy(update=criteria), runs.ALLOW).model_dump(
        mode="json", by_alias=True
    )
    folder = runs.run(tmp_path / "run", runs.cases(12, 12), fates, criteria=profile)
    assert derive(folder).decision is decision
    shown = words(report(folder))
    headline = decision.value.capitalize()
    assert f"Decision {headline}" in shown
    assert shown.index(f"Decision {headline}") < shown.index("1 Criteria and clauses Each criterion")
    panel = body(report(folder)).partition('class="grounds"')[0]
    slug = decision.value.replace(" ", "-")
    assert re.findall(r'class="glyph (glyph-[a-z-]+)"', panel) == [f"glyph-{slug}"]
    assert re.findall(r'class="decision (decision-[a-z-]+)"', panel) == [f"decision-{slug}"]


def test_inconclusive_is_no_pass(tmp_path: Path) -> None:
    fates = {f"adult-{n:02}": "challenged" for n in range(12)}
    folder = runs.run(tmp_path / "run", runs.cases(12, 12), fates)
    shown = words(report(folder))
    assert "neither a pass nor a fail" in shown
    assert "No such page could be scored. 12 could not be scored." in shown
    assert "None of the 12 pages was blocked or altered by mistake." in shown
    assert 'class="decision decision-inconclusive"' in report(folder)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"stop": {"complete": False, "reason": "the product died"}}, "The run was stopped: the product died."),
        ({"stop": {}}, "The run is not finished"),
    ],
)
def test_void_carries_no_pass(tmp_path: Path, changes: Any, why: str) -> None:
    text = report(runs.run(tmp_path / "run", runs.cases(12, 12), **changes))
    assert not [mark for mark in PASSING if mark in body(text)]
    shown = words(text)
    assert why in shown
    assert re.search("Decision(, draft)? Void", shown)
    assert "Not valid for a decision." in shown
    assert "Not for signature" in shown
    assert "Signature" not in shown


def test_unsealed_is_a_draft(tmp_path: Path) -> None:
    text = report(runs.run(tmp_path / "run", runs.cases(12, 12), sealed=False))
    assert "Draft, not sealed" in text
    assert "<title>DRAFT: " in text
    assert "Not for signature" in words(text)
    sealed = words(report(runs.run(tmp_path / "sealed", runs.cases(12, 12))))
    assert "Draft: not issued by a laboratory" in sealed
    assert "not sealed" not in sealed


def test_what_a_product_cannot_do_is_said_whether_a_word_says_it_or_not(tmp_path: Path) -> None:
    product = {**runs.PRODUCT, "limit": [{"what": "paths", "when": {}, "text": "It sees names only."}]}
    shown = body(report(runs.run(tmp_path / "run", runs.cases(2, 2), product=product)))
    assert "<ul><li>It sees names only.</li><li>It does not exist.</li></ul>" in shown


def test_hostile_text_is_neither_alive_nor_unseen(tmp_path: Path) -> None:
    planned = [
        builders.case("case", url=f"http://case.test/{HOSTILE}", category=f"c{HOSTILE}", language=HOSTILE),
        builders.case("other", category="adult", lookalike_of=HOSTILE, expectation="allow"),
    ]
    limits = {"limitations": [HOSTILE], "limit": [{"what": "paths", "when": {}, "text": HOSTILE}]}
    product = {**runs.PRODUCT, "title": HOSTILE, "description": HOSTILE, **limits}
    told = {"title": HOSTILE, "text_start": HOSTILE, "error": HOSTILE, "final_url": f"http://x.test/{HOSTILE}"}
    criterion = builders.criterion(title=HOSTILE, source=HOSTILE, clause="4", age_band=HOSTILE[:80])
    tree = [
        {"id": "4", "title": HOSTILE, "assessed": "measured"},
        {"id": "5", "title": HOSTILE, "assessed": "by-hand", "note": HOSTILE},
    ]
    points = {"id": "s", "title": HOSTILE, "under": [0.1], "over": [0.1], "source": HOSTILE}
    profile = builders.criteria(
        criterion, title=HOSTILE, notice=HOSTILE, authority=HOSTILE, standard=HOSTILE[:90], clause=tree, score=[points]
    )
    folder = runs.run(
        tmp_path / "run",
        planned,
        {"case": "arrives", "other": "arrives"},
        seen={key: value for key, value in told.items() if key != "text_start"},
        product=product,
        identity={"version": HOSTILE},
        params={"lists": HOSTILE},
        criteria=profile.model_dump(mode="json", by_alias=True),
        stop={"complete": False, "reason": HOSTILE, "strays": {HOSTILE: 1}},
    )
    text = report(folder)
    elements = Elements(text)
    assert (elements.open, elements.wrong) == ([], [])
    assert "script" not in {tag for tag, _ in elements.seen}
    assert not [tag for tag, attributes in elements.seen if "evil.test" in str(attributes.get("src"))]
    assert text.count("</style>") == 1
    assert "{{ 7*7 }}" in text
    assert not [char for char in (RLO, ZWSP, NUL, "\x1b") if char in text]
    assert "‹U+202E›gpj.exe‹U+200B›‹U+0000›" in text
    assert not set(text) & {chr(code) for code in range(32)} - {"\n"}


TREE = [
    {"id": "4", "title": "Blocking", "assessed": "measured"},
    {"id": "9", "title": "Maintenance", "assessed": "by-hand", "note": "Whether updates arrive."},
    {"id": "10", "title": "Removal", "assessed": "by-hand", "note": "Whether only the parent can."},
    {"id": "11", "title": "Support", "assessed": "not-applicable", "note": "There is none to speak of."},
]


def judged(path: Path) -> RunFolder:
    """A run that passes by machine, with a clause tree of which one clause is judged."""
    profile = builders.criteria(runs.BLOCK, runs.ALLOW, clause=TREE, standard="PAS X").model_dump(
        mode="json", by_alias=True
    )
    return runs.run(path, runs.cases(12, 12), criteria=profile)


def add(folder: RunFolder, kind: type[Any], **parts: Any) -> None:
    who = {"author": "Ann <b>Other</b>", "reason": "Looked <script>", "blind": True, "date": builders.NOW}
    addenda.append(folder, kind(**{**who, **parts}))


def test_what_nobody_judged_is_said_and_decides_nothing(tmp_path: Path) -> None:
    text = words(report(judged(tmp_path / "run")))
    assert "2 clauses have been neither tried nor judged and are not part of this decision" in text
    assert text.count("Open: nobody has judged it") == 2
    assert "Nothing: no verdict was adjudicated" in text
    assert "PAS X, clause 4" in text


def test_what_people_add_stands_beside_what_the_machine_said(tmp_path: Path) -> None:
    folder = judged(tmp_path / "run")
    add(folder, ClauseJudgement, clause="9", finding=Finding.NOT_MET)
    said = {"machine_verdict": Verdict.BLOCKED, "machine_rule": "blocked.error-status", "setting": "moderate"}
    add(folder, Adjudication, case_id="adult-03", verdict=Verdict.ALLOWED, **said)
    add(folder, Adjudication, case_id="adult-03", verdict=Verdict.BLOCKED, **said, blind=False)
    text = report(folder)
    told = words(text)
    assert "<b>Other</b>" not in text
    assert "<script" not in text
    assert "Without what people added later, the decision was: Pass." in told
    assert "without them: Pass" in told
    assert "Clause 9, Maintenance : Ann &lt;b&gt;Other&lt;/b&gt; found it not met" in told
    assert (told.count("superseded"), told.count("; knew the product")) == (1, 1)
    assert derive(folder).decision is Decision.FAIL


def test_addresses_are_no_links(mixed: RunFolder) -> None:
    text = report(mixed)
    assert '<code class="url">http://adult-00.test/</code>' in text
    assert 'href="http' not in text


def test_only_jpegs_that_verify_are_shown(mixed: RunFolder) -> None:
    assert report(mixed).count("<img ") == 1
    for digest in list(mixed.blobs.digests()):
        mixed.blobs.path(digest).write_bytes(runs.JPEG + b" changed")
    assert "<img " not in report(mixed)


def test_lists_are_capped(tmp_path: Path) -> None:
    fates = {f"adult-{n:02}": "arrives" for n in range(LISTED + 7)}
    text = report(runs.run(tmp_path / "run", runs.cases(LISTED + 7, 1), fates))
    assert text.count('class="card ') == SHOWN
    assert f"The first {LISTED} of them" in words(text)
    assert "report/cases.html" in text
    assert len(text) < 1_000_000


def test_every_setting_has_its_own_results(tmp_path: Path) -> None:
    text = report(runs.run(tmp_path / "run", runs.cases(12, 12), settings=("moderate", "most")))
    shown = words(text)
    assert "Setting moderate (Moderate) Pass Pages that should be blocked" in shown
    assert "Setting most (Most restrictive) Pass Pages that should be blocked" in shown
    assert text.count('<table class="forest figure"') == 2


def test_says_how_to_repeat_the_run_without_saying_where(tmp_path: Path) -> None:
    folder = runs.run(
        tmp_path / "run",
        runs.cases(2, 2),
        {"adult-00": "arrives"},
        product_ref="/home/someone/my product",
        params={"lists": "/home/someone/lists"},
        params_digests={"lists": "ab" * 32},
        limit=4,
        seed=7,
    )
    shown = words(report(folder)).replace("&#39;", "'")
    assert (
        "harness certify './my product' --corpus test --criteria test --setting moderate --param lists=./lists "
        "--jobs 1 --seed 7 --limit 4 --timeout 15"
    ) in shown
    assert "/home/someone" not in shown


def test_a_run_without_records_still_makes_a_report(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.create(
        builders.spec(product={"name": "p", "title": "P", "kind": "proxy", "fingerprint": [], "error_page": []}),
        (builders.case(),),
    )
    assert "Decision, draft Void" in words(report(folder))
