"""Hostile text made readable."""

import pytest

from harness.report.neutral import cell, pathless, prose, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain https://a.test/?q=1&x=<y>", "plain https://a.test/?q=1&x=<y>"),
        ("münchen 日本 עברית", "münchen 日本 עברית"),
        ("a\0b\x1b\x7f\x85", "a‹U+0000›b‹U+001B›‹U+007F›‹U+0085›"),
        ("a\nb\tc", "a‹U+000A›b‹U+0009›c"),
        ("\u202egpj\u2066\u200f", "‹U+202E›gpj‹U+2066›‹U+200F›"),
        ("\u200b\u200d\ufeff\u00ad\u2060", "‹U+200B›‹U+200D›‹U+FEFF›‹U+00AD›‹U+2060›"),
        ("\u00a0\u3000\u2028\u3164\u2800\ufe0f", "‹U+00A0›‹U+3000›‹U+2028›‹U+3164›‹U+2800›‹U+FE0F›"),
        ("ti\u1ebf\u0301n" + "g\u0300" + "\u0301" * 6, "ti\u1ebf\u0301n" + "g\u0300" + "\u0301" * 5 + "‹U+0301›"),
        ("\ud800\ue000\U000e0041", "‹U+D800›‹U+E000›‹U+E0041›"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown


def test_long_text_is_cut_and_says_so() -> None:
    assert visible("x" * 12, 10) == "x" * 10 + "… (2 more characters)"
    assert visible("x" * 10, 10) == "x" * 10


def test_prose_folds_lines() -> None:
    assert prose(" one\n  two\tthree ") == "one two three"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("it wrote /home/me/notes/log.txt, then stopped", "it wrote …/log.txt, then stopped"),
        ("--param=/home/me/lists", "--param=…/lists"),
        ("http://case.test/a/b/c", "http://case.test/a/b/c"),
        ("application/json and 1/2/3", "application/json and 1/2/3"),
        ("/root", "/root"),
    ],
)
def test_pathless(text: str, shown: str) -> None:
    assert pathless(text) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("\uff1dcmd", "'\uff1dcmd"),
        ("\t=1", "‹U+0009›=1"),
        ("http://a.test/?x=-1", "http://a.test/?x=-1"),
        (12, "12"),
    ],
)
def test_no_cell_is_a_formula(value: object, shown: str) -> None:
    assert cell(value) == shown
