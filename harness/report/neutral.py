"""Text of corpora and products made harmless to read: what cannot be seen is spelt out, what is too long is cut."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Letters and marks that draw nothing although their category says they do.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
MARK = ("Mn", "Me")
MARKS = 6  # on one letter; no script needs more, and a hundred reach over the lines around them
# What a spreadsheet may take for a formula (OWASP, CSV Injection); full-width forms too. Tabs and line breaks cannot
# be there any more.
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# A path with at least one folder, not the path of a URL.
ABSOLUTE = re.compile(r"(?<![\w/:.…])/(?:[^\s/'\",:;()]+/)+([^\s/'\",:;()]*)")


def visible(text: object, limit: int = 0) -> str:
    """The text with control, bidi, zero-width and other unseen characters as ‹U+XXXX›, and marks piled on a letter,
    cut after `limit` (0: never)."""
    raw = str(text)
    left = len(raw) - limit
    if limit and left > 0:
        raw = raw[:limit]
    whole = (raw.isascii() and raw.isprintable()) or all(map(_ordinary, set(raw)))  # nearly always
    shown = raw if whole else "".join(_shown(raw))
    return f"{shown}… ({left} more characters)" if limit and left > 0 else shown


def cell(value: object) -> str:
    """A cell of a CSV file: what cannot be seen is spelt out, and none is a formula."""
    shown = visible(value)
    return f"'{shown}" if shown.lstrip().startswith(FORMULA) else shown


def prose(text: object) -> str:
    """Running text of a profile: line breaks and tabs folded into spaces, which `visible` would spell out."""
    return re.sub(r"[ \t\r\n]+", " ", str(text)).strip()


def pathless(text: object) -> str:
    """The text with absolute paths cut to their last part: a report does not say on which machine it was made."""
    return ABSOLUTE.sub(lambda found: f"…/{found[1]}", str(text))


def _shown(text: str) -> Iterator[str]:
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in MARK else 0
        yield f"‹U+{ord(char):04X}›" if marks > MARKS or _unseen(char) else char


@lru_cache(4096)
def _ordinary(char: str) -> bool:
    """Whether the character is seen as it is, whatever stands before it."""
    return not _unseen(char) and unicodedata.category(char) not in MARK


def _unseen(char: str) -> bool:
    if " " <= char <= "~":
        return False
    variation = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    category = unicodedata.category(char)
    return category in HIDDEN or category == "Zs" or variation or char in BLANK
