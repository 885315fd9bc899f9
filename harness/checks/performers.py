"""What performs checks, by the name that they give in `by`."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from harness.checks import (
    answers,
    changes,
    disturbance,
    installation,
    messages,
    monitoring,
    own_reach,
    passages,
    policy_hidden,
    ratings,
    secure_names,
    settings,
    slowdown,
    tampering,
    tunnels,
)
from harness.checks.comms import performers as comms
from harness.checks.ground import Ground
from harness.checks.shown import Shown
from harness.model.check import Check

Performer = Callable[[Ground, Check], Awaitable[Shown]]
PERFORMERS: Mapping[str, Performer] = {
    "visit": passages.visit,
    "policy-hidden": policy_hidden.policy_hidden,
    "secure-names": secure_names.secure_names,
    **comms.PERFORMERS,
    "recorded": monitoring.recorded,
    "private": monitoring.private,
    "tampered": tampering.tampered,
    "setting-changed": changes.setting,
    "list-updated": changes.updated,
    "list-spoilt": changes.spoilt,
    "on-both-lists": changes.both,
    "installed": installation.installed,
    "removed": installation.removed,
    "timed": slowdown.timed,
    "message": messages.message,
    "message-axe": messages.axe,
    "message-keyboard": messages.keyboard,
    "message-narrow": messages.narrow,
    "page-allowed": messages.allowed,
    "labelled": ratings.labelled,
    "labelled-listed": ratings.listed,
    "answered": answers.answered,
    **{name: partial(tunnels.perform, client) for name, client in tunnels.CLIENTS.items()},
    "browser-relayed": tunnels.browser_relayed,
    "resolved": tunnels.resolved,
    "hosts-file": tunnels.hosts_file,
    "disturbed": disturbance.perform,
    "settings": settings.perform,
    "own-files": own_reach.files,
    "own-processes": own_reach.ended,
}
