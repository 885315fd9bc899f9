"""What a check of a product finds, in plain words."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How a finding bears on runs: none, good to know, or none should be made."""

    OK = "ok"
    NOTE = "note"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing checked, in plain words."""

    grade: Grade
    text: str


def good(text: str) -> Finding:
    return Finding(Grade.OK, text)


def note(text: str) -> Finding:
    return Finding(Grade.NOTE, text)


def bad(text: str, advice: str) -> Finding:
    return Finding(Grade.BAD, f"{text}; what to do: {advice}" if advice else text)
