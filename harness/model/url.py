"""URLs as the browser reads them (WHATWG), by way of ada."""

import re
from dataclasses import dataclass

import ada_url
from publicsuffixlist import PublicSuffixList

_SUFFIXES = PublicSuffixList()
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*://[^/]", re.IGNORECASE)
# A normalised URL: whatever else credentials and host could hold, it holds percent-encoded.
_PARTS = re.compile(r"(https?)://(?:[^/@]*@)?(\[[^\]]*\]|[^/:]+)(?::([0-9]+))?(/[^#]*)")


@dataclass(frozen=True, slots=True)
class Url:
    """A parsed http(s) URL: `href` as a browser would send it, without fragment and credentials for `key`."""

    href: str
    scheme: str
    hostname: str
    port: int
    target: str

    @property
    def key(self) -> str:
        """What identifies the resource on the wire, whichever scheme carried it: host, port if unusual, path and
        query, of which browsers send the question mark even when nothing follows it."""
        port = "" if self.port in (80, 443) else f":{self.port}"
        return f"{self.hostname}{port}{self.target}"


def site(hostname: str) -> str:
    """The registrable domain of a host, the host itself where there is none (addresses, single names)."""
    if hostname.startswith("[") or hostname.rpartition(".")[2].isdecimal():
        return hostname
    return _SUFFIXES.privatesuffix(hostname.rstrip(".")) or hostname


def parse(text: str) -> Url:
    """Parse an absolute http or https URL. Raises ValueError saying what is wrong."""
    if not text or text != text.strip() or _CONTROL.search(text):
        raise ValueError(f"malformed URL {text!r}: empty, padded or with control characters")
    if not _ABSOLUTE.match(text):
        raise ValueError(f"malformed URL {text!r}: not absolute, expected http://host/path or https://host/path")
    try:
        href = ada_url.normalize_url(text)
    except ValueError:
        raise ValueError(f"malformed URL {text!r}") from None
    parts = _PARTS.match(href)
    if not parts:
        raise ValueError(f"URL {text!r} is not http or https")
    scheme, hostname, port, target = parts.groups()
    return Url(href, scheme, hostname, int(port) if port else (443 if scheme == "https" else 80), target)


def join(base: str, reference: str) -> Url:
    """The URL that a reference leads to from the absolute URL `base`, as a redirect does. Raises ValueError."""
    return parse(ada_url.join_url(base, reference))
