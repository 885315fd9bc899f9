"""`harness assess`: a page on which people judge what a machine cannot."""

import asyncio
import webbrowser
from pathlib import Path

import click

from harness.assess import sheet
from harness.assess.app import serve
from harness.assess.desk import Desk
from harness.cli import actions, options
from harness.evidence import keys
from harness.evidence.folder import RunFolder
from harness.model.errors import UsageError


@click.command()
@options.directory
@options.key
@click.option("--port", default=0, metavar="N", help="Port on loopback. Default: a free one.")
@click.option("--no-open", is_flag=True, help="Do not open a browser; print the address alone.")
@click.option("--write", metavar="FILE", type=click.Path(path_type=Path), help="Write what is open as a file to edit.")
@click.option("--read", metavar="FILE", type=click.Path(path_type=Path), help="Record what was filled into the file.")
def assess(directory: Path, key: Path | None, port: int, no_open: bool, write: Path | None, read: Path | None) -> None:
    """Judge the clauses and cases of the sealed run in DIR that a machine cannot, on a page in the browser.

    The page is served on this machine alone, and every finding goes into the run's journal with author, time, reason
    and the files it rests on. The same can be done in a file: --write makes it, --read records it.
    """
    if write and read:
        raise UsageError("--write and --read do not go together")
    desk = Desk(RunFolder(directory), keys.private(key) if key else None, actions.now)
    before = len(desk.derived.addenda)
    if write:
        sheet.write(desk, write)
        click.echo(
            f"{desk.agenda.open} open; fill in {write} and record it with: harness assess {directory} --read {write}"
        )
        return
    if read:
        sheet.read(desk, read)
    else:
        asyncio.run(serve(desk, port, lambda address: _open(address, not no_open)))
    click.echo(f"{len(desk.derived.addenda) - before} recorded, {desk.agenda.open} still open")
    click.echo(f"recompute results and report with: harness score {directory}")


def _open(address: str, browser: bool) -> None:
    click.echo(f"judge at {address}\nCtrl-C ends it; what was recorded stays")
    if browser:
        webbrowser.open(address)
