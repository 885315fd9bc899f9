"""Where a browser runs when it does not run beside us, cut off from every network."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class Place(Protocol):
    """A place with a network of its own, for example a network namespace."""

    def command(self, arguments: Sequence[str]) -> list[str]:
        """The command that runs `arguments` there."""

    def executable(self, program: Path) -> Path:
        """A program here that runs `program` there, with the same arguments."""

    async def expose(self, port: int) -> int:
        """The port on our loopback that leads to a TCP port on the loopback there."""


class Here:
    """This machine, with the network that it has."""

    def command(self, arguments: Sequence[str]) -> list[str]:
        return list(arguments)

    def executable(self, program: Path) -> Path:
        return program

    async def expose(self, port: int) -> int:
        return port
