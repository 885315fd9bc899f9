"""Text of corpora and products made harmless to read: what cannot be seen is spelt out, what is too long is cut."""

import re
import unicodedata
from collections.abc import Iterator

# Letters and marks that draw nothing although their category says they do.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
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
    if raw.isascii() and raw.isprintable() and not (limit and left > 0):
        return raw  # nearly always
    if limit and left > 0:
        raw = raw[:limit]
    shown = "".join(_shown(raw))
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
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        yield f"‹U+{ord(char):04X}›" if marks > MARKS or _unseen(char) else char


def _unseen(char: str) -> bool:
    if " " <= char <= "~":
        return False
    variation = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    category = unicodedata.category(char)
    return category in HIDDEN or category == "Zs" or variation or char in BLANK
