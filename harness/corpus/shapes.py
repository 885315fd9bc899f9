"""Shapes of addresses that filters have stumbled over: which cases have each."""

from collections.abc import Callable

import pandas as pd

from harness.corpus import hosts

LONG = 200  # characters
NESTED = r"(?i)https?(?::|%3a)(?:/|%2f){2}"
IPV4 = r"^\d+\.\d+\.\d+\.\d+$"

Has = Callable[[pd.DataFrame], "pd.Series[bool]"]


def _odd(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Numbers that are not written as the browser writes them."""
    number = frame["host"].str.contains(IPV4) | frame["host"].str.startswith("[")
    return number & (frame["url"].map(hosts.spelling) != frame["host"])


def _rewritten(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Written otherwise than the browser sends it, a missing last slash aside."""
    return (frame["url"] != frame["href"]) & (frame["url"] + "/" != frame["href"])


SHAPES: tuple[tuple[str, Has], ...] = (
    ("Host alone", lambda frame: frame["target"] == "/"),
    ("Subdomain", lambda frame: (frame["host"] != frame["site"]) & (frame["host"] != "www." + frame["site"])),
    ("Query", lambda frame: frame["target"].str.contains("?", regex=False)),
    ("Percent sign", lambda frame: frame["target"].str.contains("%", regex=False)),
    ("Space", lambda frame: frame["target"].str.contains("%20", regex=False)),
    ("Colon in the path", lambda frame: frame["target"].str.contains(":", regex=False)),
    ("Capitals in the path", lambda frame: frame["target"].str.lower() != frame["target"]),
    ("Two slashes in a row", lambda frame: frame["target"].str.contains("//", regex=False)),
    ("Another address inside", lambda frame: frame["target"].str.contains(NESTED)),
    (f"Over {LONG} characters", lambda frame: frame["href"].str.len() > LONG),
    ("Fragment", lambda frame: frame["href"].str.contains("#", regex=False)),
    ("Credentials", lambda frame: frame["href"].str.contains("^[^/]+//[^/?#]*@")),
    ("Unusual port", lambda frame: ~frame["port"].isin((80, 443))),
    ("IPv4 address", lambda frame: frame["host"].str.contains(IPV4)),
    ("IPv6 address", lambda frame: frame["host"].str.startswith("[")),
    ("Address in unusual spelling", _odd),
    ("Internationalised host", lambda frame: frame["host"].str.contains("xn--", regex=False)),
    ("Dot after the host", lambda frame: frame["host"].str.endswith(".")),
    ("Not as browsers send it", _rewritten),
)


def depth(frame: pd.DataFrame) -> "pd.Series[int]":
    """How many parts the path has, empty ones aside."""
    return frame["target"].str.split("?", n=1).str[0].str.count(r"[^/]+")
