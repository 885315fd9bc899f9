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
        "categories",
        "age band",
        "bound",
        "confidence, sides",
        "minimum n",
        "rule",
        "family",
        box=None,
        pad_edge=False,
    )
    for item in found.criterion:
        numbers = (f"{item.bound:.1%}", f"{item.confidence:.0%}, {item.sides}", str(item.minimum_n))
        categories = ", ".join(item.categories) or "all"
        table.add_row(item.id, item.clause, item.metric, categories, item.age_band, *numbers, item.rule, item.family)
    options.show(table)
    if found.score:
        scores = Table(
            "score", "age band", "to block", "to allow", "steps under", "steps over", box=None, pad_edge=False
        )
        for score in found.score:
            steps = [", ".join(f"{step:.0%}" for step in part or ()) for part in (score.under, score.over)]
            block = f"mean of {', '.join(score.mean_of)}" if score.mean_of else ", ".join(score.block) or "all"
            scores.add_row(score.id, score.age_band, block, ", ".join(score.allow) or "all", *steps)
        options.show(scores)
    hand = [f"{item.id} {item.title}" for item in found.clause if item.assessed == "by-hand"]
    if hand:
        click.echo(f"judged by hand: {'; '.join(hand)}")
