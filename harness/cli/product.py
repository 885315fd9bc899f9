"""`harness product`: the products there are."""

import asyncio
from collections.abc import AsyncIterator

import click
from rich.table import Table

from harness.browser.find import find
from harness.cli import actions, options
from harness.model.errors import HarnessError, UsageError
from harness.profile import product as profiles
from harness.profile import shipped
from harness.run.check import Finding, check_product


@click.group()
def product() -> None:
    """List products, or check one."""


@product.command("list")
def list_() -> None:
    """The shipped product profiles, and whether each is installed."""
    table = Table("name", "kind", "settings", "parameters", "", box=None, pad_edge=False)
    for name in shipped.names(shipped.PRODUCTS, "profile.toml"):
        profile = profiles.load(name)
        missing = profile.missing_programs()
        levels = ", ".join(
            f"{level}*" if level == profile.settings.default else level for level in profile.settings.level
        )
        state = f"not installed: {', '.join(missing)}" if missing else "ready"
        table.add_row(name, profile.kind, levels, ", ".join(profile.params), state)
    options.show(table)
    click.echo("\n* default setting")


@product.command()
@click.argument("name")
@click.option("--param", "given", multiple=True, metavar="K=V", help="Parameter of the product.")
@options.browser
def check(name: str, given: tuple[str, ...], browser: str | None) -> None:
    """Start product NAME at each setting and say in plain words what works and what does not."""
    profile = profiles.load(name)
    if missing := profile.missing_programs():
        raise UsageError(f"product {name!r} is not installed: {', '.join(missing)} not found. {profile.install.advice}")
    if bad := asyncio.run(_say(check_product(profile, profile.checked_params(actions.params(given)), find(browser)))):
        raise HarnessError(f"{bad} check{'s' if bad > 1 else ''} of {profile.name} failed")


async def _say(findings: AsyncIterator[Finding]) -> int:
    """Print each finding as it comes; returns how many are bad."""
    bad = 0
    async for finding in findings:
        click.echo(
            f"{click.style('ok  ', fg='green') if finding.good else click.style('BAD ', fg='red')} {finding.text}"
        )
        bad += not finding.good
    return bad
