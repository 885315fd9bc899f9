"""Hosts and paths: what is no name, is dressed up as another, is dead, or says nothing of paths."""

from collections.abc import Callable, Iterator

import pandas as pd

from harness.corpus import hosts
from harness.corpus.findings import Finding, finding
from harness.corpus.rows import CASES, each

GONE = ("dead", "parked")
MANY = 10  # fewer cases have no shape to speak of
BARE = 0.9  # so large a share without a path is too much


def findings(frame: pd.DataFrame) -> Iterator[Finding]:
    """All of them for the good rows."""
    gone = each(frame[frame["status"].isin(GONE)], "line", "status", "url")
    yield finding("dead", CASES, ((line, "status", f"{status}: {url!r}") for line, status, url in gone))
    odd = each(frame[~frame["status"].isin((*GONE, "live", ""))], "line", "status")
    yield finding("status", CASES, ((line, "status", repr(status)) for line, status in odd))
    yield from _hosts(frame.drop_duplicates("host"))
    yield from _spellings(frame)
    yield from _reserved(frame)
    bare = (frame["target"] == "/").mean() if len(frame) else 0.0
    text = f"{bare:.0%} of {len(frame):,} cases are a host alone, without path or query"
    yield finding("bare", CASES, [(0, "url", text)] if len(frame) >= MANY and bare >= BARE else [])


def _hosts(first: pd.DataFrame) -> Iterator[Finding]:
    """What a host is, told at the first case that has it."""

    def told(kind: str, say: Callable[[str], str]) -> Finding:
        said = ((line, say(host)) for line, host in each(first, "line", "host"))
        return finding(kind, CASES, ((line, "url", text) for line, text in said if text))

    known = dict(each(first, "host", "line"))
    yield told("address", lambda host: host if hosts.address(host) and not hosts.reserved(host) else "")
    yield told("local", lambda host: host if hosts.local(host) else "")
    yield told("idn", lambda host: f"{hosts.readable(host)} ({host})" if "xn--" in host else "")
    yield told("script", lambda host: _labels(host, hosts.mixed))
    yield told("homoglyph", lambda host: _reads(host, known))


def _labels(host: str, suspect: Callable[[str], object]) -> str:
    """The host as people read it if any of its IDN labels is suspect, "" otherwise."""
    if "xn--" not in host:
        return ""
    shown = hosts.readable(host)
    return f"{shown} ({host})" if any(suspect(label) for label in shown.split(".")) else ""


def _reads(host: str, known: dict[str, int]) -> str:
    text = _labels(host, hosts.reading)
    if not text:
        return ""
    read = ".".join(hosts.reading(label) or label for label in hosts.readable(host).split("."))
    return f"{text} reads like {read}" + (f", which stands at line {known[read]}" if read in known else "")


def _spellings(frame: pd.DataFrame) -> Iterator[Finding]:
    """Addresses that are not written as the browser writes them."""
    ends_in_number = frame["host"].str.contains(r"(?:\.\d+|^\d+|\])$", regex=True).astype(bool)
    numbers = each(frame[ends_in_number], "line", "url", "host")
    written = ((line, hosts.spelling(url), host) for line, url, host in numbers)
    yield finding(
        "spelling",
        CASES,
        ((line, "url", f"{raw!r} is read as {host}") for line, raw, host in written if raw.lower() != host),
    )


def _reserved(frame: pd.DataFrame) -> Iterator[Finding]:
    first = frame.drop_duplicates("host")
    names = {host for host in first["host"] if hosts.reserved(host)}
    on = frame["host"].isin(names)
    k, n = int(on.sum()), len(frame)
    line = int(frame["line"][on].iloc[0]) if k else 0
    text = f"{k:,} of {n:,} cases are on names or addresses that nobody can own"
    yield finding("reserved", CASES, [(line, "url", text)] if k else [])
    yield finding("reserved-mixed", CASES, [(line, "url", f"{text}; the others are on real ones")] if 0 < k < n else [])
