"""`harness key` and `harness sign`: a laboratory's key, and its signature on a run."""

from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harness.cli import actions, options
from harness.evidence import addenda, keys, seal
from harness.evidence.folder import RunFolder

file = click.argument("path", metavar="FILE", type=click.Path(path_type=Path))


@click.group()
def key() -> None:
    """Make a key to sign runs with, or show one."""


@key.command()
@file
def new(path: Path) -> None:
    """Write a new private key to FILE and its public key to FILE.pub; nothing is overwritten.

    The private key stays with the laboratory. The public one goes to whoever checks its runs, by a way they trust.
    """
    made = keys.create(path)
    click.echo(f"{path}: the private key; keep it to yourselves")
    click.echo(f"{keys.public_path(path)}: the public key; hand it to whoever checks your runs")
    click.echo(f"fingerprint {keys.fingerprint(made.public_key())}")


@key.command()
@file
def show(path: Path) -> None:
    """Say what key is in FILE, private or public, and its fingerprint, to be compared with its owner's."""
    found = keys.load(path)
    public = found.public_key() if isinstance(found, Ed25519PrivateKey) else found
    click.echo(f"{path}: {keys.kind(found)}\nfingerprint {keys.fingerprint(public)}")


@click.command()
@options.directory
@click.option(
    "--key",
    "path",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="The private key to sign with.",
)
def sign(directory: Path, path: Path) -> None:
    """Sign the sealed run in DIR with a laboratory's key, and what people have added to it."""
    folder, lab = RunFolder(directory), keys.private(path)
    seal.sign(folder, lab)
    addenda.sign(folder, lab)
    if folder.result_file.exists():
        actions.write_results(folder)  # the report names the signer
    click.echo(f"fingerprint {seal.signer(folder)}")
    click.echo(f"root        {seal.root(folder)}")
    click.echo(f"checked with: harness verify {directory} --key lab.pub")
    click.echo("where lab.pub is your public key as you handed it over; the seal.pub in the folder proves nothing")
