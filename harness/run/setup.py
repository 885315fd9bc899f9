"""What a session is given, and who is told how it goes on."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from harness.corpus.load import Corpus
from harness.evidence.folder import RunFolder
from harness.evidence.journal import Clock
from harness.evidence.state import State
from harness.model.spec import Spec
from harness.model.words import Verdict
from harness.profile.product import Product as Profile
from harness.run.halt import Halt
from harness.run.rig import Report, Watch

NONE: Mapping[Verdict, int] = {}


class Progress(Protocol):
    """Told how a run goes on."""

    def setting(self, setting: str, total: int, done: int, verdicts: Mapping[Verdict, int] = NONE) -> None:
        """A setting begins; `done` of `total` cases are there already, with these verdicts as far as they are known."""

    def case(self, verdict: Verdict | None = None) -> None:
        """One more case is done, with that verdict if it is known."""

    def fault(self, text: str) -> None:
        """An attempt failed, and says nothing of its case."""

    def note(self, text: str) -> None:
        """Something a person should know."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a session needs from outside; `nonce` makes its tokens its own."""

    folder: RunFolder
    spec: Spec
    profile: Profile
    corpus: Corpus
    browser: Path
    nonce: str
    clock: Clock
    progress: Progress
    versions: dict[str, str]
    watch: Watch | None = None
    halt: Halt = field(default_factory=Halt)


# Carries a run on and returns what is to be recorded of its end; records by the function given.
Executor = Callable[[Setup, State, Report], Awaitable[dict[str, Any]]]
