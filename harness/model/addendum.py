"""Addenda: what is added to a sealed run: by a person about one case or clause, by a laboratory about all of it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from harness.model import canonical
from harness.model.words import Verdict

DIGEST = re.compile("[0-9a-f]{64}")
INVISIBLE = frozenset(("Cc", "Cs", "Zl", "Zp"))
REORDERING = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))


class Finding(StrEnum):
    MET = "met"
    NOT_MET = "not-met"
    NOT_APPLICABLE = "not-applicable"
    NOT_JUDGED = "not-judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """By whom, why and when (from the clock). `blind`: the person did not know the product's name.

    Raises ValueError when a part is of the wrong type, empty where it must not be, or not one line of plain text."""

    author: str
    reason: str
    blind: bool
    date: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "evidence":
                continue
            if not isinstance(value, bool if field.name == "blind" else str):
                raise ValueError(f"{field.name}: {value!r} is of the wrong type")
            if isinstance(value, str) and not value.strip() and field.name != "setting":
                raise ValueError(f"{field.name}: empty")
            if isinstance(value, str) and not is_plain(value):
                raise ValueError(f"{field.name}: {value!r} holds control characters or line breaks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjudication(_Said):
    """A person's verdict on a case at a setting, beside the machine's and its rule."""

    case_id: str
    setting: str
    verdict: Verdict
    machine_verdict: Verdict
    machine_rule: str

    def __post_init__(self) -> None:
        _Said.__post_init__(self)
        if not self.setting:
            raise ValueError("setting: empty")
        # A fault is never scored, whoever looks at it.
        if self.machine_rule.startswith("validity.") and self.verdict is not Verdict.INDETERMINATE:
            raise ValueError(f"verdict: not {self.verdict}, as nothing valid was measured ({self.machine_rule})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalidation(_Said):
    """A case that is not to be scored; `setting` "" means at every setting."""

    case_id: str
    setting: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that a person's finding rests on: its name, the SHA-256 of its bytes, and how many they are."""

    name: str
    digest: str
    size: int

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip() or not is_plain(self.name) or len(self.name) > 200:
            raise ValueError(f"evidence: {self.name!r:.220} is no name of a file")
        if not isinstance(self.digest, str) or not DIGEST.fullmatch(self.digest):
            raise ValueError(f"evidence: {self.digest!r:.100} is no SHA-256")
        if type(self.size) is not int or self.size < 1:
            raise ValueError(f"evidence: {self.name}: empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseJudgement(_Said):
    """A person's finding on a clause that is judged by hand, and the files it rests on."""

    clause: str
    finding: Finding
    evidence: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a laboratory states of itself and of the assignment, as JSON values; `harness.profile.laboratory` says of
    what form. `date` is when it was recorded, from the clock."""

    laboratory: dict[str, Any]
    assignment: dict[str, Any]
    date: str

    def __post_init__(self) -> None:
        for name, value in (("laboratory", self.laboratory), ("assignment", self.assignment)):
            if not isinstance(value, dict):
                raise ValueError(f"{name}: {value!r} is of the wrong type")


Addendum = Adjudication | Invalidation | ClauseJudgement
Entry = Addendum | Statement
KINDS: dict[str, type[Entry]] = {
    "adjudication": Adjudication,
    "invalidation": Invalidation,
    "judgement": ClauseJudgement,
    "statement": Statement,
}


def kind(entry: Entry) -> str:
    """The kind of its journal record."""
    return next(name for name, made in KINDS.items() if isinstance(entry, made))


def data(entry: Entry) -> dict[str, Any]:
    """The data of its journal record; the date is the record's own, and evidence stands there where there is some."""
    return {
        key: value for key, value in canonical.plain(entry).items() if key != "date" and (key != "evidence" or value)
    }


def addendum_from(kind: str, date: str, data: dict[str, Any]) -> Entry:
    """The entry in a journal record. Raises ValueError saying what is missing, unknown or wrong."""
    made = KINDS.get(kind)
    if made is None:
        raise ValueError(f"{kind!r} is no kind of addendum")
    if differing := {field.name for field in fields(made)} - {"date", "evidence"} ^ data.keys() - _optional(made):
        raise ValueError(f"{kind}: keys differ: {', '.join(sorted(differing))}")
    words: dict[str, Any] = {"verdict": Verdict, "machine_verdict": Verdict, "finding": Finding}
    values = {key: words[key](value) if key in words else value for key, value in data.items()}
    if "evidence" in values:
        values["evidence"] = tuple(Attached(**item) for item in values["evidence"])
    return made(**values, date=date)


def on_case(entries: Iterable[Entry], case_id: str, setting: str) -> Adjudication | Invalidation | None:
    """What stands on a case at a setting: the last said, adjudication or invalidation alike."""
    stands = None
    for entry in entries:
        if isinstance(entry, Adjudication | Invalidation) and entry.case_id == case_id:
            stands = entry if entry.setting in (setting, "") else stands
    return stands


def on_clause(entries: Iterable[Entry], clause: str) -> tuple[ClauseJudgement, ...]:
    """What stands on a clause: the last that each person said, in that order. Names are told apart without case."""
    said: dict[str, ClauseJudgement] = {}
    for entry in entries:
        if isinstance(entry, ClauseJudgement) and entry.clause == clause:
            name = " ".join(entry.author.casefold().split())
            said.pop(name, None)
            said[name] = entry
    return tuple(said.values())


def _optional(made: type[Entry]) -> set[str]:
    return {"evidence"} if made is ClauseJudgement else set()


def is_plain(text: str) -> bool:
    """Whether it reads as it is written: no control characters, line breaks, halves of characters, or reordering."""
    return not any(
        unicodedata.category(char) in INVISIBLE or unicodedata.bidirectional(char) in REORDERING for char in text
    )
