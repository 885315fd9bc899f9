"""What the commands have in common: carrying a run out with progress, writing its results, saying the decision."""

import asyncio
import datetime
import importlib
import secrets
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harness.browser.find import find
from harness.cli.progress import shown
from harness.evidence import seal
from harness.evidence.folder import RunFolder
from harness.model.errors import HarnessError, UsageError
from harness.run.carry import carry_on
from harness.run.executor.options import Machines
from harness.run.halt import Halt, Interrupted
from harness.run.plan import Prepared, reopen
from harness.run.setup import Setup
from harness.run.software import versions as versions

if TYPE_CHECKING:
    from harness.report.derive import Derived


def now() -> str:
    """The time in UTC, ISO 8601, to the millisecond."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def identity(path: Path | None) -> str:
    """The age identity in a file as `age-keygen` writes it, "" for no file. Raises UsageError."""
    if path is None:
        return ""
    try:
        lines = path.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError):
        raise UsageError("cannot be read as a key", file=path) from None
    return next((line for line in lines if line.startswith("AGE-SECRET-KEY-")), "none")


def run_folder(
    folder: RunFolder,
    browser: str | None,
    key: Ed25519PrivateKey | None,
    progress: str,
    unsealing: str = "",
    prepared: Prepared | None = None,
    machines: Machines | None = None,
) -> None:
    """Carry the run in the folder on to its end, here or on `machines`, opening what is sealed, and sign it with the
    key if there is one; `progress` is one of WAYS. Interrupted, it says how to go on."""
    spec = folder.spec()
    product, corpus = (prepared.product, prepared.corpus) if prepared else reopen(spec, unsealing)
    executable = Path() if machines else find(browser)
    with shown(progress) as told:
        halt = Halt(told.note)
        setup = Setup(
            folder, spec, product, corpus, executable, secrets.token_hex(16), now, told, versions(), None, halt
        )
        try:
            asyncio.run(_carried_on(setup, machines, browser))
        except (Interrupted, asyncio.CancelledError, KeyboardInterrupt):
            told.interrupted(f"harness resume {folder.path}")
            raise click.Abort from None
        except (OSError, MemoryError) as error:
            what, where = getattr(error, "strerror", "") or "no memory is left", getattr(error, "filename", None)
            said = (
                f"{where or 'the system'}: {what}; what was recorded stands, go on with: harness resume {folder.path}"
            )
            raise HarnessError(said) from None
    if key:
        seal.sign(folder, key)


async def _carried_on(setup: Setup, machines: Machines | None, browser: str | None) -> None:
    with setup.halt.by_interrupt():
        if machines is None:
            await carry_on(setup)
        elif find_spec("distributed") is None:
            raise UsageError("needs dask.distributed: pip install 'pas-harness[dask]'", key="--executor dask")
        else:  # which is imported for this alone
            await importlib.import_module("harness.run.executor.cluster").carry_on(setup, machines, browser)


def finish(folder: RunFolder) -> int:
    """Write the results of a run and say the decision, whose exit code it returns. Interrupted, it says how to go
    on."""
    try:
        derived = write_results(folder)
    except KeyboardInterrupt:
        click.echo(f"\ninterrupted; the run is sealed, get its results with: harness score {folder.path}", err=True)
        raise click.Abort from None
    say(derived, folder)
    return derived.decision.exit_code


def write_results(folder: RunFolder) -> "Derived":
    """Score the run and write its results and reports."""
    derived: Derived = _results().write(folder)
    return derived


def say(derived: "Derived", folder: RunFolder) -> None:
    """The decision, its reasons, and where the report lies."""
    _results().say(derived, folder)


def _results() -> ModuleType:
    # Late, as what it takes to write reports is not needed to begin a run.
    return importlib.import_module("harness.cli.results")


def params(given: tuple[str, ...]) -> dict[str, str]:
    """`K=V` options as a dictionary. Raises UsageError."""
    found = {}
    for item in given:
        key, equals, value = item.partition("=")
        if not equals or not key:
            raise UsageError(f"{item!r} is not K=V", key="--param")
        found[key] = value
    return found


def default_out(product: str, corpus: str, created: str) -> Path:
    """`runs/PRODUCT-CORPUS-TIME`, in the working folder."""
    stamp = created.replace("-", "").replace(":", "").partition(".")[0]
    return Path("runs") / f"{Path(product).name}-{Path(corpus).name}-{stamp}Z"
