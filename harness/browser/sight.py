"""What one visit of the browser saw: facts, before receipts and before any judgement."""

import re
from dataclasses import dataclass, field

from harness.model import canonical
from harness.model.observation import Asset
from harness.model.words import End

CHALLENGE = re.compile(
    r"captcha|verify (that )?you are (a )?human|are you a robot|not a robot|checking your browser", re.IGNORECASE
)


@dataclass(slots=True)
class Sight:
    """Filled in as a visit goes on; `html` is the DOM when the token was not seen."""

    requested_url: str
    end: End = End.TIMEOUT
    final_url: str = ""
    chain: list[str] = field(default_factory=list)
    status: int = 0
    error: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    mime: str = ""
    issuer: str = ""
    title: str = ""
    token_seen: bool = False
    foreign_token: bool = False
    harness_page: bool = False
    body_digest: str = ""
    text: str = ""
    html: str = ""
    returns_to_case: bool = False
    challenge: bool = False
    assets: list[Asset] = field(default_factory=list)
    popups: int = 0
    dialogs: int = 0
    fault: str = ""
    duration_ms: int = 0
    screenshot: bytes = b""

    @property
    def visible_text(self) -> str:
        """The visible text with white space folded."""
        return " ".join(self.text.split())

    @property
    def text_digest(self) -> str:
        return canonical.digest(self.visible_text) if self.end is End.PAGE else ""
