"""A product of the zoo that knows every way of the battery to what it blocks, and may be told to leave some open."""

import base64
import binascii
import contextlib
import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import unquote

from mitmproxy.http import HTTPFlow, Request

from harness.internet.holder import WORLD, WORLD6
from harness.internet.proxy import address
from harness.model import url as urls
from harness.products.base import CANARY_BLOCK
from harness.products.behaviour import Behaviour

LATIN = str.maketrans("асео", "aceo")  # for Cyrillic letters that look like them
Hole = Callable[[Request, urls.Url], bool]
# What is let through, by what the parameter `hole` calls it.
HOLES: Mapping[str, Hole] = {
    "none": lambda request, url: False,
    "addresses": lambda request, url: literal(url.hostname) is not None,
    "ipv6": lambda request, url: url.hostname.startswith("["),
    "ports": lambda request, url: url.port not in (80, 443),
    "root-dot": lambda request, url: url.hostname.endswith("."),
    "subdomains": lambda request, url: url.hostname.endswith(f".{CANARY_BLOCK}"),
    "look-alikes": lambda request, url: "xn--" in url.hostname,
    "other-sites": lambda request, url: url.hostname.endswith(".example"),
    "long": lambda request, url: len(url.target) > 8192,
    "pictures": lambda request, url: url.target.endswith(".png"),
    "posts": lambda request, url: request.method == "POST",
}


class Watertight(Behaviour):
    """Stops whatever names the blocked site in any spelling, leads to its address, or is on the way of another site to
    it: every way is stopped, but those through the parameter `hole`."""

    async def request(self, flow: HTTPFlow) -> None:
        self.seen += 1
        if self.stops(flow.request):
            self.block(flow)

    def stops(self, request: Request) -> bool:
        try:
            url = address(request)
        except ValueError:
            return True
        return leads(url) and not HOLES[self.context.params["hole"]](request, url)


def leads(url: urls.Url) -> bool:
    """Whether the URL has anything to do with the blocked site."""
    found = literal(url.hostname)
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or found) in (WORLD, WORLD6)
    return str(found) == WORLD or any(CANARY_BLOCK in text or WORLD in text for text in _spellings(url))


def literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is, None when it is a name."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]"))
    return None


def _spellings(url: urls.Url) -> Iterator[str]:
    text = unquote(url.href).lower()
    yield text
    yield url.hostname.replace("-", ".")
    for label in url.hostname.split("."):
        with contextlib.suppress(UnicodeError):
            yield url.hostname.replace(label, label.encode().decode("idna").translate(LATIN))
    for part in re.findall(r"[A-Za-z0-9_-]{16,}", url.target):
        with contextlib.suppress(binascii.Error, UnicodeDecodeError):
            yield base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


WAYS: dict[str, type[Behaviour]] = {"watertight": Watertight}
