"""The sites of the lab's Internet, what the ISP has on its lists, and what must come out of a visit to each.

All names are reserved (RFC 2606) and all addresses are for documentation (RFC 5737) or test benches (RFC 2544).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from harness.model.case import Case
from harness.model.words import BLOCK_CATEGORIES, INNOCUOUS_CATEGORIES, Expectation


class Kind(StrEnum):
    """How a site answers."""

    PAGE = "page"
    CHANGING = "changing"  # a little, at every visit
    MOVED = "moved"  # to its www
    LOGIN = "login"
    CAPTCHA = "captcha"
    PARKED = "parked"
    REFUSING = "refusing"  # with a 403 of its own
    BROKEN = "broken"  # with a 503
    GONE = "gone"  # no such name


# Kinds that show nothing of their own by any way, so that nobody can tell whether a filter has stopped it.
UNSCORED = (Kind.CAPTCHA, Kind.PARKED, Kind.REFUSING, Kind.BROKEN, Kind.GONE)


@dataclass(frozen=True, slots=True)
class Site:
    """`listed` says that its name, and so all names below it, is on the ISP's list."""

    name: str
    address: str
    category: str
    kind: Kind = Kind.PAGE
    listed: bool = False

    @property
    def expectation(self) -> Expectation:
        return Expectation.BLOCK if self.category in BLOCK_CATEGORIES else Expectation.ALLOW


NETWORK, RESOLVER = "203.0.113.0/24", "203.0.113.253"
ALLOW, BLOCK = "open.example", "certain.example"  # for canaries: never listed, listed for certain
FORUM, LATE = "forum.example", "/late/"  # one page of a site; only a filter of URLs can list it
# The ISP's list is not perfect: it misses one site, and takes another for what it is not.
MISSED, MISTAKEN = "drugs-2.example", "sex-education-1.example"


def _sites() -> Iterator[tuple[str, str, Kind]]:
    yield from ((f"{name}-{number}.example", name, Kind.PAGE) for name in BLOCK_CATEGORIES for number in (1, 2))
    yield from ((f"{name}-1.example", name, Kind.PAGE) for name in INNOCUOUS_CATEGORIES)
    yield from ((f"{kind}.example", "culture", kind) for kind in Kind if kind is not Kind.PAGE)
    yield (f"www.{Kind.MOVED}.example", "culture", Kind.PAGE)
    yield (FORUM, "culture", Kind.PAGE)
    yield (ALLOW, "news", Kind.PAGE)
    yield (BLOCK, "adult", Kind.PAGE)


SITES = {
    name: Site(
        name,
        f"203.0.113.{number}",
        category,
        kind,
        (category in BLOCK_CATEGORIES and name != MISSED) or name == MISTAKEN,
    )
    for number, (name, category, kind) in enumerate(_sites(), start=1)
}
VISITED = tuple(site for site in SITES.values() if site.name not in (ALLOW, BLOCK, f"www.{Kind.MOVED}.example"))


def cases(urls_listed: bool) -> Iterator[tuple[Case, str]]:
    """Every case with what must come out: "blocked", "allowed" or "unscored". `urls_listed` says that the ISP filters
    URLs."""
    for scheme in ("http", "https"):
        for site in VISITED:
            case_id = f"{site.name.removesuffix('.example')}-{scheme}"
            case = Case(case_id, f"{scheme}://{site.name}/", site.category, site.expectation)
            yield case, "blocked" if site.listed else "unscored" if site.kind in UNSCORED else "allowed"
        late = Case(f"forum-late-{scheme}", f"{scheme}://{FORUM}{LATE}", "adult", Expectation.BLOCK)
        # Of https a filter that decrypts nothing sees the name alone.
        yield late, "blocked" if urls_listed and scheme == "http" else "allowed"
