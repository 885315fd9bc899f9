"""Texts in every language: the same keys with the same values, and nothing left unsaid."""

import re

import pytest

from harness.model.words import Decision
from harness.report.texts import FOLDER, texts
from harness.report.view import TRANSLATED

MESSAGE = re.compile(r"^([a-z][a-z0-9-]*) =((?:.*\n?)(?:[ \t]+.*\n?|\n(?=[ \t]))*)", re.MULTILINE)
NAMES = ("category-", "criterion-", "requirement-")  # names of others, which a language may have or not


def messages(language: str) -> dict[str, set[str]]:
    """Every text's key, with the variables it takes."""
    source = (FOLDER / f"{language}.ftl").read_text("utf-8")
    return {found[1]: set(re.findall(r"\$(\w+)", found[2])) for found in MESSAGE.finditer(source)}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_language_says_all_that_english_says(language: str) -> None:
    english, other = messages("en"), messages(language)
    assert len(english) > 50
    assert {key: taken for key, taken in english.items() if not key.startswith(NAMES)} == {
        key: taken for key, taken in other.items() if not key.startswith(NAMES)
    }


@pytest.mark.parametrize("language", ["en", *TRANSLATED])
def test_every_text_can_be_said(language: str) -> None:
    say = texts(language)
    for key, taken in messages(language).items():
        for number in (0, 1, 2, 3, 6, 1321):
            said = say(key, **{name: number if len(name) == 1 else str(number) for name in taken})
            assert said
            assert "$" not in said
            assert "\n" not in said
    assert all(say.has(f"decision-{item.replace(' ', '-')}") for item in Decision)


def test_what_is_missing_raises() -> None:
    with pytest.raises(KeyError):
        texts("en")("no-such-text")
    with pytest.raises(ValueError, match="block-some, language en"):
        texts("en")("block-some", k=1)


def test_numbers_take_the_form_of_the_language() -> None:
    assert texts("en")("unsettled", n=1).startswith("One clause has been neither")
    assert texts("cy")("unsettled", n=1).startswith("Nid yw 1 cymal wedi")
    assert texts("cy")("unsettled", n=1321).startswith("Nid yw 1,321 o gymalau")
