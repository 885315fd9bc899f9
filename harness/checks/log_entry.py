"""An entry of a product's log, read as its profile says."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from harness.profile.logs import GROUPS, Log, compiled

SHOWN = 500  # characters of an entry that are kept


@dataclass(frozen=True, slots=True)
class Entry:
    """`seen` is when it was there, by our clock, and `time` when it says it was, both in seconds since 1970; None where
    it says none that can be read. `zoned` is whether it states its zone; `says` "blocked", "allowed" or "" where it
    does not say."""

    seen: float
    time: float | None
    zoned: bool
    url: str
    user: str
    says: str
    text: str


def read(log: Log, seen: float, message: str) -> Entry | None:
    """The entry in a line or a message, None where it holds none."""
    found = compiled(log.pattern).search(message)
    return found and made(log, seen, found.groupdict(), message)


def made(log: Log, seen: float, groups: Mapping[str, object], message: str = "") -> Entry:
    """The entry of what stands in its groups, or in the columns of a row."""
    time, url, user, action = (str(groups.get(name) or "").strip() for name in GROUPS)
    stamp = moment(log, time, seen)
    said = [what for what in ("blocked", "allowed") if _matches(getattr(log, what), action)]
    return Entry(
        seen=seen,
        time=None if stamp is None else stamp.timestamp(),
        zoned=log.time == "epoch" or (stamp is not None and _zoned(log, time)),
        url=url,
        user=user,
        says=said[0] if said else "",
        text=(message or " ".join((time, url, user, action)))[:SHOWN],
    )


def moment(log: Log, text: str, now: float) -> datetime.datetime | None:
    """The time that the text states, with its zone; the nearest to `now` where it states no year."""
    parsed = _parsed(log, text, now)
    if parsed is None or parsed.tzinfo is not None:
        return parsed
    return parsed.replace(tzinfo=datetime.UTC) if log.zone == "UTC" else parsed.astimezone()


def _parsed(log: Log, text: str, now: float) -> datetime.datetime | None:
    try:
        if log.time == "epoch":
            return datetime.datetime.fromtimestamp(float(text), datetime.UTC)
        if log.time == "iso":
            return datetime.datetime.fromisoformat(text)
        if "%Y" in log.time or "%y" in log.time:
            return datetime.datetime.strptime(text, log.time)  # naive where it states no zone
        year = datetime.datetime.fromtimestamp(now, datetime.UTC).year
        years = [datetime.datetime.strptime(f"{item} {text}", f"%Y {log.time}") for item in (year - 1, year, year + 1)]
        return min(years, key=lambda each: abs(each.replace(tzinfo=None).timestamp() - now))
    except (ValueError, OverflowError, OSError):
        return None


def _zoned(log: Log, text: str) -> bool:
    parsed = _parsed(log, text, 0.0)
    return parsed is not None and parsed.tzinfo is not None


def _matches(pattern: str, text: str) -> bool:
    return bool(pattern) and compiled(pattern).search(text) is not None
