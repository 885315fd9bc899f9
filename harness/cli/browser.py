"""`harness browser`: which browser is used."""

import click

from harness.browser import find


@click.command()
@click.option(
    "--install", is_flag=True, help="When none is found, download one, or as root install the system's package."
)
def browser(install: bool) -> None:
    """Print the path of the Chromium that runs will use."""
    click.echo(find.install() if install else find.find())
