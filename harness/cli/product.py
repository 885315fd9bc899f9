"""`harness product`: the products there are, and new ones."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import click
from rich.table import Table

from harness.browser.find import find
from harness.cli import actions, options
from harness.model.errors import HarnessError, UsageError
from harness.profile import product as profiles
from harness.profile import schema as schemas
from harness.profile import shipped, skeleton
from harness.run.check import check_product
from harness.run.finding import Finding, Grade

COLOURS = {Grade.OK: "green", Grade.NOTE: "yellow", Grade.BAD: "red"}


@click.group()
def product() -> None:
    """List products, make a new one, or check one."""


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
@click.argument("kind")
@click.argument("name")
@click.option("--out", metavar="FOLDER", type=click.Path(path_type=Path), help="Folder to make; default NAME.")
def new(kind: str, name: str, out: Path | None) -> None:
    """Write a profile to fill in, for a product NAME of a KIND: proxy, dns, extension, policy, icap, transparent,
    remote or live."""
    folder = (out or Path(name)).absolute()
    skeleton.make(kind, name, folder)
    click.echo(f"{folder / 'profile.toml'} is to be filled in; then: harness product check {folder}")


@product.command()
@click.argument("what", type=click.Choice([*schemas.MODELS]), default="product")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Write it there.")
def schema(what: str, out: Path | None) -> None:
    """The JSON Schema of WHAT people write (a product's profile, criteria, rules, corpus.toml, a crosswalk,
    laboratory.toml or assignment.toml), for editors."""
    if out is None:
        click.echo(schemas.text(what), nl=False)
        return
    try:
        out.write_text(schemas.text(what), "utf-8")
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=out) from None


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
        click.echo(f"{click.style(f'{finding.grade:4}', fg=COLOURS[finding.grade])} {finding.text}")
        bad += finding.grade is Grade.BAD
    return bad
