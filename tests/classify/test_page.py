"""Pages read from documents, whatever they are."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.classify.page import READ, Page, read


def test_reads_what_is_seen() -> None:
    page = read(
        "<!DOCTYPE html><html><head><title> A &amp;\n B </title><style>p {}</style></head>"
        "<body><!-- not <p>this</p> -->"
        "<h1>The <b>head</b></h1><p>One<br>two&nbsp;three &lt;p&gt;</p><script>var x = '<p>no</p>'</script>"
        "<NOSCRIPT>nor this</NOSCRIPT><form><input type=password></form>last"
    )
    assert (page.title, page.heads, page.password) == ("A & B", ("The head",), True)
    assert page.text == "The head\nOne\ntwo three <p>\nlast"
    assert page.tags["p"] == 1
    assert page.tags["b"] == 1


@pytest.mark.parametrize(
    ("document", "target"),
    [
        ('<iframe src="http://a.test/deny" width=1>', "http://a.test/deny"),
        ("<frameset><frame src=http://a.test/x></frameset>", "http://a.test/x"),
        ('<meta HTTP-EQUIV="Refresh" content="0; URL=http://a.test/y">', "http://a.test/y"),
        ("<script>window.location.href = 'http://a.test/z'</script>", "http://a.test/z"),
        ('<script>document.location="http://a.test/z"</script>', "http://a.test/z"),
        ("<script>top.location.replace('http://a.test/z')</script>", "http://a.test/z"),
    ],
)
def test_sees_where_a_page_leads(document: str, target: str) -> None:
    assert read(document).targets == (target,)


@pytest.mark.parametrize(
    "document",
    [
        '<a href="http://a.test/">x</a>',
        '<iframe srcdoc="x">',
        '<meta name="refresh" content="0; url=http://a.test/">',
        "<p>location = 'http://a.test/'</p>",
    ],
)
def test_a_link_is_no_way(document: str) -> None:
    assert read(document).targets == ()


def test_the_first_title_stands() -> None:
    assert read("<title>one</title><svg><title>two</title></svg>").title == "one"


@given(st.text(alphabet="<>/!-='\" abcTITLEscripthead\u0130\u00df\ud800", max_size=200))
def test_takes_anything(document: str) -> None:
    page = read(document)
    assert page.size == len(document)
    assert read(document) == page


@given(st.lists(st.text(alphabet="abc \n", max_size=20), max_size=5))
def test_text_comes_through(blocks: list[str]) -> None:
    page = read("".join(f"<p>{block}</p>" for block in blocks))
    assert page.text.split("\n") == ([" ".join(block.split()) for block in blocks if block.strip()] or [""])
    assert page.tags.get("p", 0) == len(blocks)


@pytest.mark.parametrize("piece", ["<", "<!--", "<a ", "<script>", "<title>", "<meta a", "<p>", "<input x='", "a" * 50])
def test_hostile_documents_are_cheap(piece: str) -> None:
    document = piece * (READ // len(piece)) + "x" * READ
    started = time.process_time()
    assert read(document).size == len(document)
    assert time.process_time() - started < 10


def test_a_long_attribute_is_cheap() -> None:
    started = time.process_time()
    read("<meta " + "a" * 500_000 + ">" + "<input " + "b= '" * 100_000 + ">")
    assert time.process_time() - started < 10


def test_nothing() -> None:
    assert read("") == Page()
