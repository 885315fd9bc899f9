"""Verification: the seal and its signature, and whether everything derived that lies beside the evidence follows from
it."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jinja2 import TemplateError
from pyarrow.lib import ArrowException

from harness.evidence import addenda, bundle, seal
from harness.evidence.folder import RunFolder
from harness.evidence.readme import README
from harness.model import canonical
from harness.model.errors import EvidenceError, HarnessError, UsageError
from harness.report import attestation, outputs, printed, rescore, result
from harness.report.derive import Derived, derive

# What reading and scoring raise when sealed evidence says what no run would say.
SENSELESS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    TemplateError,
    re.error,
)
OTHER = (
    "does not follow from the evidence (changed, or made by another version or before people added to the run;"
    " `harness score` makes it anew)"
)
Flaw = Callable[[Path], str]  # why the file does not hold, "" when it does


@dataclass(frozen=True, slots=True)
class Checked:
    """What does not hold, in words, and what was computed anew on the way; nothing was when the evidence itself does
    not stand. `compared` are the files beside the evidence that agree."""

    problems: list[str]
    compared: tuple[str, ...] = ()
    verdicts: int = 0
    rates: int = 0
    decisions: int = 0


def problems(folder: RunFolder, trusted: Ed25519PublicKey | None = None) -> list[str]:
    """Everything that does not hold, in words; empty when evidence and results stand. Raises UsageError when this is no
    run folder."""
    return checked(folder, trusted).problems


def checked(
    folder: RunFolder, trusted: Ed25519PublicKey | None = None, tell: Callable[[str], None] = lambda step: None
) -> Checked:
    """Check evidence, signature (by the `trusted` key, when it is given) and all that is derived. `tell` hears what is
    done next. Raises UsageError when this is no run folder."""
    if not folder.spec_file.exists() and not folder.seal_file.exists():
        raise UsageError("not a run folder: neither spec.json nor seal.json", file=folder.path)
    tell("reading the evidence against its seal")
    if found := seal.verify(folder, trusted) or addenda.verify(folder, trusted):
        return Checked(found)
    try:
        tell("computing verdicts, rates and decisions anew")
        derived = derive(folder)
        tell("computing results and report anew")
        return _compared(folder, derived, dict(_expected(folder, derived, trusted)))
    except HarnessError as error:
        return Checked([str(error)])
    except SENSELESS as error:
        why = " ".join(repr(error).split())
        return Checked([f"{folder.path}: sealed, but not the evidence of a run ({why:.200})"])


def _compared(folder: RunFolder, derived: Derived, expected: dict[str, Flaw]) -> Checked:
    """Every file of the folder that is not evidence against what it should be."""
    found, agreeing = [], []
    for name, path in bundle.files(folder.path):
        made = name.partition("/")[0] in ("derived", *outputs.PLACES)
        if not bundle.is_known(name, path) or (made and name not in expected):
            found.append(f"{path}: not a file of this run")
        elif name in expected:
            why = expected[name](path)
            found += [f"{path}: {why}"] if why else []
            agreeing += [] if why else [name]
    return Checked(found, tuple(agreeing), len(derived.scored), len(derived.rates), len(derived.decided))


def _expected(folder: RunFolder, derived: Derived, trusted: Ed25519PublicKey | None) -> Iterator[tuple[str, Flaw]]:
    """What may lie beside the evidence, each with the test of whether it follows from it."""
    yield "README.txt", _text(README)
    for name, make in outputs.outputs(folder, derived, sealed=True):
        yield name, _pieces(make)
    yield printed.FILE, printed.flaw
    yield attestation.FILE, lambda path: attestation.flaw(path, folder, derived, trusted)
    yield from _scoring("derived", derived)
    for place in rescore.places(folder):
        with suppress(EvidenceError):  # then nothing in it belongs to this run
            after, difference = rescore.again(folder, derived, place)
            yield f"derived/{place.name}/difference.json", _text(canonical.pretty(difference))
            yield from _scoring(f"derived/{place.name}", after)


def _scoring(place: str, derived: Derived) -> Iterator[tuple[str, Flaw]]:
    yield f"{place}/decisions.json", _text(canonical.pretty(result.decisions(derived)))
    for name, make in result.tables(derived).items():
        yield f"{place}/{name}", _table(make)


def _text(text: str) -> Flaw:
    return _pieces(lambda: [text])


def _pieces(make: outputs.Make) -> Flaw:
    return lambda path: "" if _says(path, make()) else OTHER


def _says(path: Path, pieces: Iterable[str]) -> bool:
    with path.open("rb") as file:
        for piece in pieces:
            expected = piece.encode("utf-8", "backslashreplace")
            if file.read(len(expected)) != expected:
                return False
        return not file.read(1)


def _table(make: Callable[[], Iterable[pa.Table]]) -> Flaw:
    return lambda path: "" if _holds(path, make) else OTHER


def _holds(path: Path, make: Callable[[], Iterable[pa.Table]]) -> bool:
    """By value: versions of the library write other bytes for the same table."""
    try:
        # Rows first: a small file can say that it holds very many.
        if pq.read_metadata(path).num_rows != sum(map(len, make())):
            return False
        table, at = pq.read_table(path), 0
        for piece in make():
            if not table.slice(at, len(piece)).equals(piece):
                return False
            at += len(piece)
    except (OSError, ArrowException):
        return False
    return True
