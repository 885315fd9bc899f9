"""`harness corpus record`: pages of the real Internet as fixtures."""

from pathlib import Path
from typing import Any

import click

from harness.browser.find import find
from harness.cli import actions, options
from harness.internet.gateway import Names
from harness.run.record import Request, Taken
from harness.run.record import record as recorded


@click.command()
@click.argument("what", metavar="URL… | CORPUS", nargs=-1, required=True)
@click.option("--into", required=True, metavar="DIR", type=click.Path(path_type=Path), help="The new corpus.")
@click.option("--category", default="", help="Of the pages at the URLs given; cases of a corpus have theirs.")
@click.option("--live", is_flag=True, help="Every page is a visit to a site on the real Internet.")
@click.option("--jobs", type=click.IntRange(1, 16), default=3, show_default=True, help="Pages under way at once.")
@click.option("--timeout", "seconds", type=click.FloatRange(1, 600), default=30, show_default=True, help="For a page.")
@click.option(
    "--trust",
    "trusted",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Authorities (PEM) that sites are believed by; default: those that Mozilla believes.",
)
@options.browser
def record(browser: str | None, **asked: Any) -> None:
    """Visit pages and keep all that they consist of, as WARC, in a new corpus that replays them.

    Pages that do not arrive, or with an error, are left out and named.
    """

    def note(taken: Taken) -> None:
        if taken.why:
            click.echo(f"not recorded: {taken.case_id}: {taken.why}", err=True)
            return
        click.echo(f"{taken.case_id}: {taken.answers} answers")
        for why in taken.lost:
            click.echo(f"  missing: {why}", err=True)

    request = Request(**asked)
    count = recorded(request, find(browser), Names(), actions.now(), note)
    click.echo(f"{request.into}: {count} pages")
