"""One live visit by both ways, and what follows from comparing them. There is no token: the control is all there is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.classify import likeness, notice
from harness.classify.facts import error_name
from harness.classify.likeness import Likeness
from harness.classify.notice import Reading
from harness.classify.page import Page, read
from harness.classify.patterns import Found, Known, Traces, found
from harness.model import url as urls
from harness.model.observation import Observation
from harness.model.words import End

CONFIDENCE = 5  # of a fingerprint, on OONI's scale
# Addresses that no public site has: this host, private, shared, link-local (RFC 6890; for IPv6 RFC 4193 and 4291).
_SPECIAL = re.compile(
    r"(?:0|10|127)\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\."
    r"|::1?$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Look:
    """What one arm had of one visit. `traces` hold the document, the headers and redirects, and the answers of the
    arm's resolver; `issuer` is that of the certificate. Empty is what is not known. Made by `look`."""

    seen: Observation
    page: Page
    reading: Reading
    traces: Traces
    issuer: str = ""

    @property
    def arrived(self) -> bool:
        """Whether this is the site's own answer, as far as one can see, and so fit to compare with."""
        return (
            self.seen.end in (End.PAGE, End.DOWNLOAD)
            and self.seen.status < 400
            and not self.seen.challenge
            and self.reading.other not in ("challenge", "parked")
        )


def look(seen: Observation, document: str = "", addresses: tuple[str, ...] = (), issuer: str = "") -> Look:
    """The arm's look, given the document that the browser had in the end (`outerHTML`)."""
    page = read(document)
    headers = [(name.lower(), value) for name, value in seen.headers]
    headers += [("location", address) for address in seen.chain[1:]]
    return Look(seen, page, notice.read(page), Traces(document, tuple(headers), addresses), issuer)


@dataclass(frozen=True, slots=True)
class Pair:
    """`control` is None where the control arm shows nothing to compare with, `like` where not both had a page.
    `fingerprints` are those of blocks that match on the test arm only, `no_blocks` those of known false positives;
    `like_known` says that the page is like one that the product is known to block with."""

    test: Look
    control: Look | None
    like: Likeness | None
    fingerprints: tuple[str, ...]
    no_blocks: tuple[str, ...]
    like_known: bool

    @property
    def error(self) -> str:
        """The network error of the test arm, "" if it had a page."""
        return error_name(self.test.seen) if self.test.seen.end is End.NETWORK_ERROR else ""

    @property
    def same_page(self) -> bool:
        return self.like is not None and self.like.same

    @property
    def other_page(self) -> bool:
        return self.like is not None and self.like.other

    @property
    def denies(self) -> bool:
        """Whether the page is a notice of a block, and the control's is none."""
        return self.test.reading.notice is True and not (self.control and self.control.reading.notice)

    @property
    def refused_by_origin(self) -> bool:
        """Whether the site or the network that serves it refuses on its own account."""
        return self.test.reading.other == "origin" and (self.test.seen.status >= 400 or self.test.reading.points > 0)

    @property
    def led_away(self) -> bool:
        """Whether the visit ended at another site than was asked for, and than the control's did."""
        homes = {_site(self.test.seen.requested_url)}
        if self.control:
            homes.add(_site(self.control.seen.final_url))
        return bool(self.test.seen.final_url) and _site(self.test.seen.final_url) not in homes

    @property
    def bogus_address(self) -> bool:
        """Whether the name leads to addresses that no public site has, by the test arm's resolver only."""
        ours, theirs = self.test.traces.addresses, self.control.traces.addresses if self.control else ()
        return bool(ours and theirs) and all(map(_SPECIAL.match, ours)) and not any(map(_SPECIAL.match, theirs))

    @property
    def other_issuer(self) -> bool:
        """Whether the certificate comes from another authority than on the control arm."""
        ours, theirs = self.test.issuer, self.control.issuer if self.control else ""
        return bool(ours and theirs) and ours != theirs


def pair(
    test: Look, control: Look | None, known: Sequence[Known] = (), blocked: Sequence[Page] = (), own: str = ""
) -> Pair:
    """The visit by both ways, given fingerprints, the pages that the product's block canary showed, and the fingerprint
    of the product's profile that the test arm matches."""
    useful = control if control is not None and control.arrived else None
    ours, theirs = (found(arm.traces, known, CONFIDENCE) if arm else Found() for arm in (test, control))
    return Pair(
        test,
        useful,
        likeness.likeness(test.page, useful.page) if useful and test.seen.end is useful.seen.end is End.PAGE else None,
        tuple(sorted((ours.blocks - theirs.blocks) | ({own} - {""}))),
        tuple(sorted(ours.no_blocks)),
        any(likeness.likeness(test.page, page).same for page in blocked),
    )


def _site(address: str) -> str:
    try:
        return urls.site(urls.parse(address).hostname)
    except ValueError:
        return address
