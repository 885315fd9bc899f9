"""Handing a run over: one file of it, a signed attestation of its result, and the check of whoever gets them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
from rich.console import Console

from harness.cli import options
from harness.evidence import bundle as bundles
from harness.evidence import disk, keys, seal
from harness.evidence.folder import RunFolder
from harness.model.errors import EvidenceError, UsageError
from harness.report import attestation, check, printed
from harness.report.derive import derive

PATIENCE_SECONDS = 2.0
FILE = click.Path(path_type=Path)


@click.command()
@options.directory
@click.option("--out", metavar="FILE", type=FILE, help=f"File to write; default DIR{bundles.SUFFIX}, beside DIR.")
def bundle(directory: Path, out: Path | None) -> None:
    """Pack the sealed run in DIR into one file to hand over. Same run, same bytes."""
    folder = RunFolder(directory)
    here = directory.resolve()
    target = out or here.with_name(f"{here.name}{bundles.SUFFIX}")
    with _progress() as tell:
        _checked(folder, tell)
        tell("packing")
        bundles.pack(folder, target)
    click.echo(target)


@click.command()
@options.directory
@click.option(
    "--key",
    metavar="FILE",
    envvar="HARNESS_KEY",
    type=FILE,
    required=True,
    help="The private key that the run is signed with; default: $HARNESS_KEY.",
)
@click.option("--out", metavar="FILE", type=FILE, help=f"File to write; default DIR/{attestation.FILE}.")
def attest(directory: Path, key: Path, out: Path | None) -> None:
    """Write the result of DIR as a signed in-toto attestation. A run that decides nothing gets none."""
    folder, private = RunFolder(directory), keys.private(key)
    target = out or folder.path / attestation.FILE
    if target.exists():
        raise UsageError("exists already; remove it to attest anew", file=target)
    with _progress() as tell:
        _checked(folder, tell)
        if seal.signer(folder) != keys.fingerprint(private.public_key()):
            raise UsageError("not the key that the run is signed with; see `harness sign`", file=key)
        text = attestation.attest(folder, derive(folder), private)
    try:
        disk.write(target, text.encode("utf-8"))
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=target) from None
    click.echo(target)


@click.command()
@click.argument("run", metavar="DIR_OR_BUNDLE", type=FILE)
@click.option(
    "--key", metavar="FILE", type=FILE, help="Public key that must have signed; got from the laboratory itself."
)
def verify(run: Path, key: Path | None) -> None:
    """Check that the evidence in DIR or a bundle is as it was sealed and signed, and that all results follow from it;
    exit 3 and say where when not."""
    trusted = keys.public(key) if key else None
    with _progress() as tell:
        tell("unpacking")
        with bundles.opened(run) if run.is_file() else nullcontext(RunFolder(run)) as folder:
            checked = check.checked(folder, trusted, tell)
            signer = "" if checked.problems else seal.signer(folder)
    _stop_at([problem.replace(str(folder.path), str(run)) for problem in checked.problems])
    same = [name for name in checked.compared if name != printed.FILE]
    click.echo("the evidence is as it was sealed, and the results follow from it")
    click.echo(f"recomputed: {checked.verdicts} verdicts, {checked.rates} rates, {checked.decisions} decisions")
    if {*same} - {"README.txt"}:
        click.echo(f"these files say the same: {', '.join(same)}")
    else:
        click.echo("no results lie beside the evidence; `harness score` makes them anew")
    if printed.FILE in checked.compared:
        click.echo(f"{printed.FILE} says it is a print of this report; a print is not recomputed")
    if not signer:
        click.echo("not signed: nothing here says who sealed it; only a digest of seal.json kept elsewhere can")
    elif trusted:
        click.echo(f"signed with the key given, {signer}")
    else:
        click.echo(
            f"signed with key {signer}; this only shows that whoever holds that key signed it."
            " Get the laboratory's public key from the laboratory and give it with --key"
        )


def _checked(folder: RunFolder, tell: Callable[[str], None]) -> None:
    """Raises EvidenceError, after naming each problem, when the run does not stand."""
    _stop_at(check.checked(folder, tell=tell).problems)


def _stop_at(problems: list[str]) -> None:
    for problem in problems:
        click.echo(problem)
    if problems:
        raise EvidenceError(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}: this evidence does not stand")


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Says on a terminal what is being done, once it takes longer than two seconds."""
    status = Console(stderr=True).status("")
    timer = threading.Timer(PATIENCE_SECONDS, status.start)
    timer.start()
    try:
        yield status.update
    finally:
        timer.cancel()
        timer.join()
        status.stop()
