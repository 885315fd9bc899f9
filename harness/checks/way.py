"""A way to a page, as data: what is opened, where the page lies, and what else is on the way."""

import base64
import ipaddress
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Template
from typing import Any, Literal
from urllib.parse import quote

from harness.checks.ground import ALLOWED, Which
from harness.internet.coding import packed
from harness.internet.holder import WORLD, WORLD6
from harness.products.base import CANARY_BLOCK

# Another address and another name than the blocked site's; every address is the replayed Internet's (RFC 5737, 3849).
ELSEWHERE, ELSEWHERE6 = "203.0.113.80", "2001:db8::80"
# Tells a page around it what it holds, and lets scripts of others read it.
HEAD = "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nAccess-Control-Allow-Origin: *\n"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,"></head>
<body><h1>A page</h1><p>This page stands in for another one. It says nothing in particular.</p>
<script>
  if (parent !== self) addEventListener("load", () => parent.postMessage(document.documentElement.outerHTML, "*"));
</script>
</body></html>
"""
PICTURE = (211, 37)  # pixels, as no block page's picture has
ALIKE = str.maketrans("aceo", "асео")  # Latin letters, and Cyrillic ones that look the same
WIDE = {code: code + 0xFEE0 for code in range(ord("a"), ord("z") + 1)}  # which UTS 46 makes the same letters again


@dataclass(frozen=True, slots=True)
class Way:
    """`url` is opened, in the product's own browser, a private window of it, a new profile of the same browser, or
    another one (`browser`), with further `arguments`, by no proxy where it is not `proxied`. What is to be stopped lies
    at `content`: a page, or a picture; `head` are status and headers that it comes with, `coding` its
    Content-Encoding; with `pause` it comes in pieces, so many seconds before each. `pages` lie around it: HTML, or
    whole HTTP answers.

    With `script` that is run in the page at `url`, and comes to what it could get hold of.
    """

    url: str
    content: str = ""
    shows: Literal["page", "picture"] = "page"
    head: str = HEAD
    coding: str = ""
    pause: float | None = None
    pages: Mapping[str, str] = field(default_factory=dict)
    script: str = ""
    browser: Which = "own"
    proxied: bool = True
    arguments: tuple[str, ...] = ()

    @property
    def inward(self) -> list[str]:
        """The addresses of `pages`, whatever order they are given in: what a redirect leads to before it."""
        left, found = [*self.pages], list[str]()
        while left:
            last = [url for url in left if not any(f"\nLocation: {other}\n" in self.pages[url] for other in left)]
            found += last or left
            left = [url for url in left if url not in found]
        return found

    @property
    def answer(self) -> bytes:
        """The HTTP answer at `content`."""
        if self.shows == "picture":
            head = "HTTP/1.1 200 OK\nContent-Type: image/png\nAccess-Control-Allow-Origin: *\n"
            return head.encode() + b"\n" + picture(*PICTURE)
        head = self.head + (f"Content-Encoding: {self.coding}\n" if self.coding else "")
        return head.encode() + b"\n" + packed(PAGE.encode(), self.coding)


def way(given: Mapping[str, Any], host: str) -> Way:
    """The way that a check's `given` describes, to the site at `host`. Raises TypeError, KeyError or ValueError where
    it describes none."""
    values = _filled(given, words(host))
    values.setdefault("content", values["url"])
    return Way(**{**values, "arguments": tuple(values.get("arguments", ()))})


def words(host: str) -> dict[str, str]:
    """What `$…` stands for in a check's `given`."""
    url = f"http://{host}/"
    four, six = (WORLD, WORLD6) if host == CANARY_BLOCK else (ELSEWHERE, ELSEWHERE6)
    number = int(ipaddress.IPv4Address(four))
    first, second, third, last = four.split(".")
    label, _, rest = host.partition(".")
    return {
        "host": host,
        "url": url,
        "quoted": quote(url, safe=""),
        "base64": base64.urlsafe_b64encode(url.encode()).decode().rstrip("="),
        "dashed": host.replace("-", "--").replace(".", "-"),
        "upper": host.upper(),
        "percent": "".join(f"%{code:02x}" for code in label.encode()) + f".{rest}",
        "wide": label.translate(WIDE) + f".{rest}",
        "stops": host.replace(".", "。"),
        "alike": label.translate(ALIKE) + f".{rest}",
        "four": four,
        "decimal": str(number),
        "hexadecimal": hex(number),
        "octal": ".".join(f"0{int(part):o}" for part in four.split(".")),
        "short": f"{first}.{second}.{int(third) * 256 + int(last)}",
        "mixed": f"{int(first):#x}.0{int(second):o}.{int(third) * 256 + int(last)}",
        "four_dashed": four.replace(".", "-"),
        "six": six,
        "long": "x" * 20_000,
        "site": ALLOWED.rstrip("/"),
    }


def picture(width: int, height: int) -> bytes:
    """A grey picture (PNG)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x80" * width) * height
    parts = (
        (b"IHDR", struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    match value:
        case str():
            return Template(value).substitute(words)
        case Mapping():
            return {Template(key).substitute(words): _filled(item, words) for key, item in value.items()}
        case list() | tuple():
            return [_filled(item, words) for item in value]
        case _:
            return value
