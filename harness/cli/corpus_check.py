"""`harness corpus check`: all that is wrong with a corpus at once, and a cleaned copy of it."""

from collections import Counter
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from harness.cli import options
from harness.corpus import check as checking
from harness.corpus import findings
from harness.corpus import fix as fixing
from harness.corpus.check import Checked
from harness.corpus.findings import Finding, Severity
from harness.corpus.groups import groups
from harness.model.errors import UsageError
from harness.profile import criteria as profiles
from harness.report.neutral import visible

SHOWN = 5  # places listed of each kind
COLOUR = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


@click.command()
@click.argument("ref", metavar="CORPUS")
@click.option(
    "--against", "others", metavar="OTHER", multiple=True, help="Say what another corpus has too; again for several."
)
@click.option("--criteria", "profile", metavar="K", help="Say which of these criteria could not be decided or met.")
@click.option("--list", "listed", metavar="FILE", type=click.Path(path_type=Path), help="Write every finding as CSV.")
@click.option("--fix", is_flag=True, help="Write a cleaned copy; needs --into.")
@click.option("--into", metavar="NEW", type=click.Path(path_type=Path), help="New folder for the cleaned copy.")
def check(
    ref: str, others: tuple[str, ...], profile: str | None, listed: Path | None, fix: bool, into: Path | None
) -> None:
    """Say all that is wrong with CORPUS: errors, for which a run refuses it (exit 4), warnings, which a reviewer would
    attack, and notes.

    Nothing is asked of any network. With --fix, rows that are wrong are taken out of a copy and listed in its
    changes.csv; no label is changed, and of rows that contradict each other none is kept. Exit 0 then says that the
    copy has no errors.
    """
    if fix != (into is not None):
        raise UsageError("--fix and --into NEW belong together")
    digest = "" if fix else checking.digest(ref)  # before anything else is in memory
    found = checking.check(ref, others, profiles.load(profile) if profile else None)
    if listed:
        try:
            findings.write(found.findings, listed)
        except OSError as error:
            raise UsageError(f"cannot be written: {error.strerror}", file=listed, key="--list") from None
    _say(found, digest)
    if into:
        changes = fixing.fix(found, into)
        counts = Counter(change.change for change in changes)
        told = ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items())) or "nothing to change"
        click.echo(f"\n{into}: {told}; every change is in {fixing.CHANGES}")
    elif first := found.first_error:
        errors = found.count(Severity.ERROR)
        raise UsageError(visible(first + (f" (errors in all: {errors:,})" if errors > 1 else "")))


def _say(found: Checked, digest: str) -> None:
    manifest, frame = found.table.manifest, found.table.frame
    click.echo(
        visible(f"{manifest.title or manifest.name} {manifest.version}".rstrip() + ": ")
        + f"{len(frame):,} cases on {frame['host'].nunique():,} hosts of {frame['site'].nunique():,} sites"
    )
    if digest:
        click.echo(f"digest {digest}")
    _groups(found)
    for item in found.findings:
        _finding(item)
    counts = [f"{severity}s: {found.count(severity):,}" for severity in Severity]
    click.echo(f"\n{', '.join(counts)}")


def _groups(found: Checked) -> None:
    table = Table(
        *("category", "expectation", "cases", "sites", "worth", "largest site", "with fixture", "languages"),
        box=None,
        pad_edge=False,
    )
    frame = found.table.frame
    for item in groups(frame):
        if item.category:
            cases = frame[(frame["category"] == item.category) & (frame["expectation"] == item.expectation.value)]
            fixtures, languages = (cases["fixture"] != "").sum(), cases["language"][cases["language"] != ""].nunique()
            numbers = (f"{item.n:,}", f"{item.clusters:,}", f"{item.effective:,.1f}", f"{item.top_share:.0%}")
            table.add_row(Text(visible(item.category)), item.expectation, *numbers, f"{fixtures:,}", f"{languages:,}")
    options.show(table)


def _finding(item: Finding) -> None:
    head = click.style(f"{item.severity}: {item.title} ({item.count:,})", fg=COLOUR[item.severity], bold=True)
    click.echo(f"\n{head}\n  {item.why}")
    for spot in item.spots(SHOWN):
        click.echo(f"    {visible(spot, 300)}")
    if item.count > SHOWN:
        click.echo(f"    and {item.count - SHOWN:,} more; --list FILE writes all")
