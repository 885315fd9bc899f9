"""What coordinator and workers say to each other; plain values, so that versions that differ understand it."""

from dataclasses import dataclass, field
from typing import Any

from harness.model import canonical

Fact = tuple[str, str, dict[str, Any]]  # kind, the worker's time, data


@dataclass(frozen=True, slots=True)
class Brief:
    """A run, as a worker has to know it: the text of its `spec.json`, versions that must be the worker's too, the
    browser asked for, and the folders that are sent along, by what they are and the paths of their files. `session`
    names the coordinator's session."""

    session: str
    nonce: str
    spec: str
    versions: dict[str, str]
    browser: str | None = None
    folders: dict[str, dict[str, bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a worker has; what it lacks for the run, and what is otherwise there than it has to be, in words."""

    host: str
    has: dict[str, str]
    lacks: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """A shard: cases of a setting, by their ids, with the attempts that they have had; or, with no setting, the checks
    of the run, with the tries that they have had."""

    shard: int
    setting: str
    cases: tuple[str, ...] = ()
    had: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """All that came of a shard, in its order, and the blobs that it names, by digest. `void` says why the run cannot go
    on, "" if it can."""

    began: str
    ended: str
    facts: tuple[Fact, ...]
    digest: str
    blobs: dict[str, bytes]
    void: str = ""


def digest_of(facts: tuple[Fact, ...]) -> str:
    """SHA-256 over kinds and data, as they can be found again in the journal."""
    return canonical.digest(canonical.dumps([[kind, data] for kind, _, data in facts]))
