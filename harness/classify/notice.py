"""Does a page, by itself, say that access to what was asked for is denied? Signs with points, in many languages."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from harness.classify import notice_words as words
from harness.classify.page import Page

READ = 20_000  # characters of text; a notice is shorter
ADDRESS = 2_000  # characters
BARE, SHORT, LONG = 120, 1_200, 5_000
TERSE = 60  # characters of a sentence that says it and no more
SENTENCE = 400  # characters; what is longer is a list or a menu
POINTS = {
    "title-denies": 3,
    "heading-denies": 2,
    "text-denies": 2,
    "in-few-words": 1,
    "gives-grounds": 1,
    "leads-to-denial": 3,
    "nothing-else": 1,
    "short": 1,
    "long": -3,
}
# Points from which a page is a notice, and up to which it is none.
NOTICE, ORDINARY = 4, 2
_ENDS = re.compile(r"(?<=[.!?])\s+|[。！？।\n]+")
_NO_WORD_BREAKS = re.compile("[\u0590-\u06ff\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Reading:
    """The signs found and their points; `other` is what else the page is: "challenge", "parked", "origin", "login"
    or ""."""

    points: int
    signs: tuple[str, ...]
    other: str = ""

    @property
    def notice(self) -> bool | None:
        """Whether the page is a notice of a block; None when the signs do not say."""
        if self.points >= NOTICE:
            return True
        return False if self.points <= ORDINARY else None


def read(page: Page) -> Reading:
    """What the page is, by its title, headings, text and where it leads."""
    text = page.text[:READ]
    denying = [sentence for sentence in _sentences(text) if _denies(sentence)]
    found = {
        "title-denies": _denies(page.title),
        "heading-denies": any(_denies(head) for head in page.heads),
        "text-denies": bool(denying),
        "in-few-words": len(text) <= 2 * SHORT and any(len(sentence) <= TERSE for sentence in denying),
        "gives-grounds": any(_GROUNDS.search(sentence.casefold()) for sentence in denying),
        "leads-to-denial": any(address_denies(target) for target in page.targets),
        "nothing-else": bool(page.targets) and len(text) <= BARE,
        "short": bool(denying or _denies(page.title)) and len(text) <= SHORT,
        "long": len(text) > LONG,
    }
    signs = tuple(sign for sign, seen in found.items() if seen)
    return Reading(sum(POINTS[sign] for sign in signs), signs, _other(page, text))


def address_denies(address: str) -> bool:
    """Whether the address of a page says that it stands for another."""
    return any(pattern.search(address[:ADDRESS]) for pattern in _ADDRESSES)


def _other(page: Page, text: str) -> str:
    start = f"{page.title}\n{text[:SHORT]}"
    for name, patterns in _OTHERS.items():
        if any(pattern.search(start) for pattern in patterns):
            return name
    return "login" if page.password and any(pattern.search(start) for pattern in _LOGIN) else ""


def _sentences(text: str) -> Iterable[str]:
    return (sentence for sentence in _ENDS.split(text) if 0 < len(sentence) <= SENTENCE)


def _denies(sentence: str) -> bool:
    folded = sentence.casefold()
    return bool(_DENIED.search(folded) and _OBJECT.search(folded) and not _ELSEWHERE.search(folded))


def _stems(stems: Iterable[str]) -> re.Pattern[str]:
    """Any of the stems at the beginning of a word, `_` standing for a space."""
    made = [re.escape(stem.casefold().replace("_", " ")) for stem in sorted(set(stems))]
    inner = [stem for stem in made if _NO_WORD_BREAKS.search(stem)]
    first = [stem for stem in made if stem not in inner]
    return re.compile("|".join((*inner, rf"\b(?:{'|'.join(first)})")))


def _patterns(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_DENIED = _stems(" ".join(words.DENIED.values()).split())
_OBJECT = _stems(" ".join(words.OBJECT.values()).split())
_GROUNDS = _stems(words.GROUNDS.split())
_ELSEWHERE = _stems(words.ELSEWHERE.split())
_OTHERS = {
    "challenge": _patterns(words.CHALLENGE),
    "parked": _patterns(words.PARKED),
    "origin": _patterns(words.ORIGIN),
}
_LOGIN = _patterns(words.LOGIN)
_ADDRESSES = _patterns(words.DENIAL_ADDRESS)
