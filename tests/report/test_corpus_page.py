"""The page on a corpus: what it says, that it stands alone, and that nothing hostile gets into it alive."""

import os
import re
from pathlib import Path

import pytest

from harness.corpus.check import check, digest
from harness.corpus.findings import KINDS
from harness.report import corpus_page
from harness.report.corpus_page import Axis, axis, page
from tests.corpus.made import SHEET, corpus, with_fixtures
from tests.report.test_html import HOSTILE, SNAPSHOTS, Elements, body, words

ROWS = [
    "a,http://one.test/,adult,block,a.html,en,,,2,list",
    "b,https://www.one.test/x/y?q=%20,adult,block,b.html,en,,,,list",
    "c,http://two.test/A//b,hate,block,,,dead",
    "d,http://0x7f.1:8080/,news,allow,,cy,,adult",
    "e,https://b\u00fccher.test/#f,health,allow,silent.html,de,,hate",
]


@pytest.fixture
def small(tmp_path: Path) -> str:
    return with_fixtures(tmp_path / "small", ROWS)


def shown(path: str) -> str:
    return page(check(path), digest(path))


def test_snapshot(small: str) -> None:
    text = re.sub(r"<style>.*?</style>", "<style></style>", shown(small), flags=re.DOTALL)
    path = SNAPSHOTS / "corpus.html"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8"), (
        "if this is meant, run again with UPDATE_SNAPSHOTS=1 and look at the difference"
    )


def test_same_corpus_same_bytes_wherever_it_lies(small: str, tmp_path: Path) -> None:
    first = shown(small)
    moved = Path(small).rename(tmp_path / "elsewhere")
    assert shown(str(moved)) == first
    assert str(tmp_path) not in first


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        (["a,http://one.test/,adult,block", "b,http://one.test/,news,allow"], "Refused"),
        (["a,http://one.test/,adult,block"], "Open to attack"),
        (
            [
                f"{label[:1]}{n},http://{label[:1]}{n}.test/p,{label},,{'en' if n % 2 else 'cy'},,{topic},,list"
                for label, topic in (("adult,block", ""), ("news,allow", "adult"))
                for n in range(20)
            ],
            "Nothing amiss",
        ),
        (["a,nowhere,adult,block"], "Refused"),
    ],
    ids=["errors", "warnings", "notes", "no good row"],
)
def test_the_check_comes_first(rows: list[str], headline: str, tmp_path: Path) -> None:
    said = words(shown(corpus(tmp_path / "c", rows)))
    assert f"Check {headline}" in said
    assert said.index(f"Check {headline}") < said.index("1 Findings An error")


def test_every_kind_found_is_told_with_its_reason(small: str) -> None:
    said = words(shown(small))
    found = check(small).findings
    assert found
    for item in found:
        assert KINDS[item.kind][1].replace("'", "&#39;") in said
        assert KINDS[item.kind][2].replace("'", "&#39;") in said


def test_nothing_is_fetched_or_run(small: str) -> None:
    text = shown(small)
    elements = Elements(text)
    assert (elements.open, elements.wrong) == ([], [])
    assert not {"script", "link", "iframe", "object", "base", "form", "img"} & {tag for tag, _ in elements.seen}
    for _, attributes in elements.seen:
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "#").startswith("#")
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in text
    assert "url(" not in text
    ids = [attributes["id"] for _, attributes in elements.seen if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert {str(attributes["href"])[1:] for tag, attributes in elements.seen if tag == "a"} <= set(ids)


def test_hostile_text_is_neither_alive_nor_unseen(tmp_path: Path) -> None:
    # NUL and the escape cannot stand in these files.
    text = HOSTILE.replace("\0", "").replace("\x1b", "")
    sheet = SHEET.replace('"A test"', f"'''{text.replace(chr(39), '')}'''")
    cell = text.replace('"', '""')
    rows = [
        f'a,"http://one.test/{cell}",adult,block,"{cell}","{cell}","{cell}","{cell}",1,"{cell}"',
        f'b,"http://two.test/","{cell}",allow',
        f'c,"http://three.test/{cell}",news,allow,,"{cell}",,"{cell}",,"{cell}"',
    ]
    made = shown(corpus(tmp_path / "c", rows, sheet))
    assert not {"script", "img"} & {tag for tag, _ in Elements(made).seen}
    assert "\u202e" not in made
    assert "\u200b" not in made
    assert "‹U+202E›" in made
    assert "49" not in words(made).replace("{{ 7*7 }}", "")


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (0, (2, 1)),
        (1, (2, 1)),
        (5, (5, 1)),
        (6, (6, 2)),
        (11, (15, 5)),
        (903, (1000, 200)),
        (10**9, (10**9, 2 * 10**8)),
    ],
)
def test_axes_hold_what_they_must(most: int, expected: tuple[int, int]) -> None:
    found = axis(most)
    assert (found.top, found.step) == expected
    assert found.ticks[-1] == found.top
    assert Axis(10, 5).x(10) == 100 - corpus_page.PAD


def test_charts_add_up(small: str) -> None:
    seen = corpus_page.view(check(small), "")
    for part in seen.parts:
        for chart in part.charts:
            assert all(sum(bar.parts) <= chart.axis.top for bar in chart.bars)
    charts = {chart.title: chart for part in seen.parts for chart in part.charts}
    for title in ("Cases by language", "Scheme", "Depth of the path", "Cases by source"):
        assert sum(sum(bar.parts) for bar in charts[title].bars) == len(ROWS)
    shapes = {bar.label: sum(bar.parts) for bar in charts["Shapes"].bars}
    assert shapes == {
        "Host alone": 3,
        "Query": 1,
        "Percent sign": 1,
        "Space": 1,
        "Capitals in the path": 1,
        "Two slashes in a row": 1,
        "Fragment": 1,
        "Unusual port": 1,
        "IPv4 address": 1,
        "Address in unusual spelling": 1,
        "Internationalised host": 1,
        "Not as browsers send it": 2,
    }
    assert "Nothing" not in body(shown(small))
