"""Counts that readability is computed from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.checks.readability import counts


@pytest.mark.parametrize(
    ("text", "sentences", "words", "syllables"),
    [
        ("", 0, 0, 0),
        ("Page blocked", 0, 0, 0),  # a heading is no sentence
        ("The cat sat on the mat. It was a good cat to have.", 2, 13, 13),
        ("Go to http://a.example/long/way or ask@school.example now please", 1, 5, 5),
        ("This page is not for you\nYou can go back to it", 2, 12, 12),
        ("The administrator is responsible for communication here.", 1, 7, 18),
    ],
)
def test_sentences_words_and_syllables_are_counted(text: str, sentences: int, words: int, syllables: int) -> None:
    assert counts(text) == {"sentences": sentences, "words": words, "syllables": syllables}


@given(st.text(max_size=300))
def test_any_text_has_counts_that_fit_each_other(text: str) -> None:
    found = counts(text)
    assert 4 * found["sentences"] <= found["words"] <= found["syllables"]
