"""What a host name is: an address, spelt oddly, reserved, or made to look like another (UTS #39)."""

import ipaddress
import re
from functools import cache

import ada_url
from confusable_homoglyphs import categories  # type: ignore[import-untyped]
from confusable_homoglyphs.confusables import confusables_data  # type: ignore[import-untyped]

# RFC 2606, RFC 6761, RFC 8375, RFC 9476 and ICANN's reservation of .internal; .onion (RFC 7686) names real sites.
RESERVED = ("test", "example", "invalid", "example.com", "example.net", "example.org")
LOCAL = ("localhost", "local", "internal", "home.arpa", "lan")
PRIVATE = [ipaddress.ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]
RAW_HOST = re.compile(r"(?s)[^:]+://(?:[^/?#\\]*@)?(\[[^\]]*\]|[^/:?#\\]*)")
# Scripts that are written together (UTS #39, 5.1), and those with which Latin is (5.2, highly restrictive).
TOGETHER = {
    "LATIN": {"JAPANESE", "KOREAN", "CHINESE"},
    "HAN": {"JAPANESE", "KOREAN", "CHINESE"},
    "HIRAGANA": {"JAPANESE"},
    "KATAKANA": {"JAPANESE"},
    "HANGUL": {"KOREAN"},
    "BOPOMOFO": {"CHINESE"},
}
ANY = {"COMMON", "INHERITED", "Unknown"}


def address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is, as the browser reads it; None for a name."""
    if not host.endswith((*"0123456789", "]")):
        return None
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def spelling(url: str) -> str:
    """The host as it is written in an address, before any browser reads it."""
    found = RAW_HOST.match(url)
    return found[1] if found else ""


def reserved(host: str) -> bool:
    """Whether nobody can own the name or address, so that nothing on the Internet bears it."""
    number = address(host)
    if number:
        return not number.is_global
    return _under(host, RESERVED) or local(host)


def local(host: str) -> bool:
    """Whether a browser would look for it on its own machine or network."""
    number = address(host)
    if number:
        return number.is_loopback or number.is_link_local or any(number in network for network in PRIVATE)
    return _under(host, LOCAL) or "." not in host.rstrip(".")


def _under(host: str, domains: tuple[str, ...]) -> bool:
    return f".{host.rstrip('.')}".endswith(tuple(f".{name}" for name in domains))


def readable(host: str) -> str:
    """The host with its IDN labels (xn--) as people read them."""
    return ada_url.idna_to_unicode(host) if "xn--" in host else host


def mixed(label: str) -> bool:
    """Whether a label mixes scripts beyond what UTS #39 calls highly restrictive."""
    resolved: set[str] | None = None
    for char in label:
        script = _script(char)
        if script not in ANY:
            scripts = {script, *TOGETHER.get(script, ())}
            resolved = scripts if resolved is None else resolved & scripts
    return resolved == set()


def reading(label: str) -> str:
    """The ASCII text that a label can be taken for, "" when it has none of the look-alikes of Unicode's confusables or
    other letters too."""
    if label.isascii():
        return ""
    read = [char if char.isascii() else _ascii(char) for char in label]
    return "".join(read) if all(read) else ""


@cache
def _script(char: str) -> str:
    return str(categories.alias(char))


@cache
def _ascii(char: str) -> str:
    return next((item["c"] for item in confusables_data.get(char, ()) if item["c"].isascii()), "")
