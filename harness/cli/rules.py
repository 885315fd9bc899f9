"""`harness rules`: the sets of verdict rules there are."""

import click
from rich.markup import escape
from rich.table import Table

from harness.classify.rules import STANDARD
from harness.cli import options
from harness.profile import rules as profiles
from harness.profile import shipped


@click.group()
def rules() -> None:
    """List sets of verdict rules, or check one."""


@rules.command("list")
def list_() -> None:
    """The shipped sets of verdict rules."""
    for name in shipped.names(shipped.RULES, "*.toml"):
        click.echo(f"{name}  {profiles.load(name).title}")


@rules.command()
@click.argument("ref", metavar="RULES")
def check(ref: str) -> None:
    """Read RULES and show what it sets, and why; exit 4 with file and key when something is wrong."""
    found = profiles.read(ref)
    click.echo(
        f"{found.title}, version {found.version}\nAll else is as in the standard rules, version {STANDARD.version}."
    )
    table = Table("key", "standard", "here", "reason", box=None, pad_edge=False)
    if found.emptied:
        table.add_row("emptied", f"{STANDARD.emptied:.1%}", f"{found.emptied.share:.1%}", escape(found.emptied.reason))
    for name, error in found.error.items():
        table.add_row(
            f"error.{name}",
            STANDARD.errors.get(name) or "no block",
            error.mechanism or "no block",
            escape(error.reason),
        )
    for rule_id, reading in found.rule.items():
        table.add_row(f"rule.{rule_id}", STANDARD.verdict(rule_id), reading.verdict, escape(reading.reason))
    options.show(table)
