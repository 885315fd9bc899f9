"""The desk a person judges at: who sits there, what is open, and how findings get into the run's journal."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harness.evidence import addenda, seal
from harness.evidence.folder import RunFolder
from harness.model.addendum import Adjudication, ClauseJudgement, Entry, Finding
from harness.model.errors import EvidenceError, UsageError
from harness.model.words import Verdict
from harness.report.assessing import Agenda, Doubt, agenda, attached, enough
from harness.report.clauses import Assessed
from harness.report.derive import Derived, derive

Word = TypeVar("Word", bound=StrEnum)


class Desk:
    """One sealed run, judged by one person at a time. `clock` gives the time in UTC, ISO 8601."""

    def __init__(self, folder: RunFolder, key: Ed25519PrivateKey | None, clock: Callable[[], str]) -> None:
        """Raises EvidenceError when the run is not sealed or does not stand, UsageError when it asks for a key."""
        if not folder.seal_file.is_file():
            raise EvidenceError(f"{folder.path}: the run is not sealed; `harness resume` finishes it")
        if problems := seal.verify(folder) or addenda.verify(folder):
            raise EvidenceError(problems[0])
        addenda.check_key(folder, key)
        self.folder, self._key, self._clock = folder, key, clock
        self.author, self.blind = "", False
        self.derived: Derived = derive(folder)

    @property
    def agenda(self) -> Agenda:
        return agenda(self.derived)

    def sit(self, author: str, blind: bool) -> None:
        """Say who judges from now on, and whether the person does not know the product. Raises UsageError."""
        self.author, self.blind = " ".join(author.split()), blind
        if not self.author:
            raise UsageError("say who you are: a finding without an author is none", key="name")

    def clause(self, clause_id: str) -> Assessed:
        """Raises UsageError when no such clause is judged by hand."""
        found = next((item for item in self.agenda.clauses if item.clause.id == clause_id), None)
        if found is None:
            raise UsageError(f"no clause {clause_id!r} is judged by hand here")
        return found

    def doubt(self, case_id: str, setting: str) -> Doubt:
        """Raises UsageError when the rules could tell that case, or nothing valid was measured of it."""
        for found in self.agenda.doubts:
            if (found.item.case.case_id, found.item.setting) == (case_id, setting):
                return found
        raise UsageError(f"case {case_id!r} at setting {setting!r} is not in the review queue")

    def judge(self, clause_id: str, finding: str, reason: str, files: Sequence[tuple[str, bytes]]) -> None:
        """Record a finding on a clause with the files it rests on, (name, bytes) each. Raises UsageError."""
        found = _word(Finding, finding, "finding")
        enough(found, len(files))
        evidence = tuple(attached(name, content) for name, content in files)
        self._append(
            lambda said: ClauseJudgement(
                clause=self.clause(clause_id).clause.id, finding=found, evidence=evidence, **said
            ),
            reason,
            [content for _, content in files],
        )

    def adjudicate(self, case_id: str, setting: str, verdict: str, reason: str) -> None:
        """Record a verdict on a case of the review queue. Raises UsageError."""
        found = _word(Verdict, verdict, "verdict")
        item = self.doubt(case_id, setting).item
        machine = item.machine or item.judgement
        self._append(
            lambda said: Adjudication(
                case_id=case_id,
                setting=setting,
                verdict=found,
                machine_verdict=machine.verdict,
                machine_rule=machine.rule_id,
                **said,
            ),
            reason,
        )

    def _append(self, made: Callable[[dict[str, Any]], Entry], reason: str, contents: Sequence[bytes] = ()) -> None:
        if not self.author:
            raise UsageError("say who you are first", key="name")
        if not reason.strip():
            raise UsageError("say why, in a line or two", key="reason")
        said = {
            "author": self.author,
            "reason": " ".join(reason.split()),
            "blind": self.blind,
            "date": self._clock(),
        }
        try:
            entry = made(said)
        except ValueError as error:
            raise UsageError(str(error)) from None
        addenda.append(self.folder, entry, self._key, contents)
        self.derived = derive(self.folder)


def _word(words: type[Word], given: str, key: str) -> Word:
    try:
        return words(given)
    except ValueError:
        raise UsageError(f"{given!r} is none of {', '.join(words)}" if given else "choose one", key=key) from None
