"""What the far ends of exchanges heard."""

import asyncio
import json
from dataclasses import dataclass, field

from harness.products.process import Process

POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Heard:
    """One message that arrived: by which service, to whom, what it said."""

    service: str
    to: str
    text: str


@dataclass(slots=True)
class Record:
    """All that arrived, in order: at servers in this process, and at those of `processes`, which print it."""

    entries: list[Heard] = field(default_factory=list)
    processes: dict[str, Process] = field(default_factory=dict)

    def at(self, service: str) -> list[Heard]:
        """What arrived at a service."""
        if service not in self.processes:
            return [item for item in self.entries if item.service == service]
        said = [json.loads(line) for line in self.processes[service].words.splitlines() if line.startswith("{")]
        return [Heard(service, item["to"], item["text"]) for item in said if "text" in item]

    async def since(self, service: str, before: int, count: int, seconds: float) -> list[Heard]:
        """What arrived at a service after the first `before`; waits so long for `count` of it."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            found = self.at(service)[before:]
            if len(found) >= count or asyncio.get_running_loop().time() >= deadline:
                return found
            await asyncio.sleep(POLL_SECONDS)
