"""The rules of communications, by the name that checks give in `judged`."""

from collections.abc import Callable, Mapping, Sequence

from harness.classify import contacts, flagged, hours, personal, refused, service
from harness.classify.finding import Found
from harness.model.check import Check, Tried

RULES: Mapping[str, Callable[[Check, Sequence[Tried], Sequence[Tried]], Found]] = {
    "service": service.judge,
    "contacts": contacts.judge,
    "personal": personal.judge,
    "refused": refused.judge,
    "flagged": flagged.judge,
    "hours": hours.judge,
}
