"""What a rule makes of a check's facts."""

from dataclasses import dataclass, field
from typing import Any

from harness.model.check import Standing

AGREE = 2  # tries that must show the same, as one may have met with what was not the product's
UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Found:
    """A standing, the name of the case of the rule that decided, why in plain words, and figures as JSON values."""

    standing: Standing
    rule: str
    words: str
    figures: dict[str, Any] = field(default_factory=dict)


def held(rule: str, words: str, **figures: Any) -> Found:
    return Found(Standing.HELD, rule, words, figures)


def broken(rule: str, words: str, **figures: Any) -> Found:
    return Found(Standing.BROKEN, rule, words, figures)


def not_assessed(rule: str, words: str, **figures: Any) -> Found:
    return Found(Standing.NOT_ASSESSED, rule, words, figures)


def unconfirmed(words: str) -> Found:
    """Fewer than AGREE tries show it so far."""
    return Found(Standing.NOT_ASSESSED, UNCONFIRMED, words)


def not_applicable(rule: str, words: str, **figures: Any) -> Found:
    return Found(Standing.NOT_APPLICABLE, rule, words, figures)
