"""What one attempt showed: facts only, no judgement."""

from dataclasses import dataclass, field
from typing import Any

from harness.model import canonical
from harness.model.words import Arm, End, Tier


@dataclass(frozen=True, slots=True)
class Receipt:
    """One request that arrived at the replayed Internet for an attempt. `at_ms` counts from the attempt's opening."""

    url: str
    method: str
    status: int
    served: str  # page | redirect | resource | miss
    body_digest: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Asset:
    """A sub-resource the page asked for; `result` is an HTTP status or a network error."""

    url: str
    result: str


@dataclass(frozen=True, slots=True)
class Network:
    """What the network said of the host: the answers of the arm's resolver, and who issued the certificate of the page.
    Empty is what is not known."""

    addresses: tuple[str, ...] = ()
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One attempt of one case on one arm. Digests are SHA-256 hex; "" stands for what was not there.

    `token_seen` is about this attempt's own token; `foreign_token` about another's. `text_digest` and `text_length`
    (characters) describe the visible text with white space folded. `chain` lists the main frame's URLs in order.
    `live` is there when nothing was replayed, and then there are neither tokens nor receipts. `matched` is there when
    the case is sealed: the names of the fingerprints matched, in place of what they were looked for in.
    What the fast tier has for the text of a page with the token is its source without the token.
    """

    attempt_id: str
    case_id: str
    arm: Arm
    setting: str
    number: int
    end: End
    requested_url: str
    final_url: str = ""
    chain: tuple[str, ...] = ()
    status: int = 0
    error: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    mime: str = ""
    title: str = ""
    token_seen: bool = False
    foreign_token: bool = False
    harness_page: bool = False
    body_digest: str = ""
    text_digest: str = ""
    text_length: int = 0
    text_start: str = ""
    returns_to_case: bool = False
    challenge: bool = False
    assets: tuple[Asset, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    popups: int = 0
    dialogs: int = 0
    product_alive: bool = True
    fault: str = ""
    duration_ms: int = 0
    dom_blob: str = ""
    screenshot_blob: str = ""
    live: Network | None = None
    matched: tuple[str, ...] | None = None
    tier: Tier = field(default=Tier.BROWSER, metadata=canonical.LATER)


def observation_from(record: dict[str, Any]) -> Observation:
    """The observation written in a journal record. Raises KeyError, TypeError or ValueError if it is not one."""
    data = dict(record)
    data["arm"], data["end"] = Arm(data["arm"]), End(data["end"])
    data["chain"] = tuple(data["chain"])
    data["headers"] = tuple((name, value) for name, value in data["headers"])
    data["assets"] = tuple(Asset(**item) for item in data["assets"])
    data["receipts"] = tuple(Receipt(**item) for item in data["receipts"])
    if data.get("live") is not None:
        data["live"] = Network(tuple(data["live"]["addresses"]), data["live"]["issuer"])
    if data.get("matched") is not None:
        data["matched"] = tuple(data["matched"])
    data["tier"] = Tier(data.get("tier", ""))
    return Observation(**data)


@dataclass(slots=True)
class CaseEvidence:
    """All observations of one case at one setting, in the order of their attempts."""

    control: list[Observation] = field(default_factory=list)
    test: list[Observation] = field(default_factory=list)

    def of(self, tier: Tier) -> "CaseEvidence":
        """Those that one tier made."""
        return CaseEvidence(*([item for item in arm if item.tier is tier] for arm in (self.control, self.test)))
