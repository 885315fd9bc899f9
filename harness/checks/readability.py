"""How hard an English text is to read, as counts."""

import re
from functools import cache

from pyphen import Pyphen

LINE_WORDS = 4  # shorter lines are headings, names and buttons
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n+")
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_TOKEN = re.compile(r"\S+")
_ADDRESS = re.compile(r"://|@|\w\.\w")


def counts(text: str) -> dict[str, int]:
    """How many sentences, words and syllables there are. Lines end sentences; addresses are no words."""
    text = _TOKEN.sub(lambda token: "" if _ADDRESS.search(token[0]) else token[0], text)
    found = [_WORD.findall(item) for item in _SENTENCE.split(text)]
    kept = [words for words in found if len(words) >= LINE_WORDS]
    words = [word for sentence in kept for word in sentence]
    return {"sentences": len(kept), "words": len(words), "syllables": sum(map(_syllables, words))}


@cache
def _hyphens() -> Pyphen:
    return Pyphen(lang="en_US")  # the British dictionary parts words by origin, and so finds fewer syllables


def _syllables(word: str) -> int:
    return len(_hyphens().positions(word)) + 1
