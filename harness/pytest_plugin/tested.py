"""The one run that all tests of a session speak of: planned before they are collected, carried out when the first of
them is set up, by whichever process that is."""

import asyncio
import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from harness.browser.find import find
from harness.cli import actions
from harness.cli.progress import Quiet
from harness.evidence import seal
from harness.evidence.folder import RunFolder
from harness.model.errors import EvidenceError, HarnessError, UsageError
from harness.model.words import Outcome
from harness.report import outputs
from harness.report.derive import Derived, derive
from harness.report.match import lineups, match, open_runs
from harness.run.carry import carry_on
from harness.run.plan import Request, plan, reopen
from harness.run.setup import Setup
from harness.score.outcome import Scored

Place = tuple[str, str]  # setting and case id


@dataclass
class Tested:
    """`made` says that the run is this session's to carry out, and not one that was there before."""

    folder: RunFolder
    made: bool
    browser: str = ""
    baseline: Path | None = None
    _fault: HarnessError | None = field(default=None, init=False)

    @cached_property
    def planned(self) -> Derived:
        """The run as it is before the tests: its cases, settings and criteria; nothing else of it counts."""
        return derive(self.folder) if self.made else self.derived

    @cached_property
    def right_before(self) -> list[Place]:
        """Setting and id, in this run, of every case that the baseline handled rightly; nothing without a baseline.

        Raises UsageError when the two cannot be compared, EvidenceError when the baseline is void."""
        if self.baseline is None:
            return []
        runs = open_runs([str(self.baseline), str(self.folder.path)])
        if voids := runs[0].derived.voids:
            raise EvidenceError(f"{self.baseline}: void, and no baseline: {voids[0]}")
        shared = match(runs).urls
        found = []
        for before, after in lineups(runs):
            scored = runs[0].scored(before)
            right = [url for url in shared if scored[url].outcome is Outcome.CORRECT]
            found += [(after, runs[1].cases[url].case_id) for url in right]
        return sorted(found)

    @cached_property
    def derived(self) -> Derived:
        """The finished run, scored. Raises HarnessError, the same each time, when it could not be carried out."""
        if self._fault:
            raise self._fault
        try:
            if self.made:
                self._carry_out()
            return derive(self.folder)
        except HarnessError as error:
            self._fault = error
            raise

    @cached_property
    def scored(self) -> dict[Place, Scored]:
        """What became of each case, by setting and id."""
        return _by_place(self.derived)

    @cached_property
    def scored_as_before(self) -> dict[Place, Scored]:
        """The same by the criteria and rules of the baseline, which `right_before` goes by too."""
        assert self.derived
        runs = open_runs([str(self.baseline), str(self.folder.path)])
        return _by_place(runs[1].derived)

    def _carry_out(self) -> None:
        """Carry the run on unless another process has; while one does, the others wait."""
        with _locked(self.folder.path / ".pytest.lock"):
            if self.folder.seal_file.exists():
                return
            spec = self.folder.spec()
            product, corpus = reopen(spec)
            executable = find(self.browser or None)
            token, versions = secrets.token_hex(16), actions.versions()
            setup = Setup(self.folder, spec, product, corpus, executable, token, actions.now, Quiet(), versions)
            asyncio.run(carry_on(setup))
            outputs.write(self.folder, derive(self.folder))


def planned(request: Request, out: Path, browser: str) -> RunFolder:
    """The run of this session, planned and not begun. Raises UsageError; then nothing is written."""
    find(browser or None)
    return plan(request, out, actions.now())


def existing(path: Path) -> RunFolder:
    """A run that was there before. Raises UsageError when it is none, EvidenceError when it is not as it was sealed."""
    folder = RunFolder(path)
    folder.spec()
    if not folder.seal_file.exists():
        raise UsageError("the run is not sealed; `harness resume` finishes it", file=path, key="--harness-run")
    if problems := seal.verify(folder):
        raise EvidenceError(problems[0])
    return folder


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _by_place(derived: Derived) -> dict[Place, Scored]:
    return {(item.setting, item.case.case_id): item for item in derived.scored}
