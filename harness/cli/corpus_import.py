"""`harness corpus import`: a corpus out of lists that others made."""

from collections import Counter
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from harness.cli import options
from harness.corpus.importing import job, labels
from harness.corpus.importing.formats import FORMATS
from harness.corpus.importing.options import Options
from harness.corpus.importing.row import Reason
from harness.corpus.importing.tables import FIELDS
from harness.model.errors import UsageError

MOST = 100  # unmapped categories shown


@click.command("import")
@click.argument("kind", metavar="FORMAT", type=click.Choice([*FORMATS]))
@click.argument("source", metavar="SRC", type=click.Path(path_type=Path))
@click.option(
    "--into",
    metavar="CORPUS",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder to make, or a corpus to add to.",
)
@click.option("--crosswalk", default="", help="Name of a shipped crosswalk, or a TOML file; default: the format's own.")
@click.option(
    "--map",
    "given",
    multiple=True,
    metavar="SRC=CATEGORY:block",
    help="What a category of the source is to be, or :allow; before the crosswalk.",
)
@click.option("--label", metavar="CATEGORY:block", help="What rows are that name no category, or :allow.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    help=f"For csv: which column holds a field, of {', '.join(FIELDS)}.",
)
@click.option("--delimiter", default=",", show_default=True, help="For csv: what stands between columns; \\t for tabs.")
@click.option("--name", default="", help="What the corpus calls the source; default: the format.")
@click.option("--date", default="", metavar="YYYY-MM-DD", help="When labels were given that have no date of their own.")
@click.option(
    "--scheme",
    type=click.Choice(["https", "http"]),
    default="https",
    show_default=True,
    help="For entries that have none.",
)
@click.option(
    "--encoding",
    type=click.Choice(["utf-8", "latin-1", "cp1252"]),
    default="utf-8",
    show_default=True,
    help="What text files are written in.",
)
def import_(
    kind: str,
    source: Path,
    into: Path,
    crosswalk: str,
    given: tuple[str, ...],
    label: str | None,
    columns: tuple[str, ...],
    delimiter: str,
    name: str,
    date: str,
    scheme: str,
    encoding: str,
) -> None:
    """Make a corpus of the list SRC, a file or folder in a FORMAT: citizenlab, ut1, squidguard, csv, domains, hosts,
    adblock, har, warc or wacz. What is left out stands in its rejects.csv, each row with its reason."""
    delimiter = delimiter.replace("\\t", "\t")
    if len(delimiter) != 1:
        raise UsageError(f"--delimiter: {delimiter!r} is not one character")
    chosen = _pairs("--column", columns)
    if unknown := sorted(chosen.keys() - set(FIELDS)):
        raise UsageError(f"--column: {unknown[0]!r} is none of {', '.join(FIELDS)}")
    wanted = job.Import(
        format=kind,
        source=source,
        into=into,
        crosswalk=crosswalk,
        given={key: labels.parse(value) for key, value in _pairs("--map", given).items()},
        fixed=labels.parse(label) if label else None,
        name=name,
        date=date,
        options=Options(encoding, delimiter, chosen, scheme),
    )
    _show(into, job.carry_out(wanted))


def _pairs(option: str, given: tuple[str, ...]) -> dict[str, str]:
    pairs = [item.rpartition("=") for item in given]
    if wrong := [item for item, (key, _, value) in zip(given, pairs, strict=True) if not key or not value]:
        raise UsageError(f"{wrong[0]!r} is not NAME=VALUE", key=option)
    return {key: value for key, _, value in pairs}


def _show(into: Path, done: job.Summary) -> None:
    cases = sum(done.cases.values())
    click.echo(f"{into}: {done.rows:,} rows, {cases:,} cases, {done.rows - cases:,} left out (rejects.csv)")
    click.echo(f"of the cases {done.ips:,} are on IP addresses, {done.idns:,} on internationalised names\n")
    table = Table("category", "expectation", "cases", box=None, pad_edge=False)
    for (expectation, category), count in sorted(done.cases.items(), key=lambda item: (item[0][0] != "block", item[0])):
        table.add_row(category, expectation, f"{count:,}")
    options.show(table)
    click.echo()
    table = Table("left out", "rows", "why", box=None, pad_edge=False)
    for reason, count in Counter(done.rejects).most_common():
        if reason is not Reason.UNMAPPED:
            table.add_row(reason, f"{count:,}", "")
    for (category, why), count in Counter(done.unmapped).most_common(MOST):
        table.add_row(escape(f"{Reason.UNMAPPED} {category}"), f"{count:,}", escape(why))
    options.show(table)
    if (more := len(done.unmapped) - MOST) > 0:
        click.echo(f"and {more} more categories")
