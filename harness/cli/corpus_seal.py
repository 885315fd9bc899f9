"""`harness corpus keygen` and `harness corpus seal`: corpora that no vendor can have tuned to."""

import os
import secrets
from pathlib import Path

import click
import pyrage

from harness.corpus import sealed
from harness.corpus.load import load
from harness.evidence import disk
from harness.model.errors import UsageError

FOR_FILE = "corpus.toml"


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
def keygen(path: Path) -> None:
    """Write a new private key (age) to FILE and say the recipient to seal corpora to; nothing is overwritten."""
    made = pyrage.x25519.Identity.generate()
    recipient = str(made.to_public())
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"# recipient: {recipient}\n{made}\n")
    except OSError as error:
        why = "exists already" if isinstance(error, FileExistsError) else f"cannot be written: {error.strerror}"
        raise UsageError(why, file=path) from None
    click.echo(f"{path}: the private key, which opens sealed corpora; keep it to yourselves")
    click.echo(f"recipient {recipient}")


@click.command()
@click.argument("ref", metavar="CORPUS")
@click.option("--to", "recipients", metavar="RECIPIENT", multiple=True, required=True, help="age1…, again for several.")
@click.option("--into", "folder", metavar="DIR", required=True, type=click.Path(path_type=Path), help="Folder to make.")
def seal(ref: str, recipients: tuple[str, ...], folder: Path) -> None:
    """Encrypt cases and fixtures of CORPUS to laboratories' keys.

    A run opens the sealed corpus in memory. Of its cases nothing is written down but a keyed hash, the scheme, category
    and what became of them. The manifest stays readable; the open corpus is left as it is, to be put away.
    """
    found = load(ref)
    if found.opened:
        raise UsageError("is sealed already", file=found.folder)
    if found.resources:
        advice = "put what pages load into them, or record them (harness corpus record)"
        raise UsageError(f"a corpus with resources.csv cannot be sealed; {advice}", file=found.folder)
    fixtures = {}
    for case in found.cases:
        path, _ = found.fixture(case)
        if path:
            fixtures[case.fixture] = path.read_bytes()
    data = sealed.seal(found.cases, fixtures, recipients, secrets.token_bytes(32))
    if folder.exists():
        raise UsageError("is there already, and is not written over", file=folder)
    manifest = (found.folder / FOR_FILE).read_bytes()
    try:
        disk.make_folder(folder)
        disk.write(folder / FOR_FILE, manifest)
        disk.write(folder / sealed.FILE, data)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=folder) from None
    click.echo(f"{folder}: {len(found.cases)} cases and {len(fixtures)} fixtures, sealed; {FOR_FILE} stays readable")
