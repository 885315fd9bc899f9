"""What performs checks of communications, by the name that they give in `by`."""

from collections.abc import Awaitable, Callable, Mapping

from harness.checks.comms import contacts, flagged, hours, personal, service, transfer
from harness.checks.ground import Ground
from harness.checks.shown import Shown
from harness.model.check import Check

PERFORMERS: Mapping[str, Callable[[Ground, Check], Awaitable[Shown]]] = {
    "said": service.perform,
    "said-to-each": contacts.perform,
    "said-of-oneself": personal.perform,
    "said-with-marker": flagged.perform,
    "said-at-hours": hours.perform,
    "files-fetched": transfer.fetched,
    "files-sent": transfer.sent,
}
