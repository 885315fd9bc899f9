"""What stands in the replayed Internet's place where nothing is replayed."""

from pathlib import Path

from harness.internet.pages import token_for
from harness.model.observation import Receipt
from harness.model.words import Arm


class Nothing:
    """Answers no attempt and has no ports; its tokens are in no page."""

    control_port = test_port = 0
    doors = Path()
    alive = True

    def __init__(self, nonce: str) -> None:
        self._nonce = nonce

    def ca_spki(self) -> str:
        return ""

    async def start(self) -> None:
        """There is nothing to start."""

    async def open(self, attempt_id: str, arm: Arm, url: str, fixture: Path | None, data: bytes | None = None) -> str:
        return token_for(self._nonce, attempt_id)

    async def close(self, attempt_id: str) -> tuple[Receipt, ...]:
        return ()

    async def strays(self) -> dict[str, int]:
        return {}

    async def stop(self) -> None:
        """There is nothing to stop."""
