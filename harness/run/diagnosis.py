"""What is wrong with a product that does not pass its check, and what to do about it, in plain words."""

import re
from collections.abc import Iterable, Mapping

from harness.classify.canary import Canary
from harness.classify.facts import error_name
from harness.model.observation import Observation
from harness.model.words import End

# By the beginning of the network error's name; the first that fits.
ERRORS = {
    "ERR_CERT_AUTHORITY_INVALID": "the browser does not trust the product's certificate: have the product sign with"
    " ca_cert and ca_key, which the browser trusts",
    "ERR_CERT_COMMON_NAME_INVALID": "the product's certificate is for another name: it must make one for each host",
    "ERR_CERT_DATE_INVALID": "the product's certificate has expired or is not valid yet: look at its dates",
    "ERR_CERT": "the product's certificate is broken: look at how it makes certificates",
    "ERR_SSL": "what the product answers is no proper TLS: does it inspect https on this port?",
    "ERR_BAD_SSL": "what the product answers is no proper TLS: does it inspect https on this port?",
    "ERR_TOO_MANY_REDIRECTS": "the product redirects for ever: is the page that it redirects to itself blocked? Give it"
    " a host of its own by a [[page]] of the profile, and have the product let that host through",
    "ERR_PROXY_CONNECTION_FAILED": "nothing accepts connections at the product's port: it died or no longer listens",
    "ERR_TUNNEL_CONNECTION_FAILED": "the product refuses the tunnel for https: allow the method CONNECT to port 443",
    "ERR_NAME_NOT_RESOLVED": "the name does not resolve through the product: have it pass queries on to upstream_port",
    "ERR_CONNECTION": "the connection is cut or refused: does the product pass requests on to upstream_port?",
    "ERR_EMPTY_RESPONSE": "the product closes the connection unanswered: does it pass requests on to upstream_port?",
}
# By what a product says when it does not start; the first that fits.
WORDS = {
    r"address (is )?already in use|cannot bind|could not bind|port .{0,40}in use": "the port it wants is taken: have"
    " its configuration say {{ port }} in place of a fixed one, or end what listens there",
    r"failed to execute|command not found|no such file or directory": "a program or file is missing: install it, or"
    " correct the path in the profile or the template",
    r"permission denied|operation not permitted|must be root": "it may not do what it tries: look at process.user;"
    " ports below 1024 take root",
    r"no \S+ in the output of": "correct the [[identity]]: its command, or the pattern",
    r"unrecogni[sz]ed|unknown (option|directive|keyword)|(syntax|parse) error|bad configuration|bungled": "it does not"
    " understand its configuration: is the template written for this version?",
}
# Resolvers for DNS over HTTPS that Chromium turns to by itself. Source: Chromium, net/dns/public/doh_provider_entry.cc.
RESOLVERS = (
    "cloudflare-dns.com",
    "dns.google",
    "doh.cleanbrowsing.org",
    "doh.familyshield.opendns.com",
    "doh.opendns.com",
    "dns.nextdns.io",
    "quad9.net",
)


def silent(which: Canary, seen: Observation) -> str:
    """What to do about a canary that did not come as it must on the test arm."""
    if any(url.startswith("https:") for url in _arrived(seen)) and seen.requested_url.startswith("http:"):
        return (
            "the browser went by https although http was asked for (HSTS, or a redirect): does the product see https?"
        )
    if which is Canary.BLOCK:
        return (
            "canary_block must be on its lists at every setting, and the browser must have no way around it: is it the"
            " product that answers at this port, and does it act on this kind of connection?"
        )
    if seen.end is End.TIMEOUT:
        return "the product takes the request and does not answer: does it pass requests on to upstream_port?"
    for beginning, words in ERRORS.items():
        if error_name(seen).startswith(beginning):
            return words
    if seen.harness_page:
        return "the product asks for another address than the browser does: does it rewrite URLs?"
    if seen.status == 407:
        return "the product wants a user name and password: let the loopback address in without"
    if seen.status >= 500:
        return f"the product reaches nothing behind it: have it pass requests on to upstream_port ({_page(seen)})"
    if seen.end is End.PAGE:
        return f"the product answers with a page of its own: have it let canary_allow through ({_page(seen)})"
    return ""


def no_block(seen: Observation, rule: str) -> str:
    """A canary to block that did not arrive, but in a way that no verdict rule takes for a block."""
    error = error_name(seen)
    words = ERRORS.get(error) or (f"the page is {_page(seen)}" if seen.end is End.PAGE else error or seen.end)
    return f"it does not arrive, yet that does not count as blocked ({rule}): {words}"


def not_started(fault: str, listening: Iterable[int]) -> str:
    """What to do about a product that did not start, after what was said of it and the ports where it listened."""
    elsewhere = ", ".join(str(port) for port in sorted(listening))
    if "did not accept connections" in fault and elsewhere:
        return f"it listens on port {elsewhere} instead: have its configuration say {{{{ port }}}}"
    for pattern, words in WORDS.items():
        if re.search(pattern, fault, re.IGNORECASE):
            return words
    return ""


def background(strays: Mapping[str, int]) -> str:
    """The traffic that no attempt made, "" without any; `strays` counts it by `host: answer`. Reserved pages are the
    product's own."""
    hosts: dict[str, int] = {}
    for what, count in strays.items():
        host, _, answer = what.rpartition(": ")
        if answer != "reserved":
            hosts[host] = hosts.get(host, 0) + count
    if not hosts:
        return ""
    most = sorted(hosts.items(), key=lambda item: (-item[1], item[0]))[:5]
    words = f"{sum(hosts.values())} requests came that no page made, most to {', '.join(f'{h} ({n})' for h, n in most)}"
    if doh := sorted(host for host in hosts if f".{host}".endswith(tuple(f".{name}" for name in RESOLVERS))):
        return f"{words}; {', '.join(doh)} resolves names over https (DoH), which goes round a product that filters DNS"
    return f"{words}: background traffic of browser or product, never scored"


def _arrived(seen: Observation) -> list[str]:
    return [item.url for item in seen.receipts] + [seen.final_url]


def _page(seen: Observation) -> str:
    return f"status {seen.status}, title {seen.title[:100]!r}, text {seen.text_start[:100]!r}"
