"""`harness report`: the report of a run, what the laboratory states in it, and its print."""

from pathlib import Path

import click

from harness.browser.find import find
from harness.cli import actions, options
from harness.evidence import addenda, keys
from harness.evidence.folder import RunFolder
from harness.model.addendum import Statement
from harness.model.errors import UsageError
from harness.profile import laboratory as files
from harness.report import pdf
from harness.report.statement import stated

FILE = click.Path(path_type=Path)


@click.command()
@options.directory
@click.option("--laboratory", metavar="FILE", type=FILE, help="laboratory.toml: what the laboratory states of itself.")
@click.option("--assignment", metavar="FILE", type=FILE, help="assignment.toml: what it states of this test.")
@click.option(
    "--key",
    metavar="FILE",
    envvar="HARNESS_KEY",
    type=FILE,
    help="Private key to sign what is stated with; a signed run asks for it. Default: $HARNESS_KEY.",
)
@click.option("--pdf", "printed", is_flag=True, help="Print report.pdf too.")
@options.browser
def report(
    directory: Path,
    laboratory: Path | None,
    assignment: Path | None,
    key: Path | None,
    printed: bool,
    browser: str | None,
) -> int:
    """Write report.html, junit.xml and result.json of the run in DIR.

    What a laboratory states is added to the sealed run and stands in every report of it from then on; stated anew, the
    last stands and the earlier stay visible. Without it, or with gaps, the report is a draft.
    """
    folder = RunFolder(directory)
    program = find(browser) if printed else None
    if laboratory and assignment:
        _state(folder, laboratory, assignment, key)
    elif laboratory or assignment:
        raise UsageError(
            "is needed too: a report has both what the laboratory states of itself and of the test",
            key="--assignment" if laboratory else "--laboratory",
        )
    derived = actions.write_results(folder)
    for gap in stated(folder, derived).gaps:
        click.echo(f"{gap.clause}: {gap.what}")
    click.echo(folder.path / "report.html")
    if program:
        click.echo(pdf.write(folder, derived, program))
    return derived.decision.exit_code


def _state(folder: RunFolder, laboratory: Path, assignment: Path, key: Path | None) -> None:
    of_itself, of_the_test = files.laboratory(laboratory), files.assignment(assignment)
    folder.spec()
    said = Statement(laboratory=files.recorded(of_itself), assignment=files.recorded(of_the_test), date=actions.now())
    new = addenda.state(folder, said, keys.private(key) if key else None)
    click.echo(f"recorded, {said.date}" if new else "this is what is stated already; nothing was recorded")
