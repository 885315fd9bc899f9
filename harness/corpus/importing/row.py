"""What every format is read into: rows, as their source says them."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a row, or a whole file, was not imported."""

    DUPLICATE = "duplicate"
    CONFLICT = "conflicting label"
    UNMAPPED = "unmapped category"
    NO_URL = "no URL"
    NO_PAGE = "no page"
    BROKEN = "broken row"
    NOT_READ = "file not read"


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a source: `text` is its address as it stands there, `heading` what stands above it in its file. With
    a `reason` it cannot become a case. `line` is 0 for a file as a whole."""

    file: str
    line: int
    text: str
    category: str = ""
    date: str = ""
    language: str = ""
    expectation: str = ""
    detail: str = ""
    heading: str = ""
    reason: Reason | None = None


def unread(file: str, why: str) -> Row:
    """A file of the source that holds no rows for its format."""
    return Row(file, 0, "", reason=Reason.NOT_READ, detail=why)


def shown(text: str, most: int = 300) -> str:
    """The text without control characters and lone surrogates, and not too long: for messages and lists."""
    if len(text) <= most and text.isprintable():
        return text
    part = text[:most].encode("utf-8", "replace").decode()
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in part)


def cell(text: str) -> str:
    """As a spreadsheet shows it without computing it (OWASP, CSV injection): a quotation mark before =, +, - and @."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
