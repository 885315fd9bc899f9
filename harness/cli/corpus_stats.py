"""`harness corpus stats`: a corpus as a page for people."""

from pathlib import Path

import click

from harness.corpus import check
from harness.evidence import disk
from harness.model.errors import UsageError
from harness.report.corpus_page import page


@click.command()
@click.argument("ref", metavar="CORPUS")
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path), help="Page to write; default: FOLDER.html, after CORPUS."
)
def stats(ref: str, out: Path | None) -> None:
    """Write a page on CORPUS: its cases by category, language, site and shape, what they are worth as a sample, and all
    that its check finds."""
    digest = check.digest(ref)
    found = check.check(ref)
    out = out or Path(f"{found.table.folder.name}.html")
    try:
        disk.write(out, page(found, digest).encode())
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=out, key="--out") from None
    click.echo(str(out))
