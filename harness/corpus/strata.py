"""A corpus in strata: which case is in which, how many are drawn of each, and which."""

import hashlib
import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from harness.model import url as urls
from harness.model.case import Case
from harness.model.errors import UsageError

Stratum = tuple[str, ...]  # the expectation, then a value for each key asked for

DEEPEST = 3
UNKNOWN = "not stated"


def _depth(case: Case) -> str:
    """How many parts the path has."""
    parts = sum(bool(part) for part in urls.parse(case.url).target.partition("?")[0].split("/"))
    return f"depth {parts}" if parts < DEEPEST else f"depth {DEEPEST} or more"


def _popularity(case: Case) -> str:
    """The power of ten that the rank is within, a thousand at least."""
    if not case.popularity:
        return UNKNOWN
    within = 1000
    while within < case.popularity:
        within *= 10
    return f"top {within}"


KEYS: Mapping[str, Callable[[Case], str]] = {
    "category": lambda case: case.category,
    "language": lambda case: case.language or UNKNOWN,
    "popularity": _popularity,
    "depth": _depth,
}


def strata(cases: Iterable[Case], by: Sequence[str]) -> dict[Stratum, list[Case]]:
    """The cases by expectation and these keys. Raises UsageError for a key that is not known, or that no case has."""
    if unknown := [key for key in by if key not in KEYS]:
        raise UsageError(f"{unknown[0]!r} is none of {', '.join(KEYS)}", key="--by")
    found: dict[Stratum, list[Case]] = defaultdict(list)
    for case in cases:
        found[str(case.expectation), *(KEYS[key](case) for key in by)].append(case)
    for at, key in enumerate(by, 1):
        if {stratum[at] for stratum in found} == {UNKNOWN}:
            what = " (a rank, 1 for the most visited)" if key == "popularity" else ""
            raise UsageError(f"no case says its {key}; cases.csv needs a column {key!r}{what}", key="--by")
    return dict(sorted(found.items()))


def name(stratum: Stratum) -> str:
    """How people are told of it."""
    return " / ".join(stratum)


def shares(allocation: str, sizes: Mapping[Stratum, int], rates: Mapping[Stratum, float]) -> dict[Stratum, float]:
    """What each stratum is to have in proportion: "proportional" to its size, "equal", or as "neyman" says, to its size
    and the standard deviation that its `rates` of wrong cases give (Neyman, JRSS 97(4), 1934)."""
    if allocation == "neyman":
        return {key: size * math.sqrt(rates[key] * (1 - rates[key])) for key, size in sizes.items()}
    return {key: float(size) if allocation == "proportional" else 1.0 for key, size in sizes.items()}


def allocate(sizes: Mapping[Stratum, int], wanted: Mapping[Stratum, float], number: int) -> dict[Stratum, int]:
    """So many cases, one of each stratum at least and no more than it has, the others by Sainte-Lague's divisors; a
    larger number never takes fewer of any. Raises UsageError when that cannot be."""
    if not len(sizes) <= number <= sum(sizes.values()):
        have = f"{len(sizes)} strata with {sum(sizes.values())} cases"
        raise UsageError(f"{number} cases cannot be drawn from {have}, one of each at least", key="--size")
    found = dict.fromkeys(sizes, 1)
    line = [(-wanted[key] / 3, key) for key, size in sizes.items() if size > 1]
    heapq.heapify(line)
    for _ in range(number - len(sizes)):
        _, key = heapq.heappop(line)
        found[key] += 1
        if found[key] < sizes[key]:
            heapq.heappush(line, (-wanted[key] / (2 * found[key] + 1), key))
    return found


def draw(found: Mapping[Stratum, Sequence[Case]], numbers: Mapping[Stratum, int], seed: int) -> dict[str, float]:
    """Case id to new weight: of each stratum so many, the first in an order that seed and ids alone decide, each
    standing for as many as were in the stratum for one drawn."""
    drawn = {}
    for key, cases in found.items():
        number = numbers.get(key, 0)
        for case in sorted(cases, key=lambda case: _place(seed, case.case_id))[:number]:
            drawn[case.case_id] = case.weight * len(cases) / number
    return drawn


def _place(seed: int, case_id: str) -> tuple[bytes, str]:
    return hashlib.sha256(f"{seed}\0{case_id}".encode()).digest(), case_id
