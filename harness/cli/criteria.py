"""`harness criteria`: the criteria profiles there are."""

import click
from rich.table import Table

from harness.cli import options
from harness.profile import criteria as profiles
from harness.profile import shipped


@click.group()
def criteria() -> None:
    """List criteria profiles, or check one."""


@criteria.command("list")
def list_() -> None:
    """The shipped criteria profiles."""
    for name in shipped.names(shipped.CRITERIA, "*.toml"):
        click.echo(f"{name}  {profiles.load(name).title}")


@criteria.command()
@click.argument("ref", metavar="CRITERIA")
def check(ref: str) -> None:
    """Read CRITERIA and show each bound; exit 4 with file and key when something is wrong."""
    found = profiles.load(ref)
    click.echo(f"{found.title}, version {found.version}\n{found.notice}")
    table = Table(
        "criterion",
        "clause",
        "metric",
        "category",
        "bound",
        "confidence",
        "minimum n",
        "rule",
        box=None,
        pad_edge=False,
    )
    for item in found.criterion:
        numbers = (f"{item.bound:.1%}", f"{item.confidence:.0%}", str(item.minimum_n))
        table.add_row(item.id, item.clause, item.metric, item.category, *numbers, item.rule)
    options.show(table)
