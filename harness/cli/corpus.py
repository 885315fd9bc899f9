"""`harness corpus`: the corpora there are."""

from collections import Counter

import click
from rich.table import Table

from harness.cli import options
from harness.cli.corpus_record import record
from harness.cli.corpus_seal import keygen, seal
from harness.corpus.load import load
from harness.corpus.manifest import Manifest
from harness.profile import shipped


@click.group()
def corpus() -> None:
    """List corpora, or check one."""


corpus.add_command(keygen)
corpus.add_command(seal)
corpus.add_command(record)


@corpus.command("list")
def list_() -> None:
    """The shipped corpora."""
    table = Table("name", "version", "cases", "title", box=None, pad_edge=False)
    for name in shipped.names(shipped.CORPORA, "corpus.toml"):
        found = load(name)
        table.add_row(name, found.manifest.version, str(len(found.cases)), found.manifest.title)
    options.show(table)


@corpus.command()
@click.argument("ref", metavar="CORPUS")
def check(ref: str) -> None:
    """Read all of CORPUS as a run would, and say what is in it; exit 4 with file, line and key when something is
    wrong."""
    found = load(ref)
    click.echo(
        f"{found.manifest.title or found.manifest.name} {found.manifest.version}:"
        f" {len(found.cases)} cases, {len(found.resources)} resources"
    )
    click.echo(f"digest {found.digest}")
    table = Table("category", "expectation", "cases", "with fixture", "https", "languages", box=None, pad_edge=False)
    groups = Counter((case.expectation, case.category) for case in found.cases)
    for (expectation, category), count in sorted(groups.items(), key=lambda item: (item[0][0] != "block", item[0])):
        cases = [case for case in found.cases if (case.expectation, case.category) == (expectation, category)]
        languages = ", ".join(sorted({case.language for case in cases if case.language}))
        secure = sum(case.url.lower().startswith("https:") for case in cases)
        table.add_row(
            category, expectation, str(count), str(sum(bool(case.fixture) for case in cases)), str(secure), languages
        )
    options.show(table)
    for key in sorted(set(found.manifest.model_extra or {}) - set(Manifest.model_fields)):
        click.echo(f"note: corpus.toml: unknown key {key!r} is not used")
