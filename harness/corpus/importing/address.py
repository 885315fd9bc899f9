"""Addresses as lists write them: URLs, hosts with or without a path, and keyed hashes of what may not be named."""

import re

from harness.model import url as urls
from harness.model.url import Url

# What most entries are: a name that browsers take as it is. Not punycode, which may be malformed, nor a number.
PLAIN = re.compile(r"(?!xn--|.*\.xn--)(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z])?")
MOST = 5000  # characters: percent-encoded, it still fits into a field of cases.csv
NETWORK = re.compile(r"[0-9a-fA-F.:]+/[0-9]{1,3}")
KEYED = re.compile(r"hmac-sha256:([0-9a-f]{32})([0-9a-f]{32})")
IPV4 = re.compile(r"[0-9]+(\.[0-9]+){3}")
RESERVED = re.compile(r"(?:.+\.)?(?:test|example|invalid|localhost|example\.(?:com|net|org))\.?")  # RFC 2606, RFC 6761


def read(text: str, scheme: str) -> Url:
    """The URL that an entry means; one without a scheme gets `scheme`, a keyed hash a page of its own on a reserved
    name. Raises ValueError saying what it is instead."""
    if len(text) <= MOST and PLAIN.fullmatch(text):
        return Url(f"{scheme}://{text}/", scheme, text, 443 if scheme == "https" else 80, "/")
    if not text:
        raise ValueError("empty")
    if match := KEYED.fullmatch(text):
        return urls.parse(f"{scheme}://{match[1]}.{match[2]}.hashed.test/")
    if len(text) > MOST:
        raise ValueError(f"longer than {MOST} characters")
    if "://" in text:
        return urls.parse(text)
    if NETWORK.fullmatch(text):
        raise ValueError("a network")
    if text.startswith("/"):
        raise ValueError("a path without a host")
    url = urls.parse(f"{scheme}://{text.removeprefix('*').removeprefix('.')}")
    if "." not in url.hostname.rstrip(".") and not url.hostname.startswith("["):
        raise ValueError("a single word, no host of the Internet")
    if IPV4.fullmatch(url.hostname) and not text.startswith(url.hostname):
        raise ValueError("a number, which browsers would read as an address")
    return url


def is_ip(host: str) -> bool:
    """Whether it is an IPv4 or IPv6 address."""
    return host.startswith("[") or IPV4.fullmatch(host) is not None


def is_idn(host: str) -> bool:
    """Whether a label of it is an internationalised one."""
    return host.startswith("xn--") or ".xn--" in host


def is_reserved(url: Url) -> bool:
    """Whether its host is on a name that can never be anybody's."""
    return RESERVED.fullmatch(url.hostname) is not None
