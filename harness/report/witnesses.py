"""Which wrongly handled and unscored cases a report shows, and what it shows of them."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.evidence.blobs import Blobs
from harness.model import canonical
from harness.model import url as urls
from harness.model.observation import Observation
from harness.model.words import Outcome
from harness.report.columns import Columns
from harness.report.derive import Derived
from harness.report.paging import CasePage, place
from harness.report.result import witness
from harness.score.outcome import Scored
from harness.score.table import Rows

SHARES = ((Outcome.UNDER_BLOCKED, 6), (Outcome.OVER_BLOCKED, 4), (Outcome.UNSCORED, 2))
SHOWN = sum(share for _, share in SHARES)
UNSCORED_SHOWN = 6  # they look much alike
LOOKED_AT = 50  # of a setting and category
LISTED = 100
PICTURE_BYTES = 100_000
ALL_PICTURES_BYTES = 300_000
JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class Witness:
    """One case with the observation that decided. `picture` is a data: URI, "" where none is embedded; `shot` is the
    digest of the screenshot, "" where no usable one was kept. `place` is where the case stands beside the report."""

    scored: Scored
    seen: Observation | None
    ascii_host: str
    picture: str
    shot: str
    place: str


def worst(derived: Derived, blobs: Blobs, all_pages: Sequence[CasePage]) -> list[Witness]:
    """Up to `SHOWN` cases of each outcome in turn, spread over settings and categories; places left over pass on."""
    scored, picked = derived.scored, dict[Outcome, list[int]]()
    spread = {outcome: _spread(scored, scored.where(outcome=outcome)) for outcome, _ in SHARES}
    for outcome, share in SHARES:
        picked[outcome] = spread[outcome][:share]
    for outcome, share in SHARES:
        most = SHOWN if outcome is not Outcome.UNSCORED else UNSCORED_SHOWN
        room = min(most, share + SHOWN - sum(len(rows) for rows in picked.values())) - share
        picked[outcome] += spread[outcome][share : share + room]
    left, found = ALL_PICTURES_BYTES, []
    for row in (row for outcome, _ in SHARES for row in picked[outcome]):
        item = scored[row]
        seen = witness(derived, item)
        digest = shot(blobs, seen.screenshot_blob) if seen else ""
        picture = _picture(blobs, digest, min(left, PICTURE_BYTES)) if digest else ""
        left -= len(picture)
        found.append(Witness(item, seen, ascii_host(item.case.url), picture, digest, place(all_pages, row)))
    return found


def wrong(derived: Derived) -> Rows:
    """Every case that is not correct: under-blocked, over-blocked, unscored; within each by setting and case id."""
    return np.concatenate([derived.scored.where(outcome=outcome) for outcome, _ in SHARES])


def _spread(scored: Columns, rows: Rows) -> list[int]:
    """One of each setting and category in turn, of the first `LOOKED_AT` of each those with a screenshot first."""
    pictured = ~scored.codes("screenshot_blob").places(("",))
    groups = {}
    for setting, part in scored.split(rows, "setting"):
        for category, own in scored.split(part, "category"):
            some = own[:LOOKED_AT]
            groups[setting, category] = some[np.argsort(~pictured[some], kind="stable")].tolist()
    depth = max((len(group) for group in groups.values()), default=0)
    return [group[turn] for turn in range(depth) for _, group in sorted(groups.items()) if turn < len(group)]


def shot(blobs: Blobs, digest: str) -> str:
    """The digest again when its blob is there and begins as a JPEG does, so that a browser shows it as one."""
    if len(digest) != 64 or not all(char in "0123456789abcdef" for char in digest):
        return ""
    try:
        with blobs.path(digest).open("rb") as file:
            return digest if file.read(len(JPEG)) == JPEG else ""
    except OSError:
        return ""


def _picture(blobs: Blobs, digest: str, limit: int) -> str:
    """The blob as a data: URI if it is unchanged and small enough to leave the URI within `limit`."""
    data = blobs.get(digest)
    uri = "data:image/jpeg;base64," + base64.b64encode(data).decode("ascii")
    return uri if len(uri) <= limit and canonical.digest(data) == digest else ""


def ascii_host(url: str) -> str:
    """The host as it goes over the wire, "" when the URL shows it so already."""
    try:
        host = urls.parse(url).hostname
    except ValueError:
        return ""
    return "" if host in url.lower() else host
