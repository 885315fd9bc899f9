"""Checks: what is asked of a product beside the opening of labelled pages, and what one try of it showed."""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from harness.model.words import Arm


class Group(StrEnum):
    """What a check is about."""

    BATTERY = "battery"  # ways round the product
    COMMUNICATIONS = "communications"
    MONITORING = "monitoring"
    RATINGS = "ratings"
    MESSAGES = "messages"
    LIFE_CYCLE = "life-cycle"


class Standing(StrEnum):
    """What is made of a check: the product did as the check expects, it did not, the check cannot bear on a product of
    this kind, or nothing valid was measured. The last two are never a pass."""

    HELD = "held"
    BROKEN = "broken"
    NOT_APPLICABLE = "not-applicable"
    NOT_ASSESSED = "not-assessed"


@dataclass(frozen=True, slots=True)
class Check:
    """One check, as data. `by` names what performs it and `judged` the rule that its facts are judged by; `given` is
    what both go by. `severity` says what it means when it is broken, from 0 (of no consequence) to 4 (the product
    protects nobody).

    It bears on products of `kinds`, or of all where there are none; `otherwise` says why not on the others. With
    `control` it is tried without the product first, which must show what the product is to change. One that `disturbs`
    leaves a product that has to be started anew. `seconds` is what one try may take.
    """

    id: str
    group: Group
    title: str
    why: str
    severity: int
    by: str
    judged: str
    given: dict[str, Any] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    otherwise: str = ""
    control: bool = True
    disturbs: bool = False
    seconds: float = 30.0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """One try of a check on one arm: facts only. `came_through` says whether what the product may stop did, by its
    token, None where the check is not about that. `facts` are JSON values; `blobs` the digests of what was kept.
    `inapplicable` says why the check cannot bear on this product, as found; `fault` what kept it from being tried.
    """

    check_id: str
    arm: Arm
    setting: str
    number: int
    came_through: bool | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    blobs: tuple[str, ...] = ()
    inapplicable: str = ""
    fault: str = ""
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is made of one check at one setting, by which rule and why, in plain words. `figures` are JSON values that
    the judging rule made of the facts."""

    check: Check
    setting: str
    standing: Standing
    rule: str
    words: str
    figures: dict[str, Any] = field(default_factory=dict)


def check_from(data: dict[str, Any]) -> Check:
    """The check in a parsed spec. Raises KeyError, TypeError or ValueError if it is none."""
    values = {item.name: data[item.name] for item in fields(Check)}
    if len(values) != len(data):
        raise ValueError(f"unknown keys: {', '.join(sorted(data.keys() - values.keys()))}")
    values["group"], values["kinds"] = Group(values["group"]), tuple(values["kinds"])
    return Check(**values)


def tried_from(data: dict[str, Any]) -> Tried:
    """The try written in a journal record. Raises KeyError, TypeError or ValueError if it is none."""
    return Tried(**{**data, "arm": Arm(data["arm"]), "blobs": tuple(data["blobs"])})
