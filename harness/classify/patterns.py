"""Published fingerprints of block pages: one pattern each, where it is to be found and how sure it is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

# Scopes of OONI's list that do not speak of a block by themselves: a known false positive, vague words.
FALSE_POSITIVE, VAGUE = "fp", "vbw"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A row of OONI's blocking-fingerprints. `location` is "body", "dns" or "header.NAME" in lower case; `kind` is
    "full", "prefix", "contains" or "regexp"; `confidence` that it is no false positive, from 0 to 10."""

    name: str
    scope: str
    location: str
    kind: str
    pattern: str
    confidence: int


@dataclass(frozen=True, slots=True)
class Known:
    """A fingerprint with the search for its pattern in a text, made where patterns are read."""

    fingerprint: Fingerprint
    search: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Traces:
    """Where fingerprints are looked for. Header names are in lower case; a redirect's target is header "location"."""

    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The names of the fingerprints that match: of blocks, and of what is known to be none."""

    blocks: frozenset[str] = frozenset()
    no_blocks: frozenset[str] = frozenset()


def found(traces: Traces, known: Sequence[Known], confidence: int) -> Found:
    """Those that match and are at least that sure. Vague words count for nothing."""
    matching = [
        item.fingerprint for item in known if item.fingerprint.confidence >= confidence and _matches(item, traces)
    ]
    return Found(
        frozenset(item.name for item in matching if item.scope not in (FALSE_POSITIVE, VAGUE)),
        frozenset(item.name for item in matching if item.scope == FALSE_POSITIVE),
    )


def _matches(known: Known, traces: Traces) -> bool:
    return any(known.search(text) for text in _texts(traces, known.fingerprint.location))


def _texts(traces: Traces, location: str) -> Iterable[str]:
    match location.partition("."):
        case "body", _, _:
            return (traces.body,) if traces.body else ()
        case "dns", _, _:
            return traces.addresses
        case _, _, wanted:
            return (value for name, value in traces.headers if name == wanted)
