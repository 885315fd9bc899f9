"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

Command = Callable[..., Any]

out = click.option(
    "--out", type=click.Path(path_type=Path), help="Run folder to make; default runs/PRODUCT-CORPUS-TIME."
)
browser = click.option(
    "--browser",
    metavar="PROGRAM",
    help="Chromium to drive; default: $HARNESS_BROWSER, one on PATH, or a downloaded one.",
)
unseal = click.option(
    "--unseal",
    metavar="FILE",
    envvar="HARNESS_UNSEAL",
    type=click.Path(path_type=Path),
    help="Private key (age) that opens a sealed corpus, in memory; default: $HARNESS_UNSEAL.",
)
quiet = click.option("--quiet", "-q", is_flag=True, help="No progress.")
directory = click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))


key = click.option(
    "--key",
    metavar="FILE",
    envvar="HARNESS_KEY",
    type=click.Path(path_type=Path),
    help="Laboratory's private key to sign the sealed run with; default: $HARNESS_KEY.",
)


def planning(command: Command) -> Command:
    """The options that decide about a run."""
    for option in reversed(
        (
            click.argument("product"),
            click.option(
                "--corpus", required=True, help="Name of a shipped corpus, or a folder with corpus.toml and cases.csv."
            ),
            click.option(
                "--sealed",
                default="",
                metavar="DIR",
                help="Sealed corpus to visit beside the open one; needs --unseal.",
            ),
            unseal,
            click.option("--criteria", required=True, help="Name of shipped criteria, or a TOML file."),
            click.option(
                "--setting",
                "settings",
                multiple=True,
                help="Level of the product; may be given more than once. Default: the profile's.",
            ),
            click.option(
                "--param",
                "given",
                multiple=True,
                metavar="K=V",
                help="Parameter of the product, for example blocklists=DIR.",
            ),
            click.option(
                "--jobs", type=click.IntRange(1, 64), default=3, show_default=True, help="Cases under way at once."
            ),
            click.option(
                "--seed",
                type=int,
                default=1,
                show_default=True,
                help="Decides the order of the cases, and which are drawn with --limit.",
            ),
            click.option(
                "--limit", type=click.IntRange(min=1), help="Draw only so many cases, from all categories in turn."
            ),
            click.option(
                "--case", "only", multiple=True, metavar="ID", help="Only this case; may be given more than once."
            ),
            click.option(
                "--rules",
                default="",
                help="Name of shipped verdict rules, or a TOML file; default: standard, and live for a live product.",
            ),
            click.option(
                "--live",
                is_flag=True,
                help="For a live product: every case is a visit to a site on the real Internet.",
            ),
            click.option(
                "--stop-early",
                is_flag=True,
                help="Leave cases out once nothing they could show would change a decision.",
            ),
            click.option(
                "--timeout",
                type=click.FloatRange(1, 600),
                default=15,
                show_default=True,
                help="Seconds an attempt may take.",
            ),
        )
    ):
        command = option(command)
    return command


def show(table: Table) -> None:
    """Print a table as wide as the terminal, or 140 columns where there is none."""
    console = Console()
    Console(width=None if console.is_terminal else 140).print(table)
