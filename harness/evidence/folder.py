"""The run folder: `spec.json`, `plan.jsonl`, `journal/`, `blobs/`, `seal.json`, its signature, and what is derived
from them."""

import fcntl
import hashlib
import json
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from harness.evidence import disk
from harness.evidence.blobs import Blobs
from harness.evidence.journal import Reader
from harness.model import canonical
from harness.model.case import Case
from harness.model.errors import EvidenceError, UsageError
from harness.model.spec import Spec, spec_from
from harness.model.words import Expectation

OFTEN_ALIKE = (
    "category",
    "fixture",
    "fixture_digest",
    "language",
    "lookalike_of",
    "cluster",
    "source",
    "label_date",
    "rater",
)


class Plan:
    """The planned cases by their ids, left in the file and read when they are asked for: a million take little memory.
    Iterating raises KeyError, TypeError or ValueError at what is no case."""

    def __init__(self, path: Path, digest: str) -> None:
        """Raises EvidenceError when the file is not the one that was planned."""
        self._path = path
        ids, starts = [], [0]
        with _checked(path, digest) as file:
            for line in file:
                ids.append(json.loads(line)["case_id"])
                starts.append(starts[-1] + len(line))
        self._starts = array("q", (starts[at] for at in sorted(range(len(ids)), key=ids.__getitem__)))

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[Case]:
        shared: dict[str, str] = {}
        with self._path.open("rb") as file:
            for start in self._starts:
                file.seek(start)
                yield _case(json.loads(file.readline()), shared)


class RunFolder:
    """Paths and files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.spec_file = path / "spec.json"
        self.plan_file = path / "plan.jsonl"
        self.journal = path / "journal"
        self.blobs = Blobs(path / "blobs")
        self.seal_file = path / "seal.json"
        self.signature_file = path / "seal.sig.json"
        self.signer_file = path / "seal.pub"
        self.derived = path / "derived"
        self.result_file = path / "result.json"

    def create(self, spec: Spec, cases: tuple[Case, ...]) -> None:
        """Write spec and plan into a new or empty folder. Raises UsageError when it holds anything else."""
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            what = "another run; continue it with `harness resume`" if self.spec_file.exists() else "other files"
            raise UsageError(f"the output folder holds {what}, or name another with --out", file=self.path)
        try:
            disk.make_folder(self.path)
            disk.write(self.plan_file, plan_text(cases).encode())
            disk.write(self.spec_file, canonical.pretty(spec).encode())
        except OSError as error:
            raise UsageError(f"the output folder cannot be written: {error.strerror}", file=self.path) from None

    def spec(self) -> Spec:
        """The spec of the run. Raises UsageError when this is not a run folder, EvidenceError when it is damaged."""
        if not self.spec_file.is_file():
            raise UsageError("not a run folder: no spec.json", file=self.path)
        try:
            return spec_from(json.loads(self.spec_file.read_bytes()))
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise EvidenceError(f"{self.spec_file}: {error}") from None

    def cases(self, spec: Spec) -> tuple[Case, ...]:
        """The planned cases in their order. Raises EvidenceError when they are not those of the spec."""
        shared: dict[str, str] = {}  # texts that many cases have are held once
        with _checked(self.plan_file, spec.plan_digest) as file:
            return tuple(_case(json.loads(line), shared) for line in file)

    def plan(self, spec: Spec) -> Plan:
        """As `cases`, by their ids."""
        return Plan(self.plan_file, spec.plan_digest)

    def reader(self) -> Reader:
        """The journal, to be read once in order."""
        return Reader(self.journal, canonical.digest(self.spec_file.read_bytes()))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for one writer. Raises UsageError when another process runs it."""
        with (self.path / ".lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise UsageError("another process is running this run", file=self.path) from None
            yield


@contextmanager
def _checked(path: Path, digest: str) -> Iterator[BinaryIO]:
    """The plan, open at its beginning. Raises EvidenceError when it is not the one with that digest."""
    try:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise EvidenceError(f"{path}: changed since the run was planned")
            file.seek(0)
            yield file
    except OSError as error:
        raise EvidenceError(f"{path}: {error.strerror}") from None


def plan_text(cases: tuple[Case, ...]) -> str:
    """The bytes of `plan.jsonl`: one case a line."""
    return "".join(canonical.dumps(case) + "\n" for case in cases)


def _case(row: dict[str, Any], shared: dict[str, str]) -> Case:
    for key in OFTEN_ALIKE:
        row[key] = shared.setdefault(row[key], row[key])
    return Case(**{**row, "expectation": Expectation(row["expectation"])})
