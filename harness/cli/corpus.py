"""`harness corpus`: the corpora there are."""

import click
from rich.table import Table

from harness.cli import options
from harness.cli.corpus_agreement import agreement
from harness.cli.corpus_check import check
from harness.cli.corpus_import import import_
from harness.cli.corpus_record import record
from harness.cli.corpus_sample import sample
from harness.cli.corpus_seal import keygen, seal
from harness.cli.corpus_stats import stats
from harness.corpus.load import load
from harness.profile import shipped


@click.group()
def corpus() -> None:
    """List, make, check, sample and seal corpora."""


corpus.add_command(import_)
corpus.add_command(keygen)
corpus.add_command(seal)
corpus.add_command(record)
corpus.add_command(sample)
corpus.add_command(agreement)
corpus.add_command(check)
corpus.add_command(stats)


@corpus.command("list")
def list_() -> None:
    """The shipped corpora."""
    table = Table("name", "version", "cases", "title", box=None, pad_edge=False)
    for name in shipped.names(shipped.CORPORA, "corpus.toml"):
        found = load(name)
        table.add_row(name, found.manifest.version, str(len(found.cases)), found.manifest.title)
    options.show(table)
