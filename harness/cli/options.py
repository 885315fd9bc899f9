"""Options that several commands share."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from harness.cli.progress import WAYS
from harness.model.errors import UsageError
from harness.model.words import Tier
from harness.run.executor.options import Machines

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


def progress(command: Command) -> Command:
    """How progress is shown, as the parameter `progress`."""
    way = click.option(
        "--progress",
        type=click.Choice(WAYS),
        default="auto",
        metavar="WAY",
        help="Progress on standard error: bar, lines, json (a line each; docs/formats.md) or none. Default: as fits.",
    )
    quiet = click.option("--quiet", "-q", "progress", flag_value="none", help="No progress.")
    return way(quiet(command))


def machines(command: Command) -> Command:
    """Where cases are carried out, as the parameter `machines`: None for this machine alone."""

    @functools.wraps(command)
    def told(*given: Any, executor: str, scheduler: str, workers: int, send: bool, **rest: Any) -> Any:
        if executor == "dask":
            return command(*given, machines=Machines(scheduler, workers, send), **rest)
        if scheduler or workers or send:
            raise UsageError("is for --executor dask", key="--scheduler, --workers, --send")
        return command(*given, machines=None, **rest)

    for option in reversed(
        (
            click.option(
                "--executor",
                type=click.Choice(("local", "dask")),
                default="local",
                show_default=True,
                help="This machine, or the workers of a dask cluster (docs/cluster.md).",
            ),
            click.option(
                "--scheduler",
                default="",
                metavar="ADDRESS",
                help="Scheduler of that cluster, as tcp://HOST:8786; default: one of processes on this machine.",
            ),
            click.option(
                "--workers",
                type=click.IntRange(0, 10_000),
                default=0,
                metavar="N",
                help="Begin once so many workers are ready; with no scheduler, start so many. Default: 1, or 2.",
            ),
            click.option(
                "--send",
                is_flag=True,
                help="Send corpus, profile and block lists to workers, which else have them at the same paths.",
            ),
        )
    ):
        told = option(told)
    return told


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
                "--checks",
                multiple=True,
                metavar="CHECK",
                default=("auto",),
                help="Checks beside blocking, of those that the criteria ask for: an id with * for any letters, all, or"
                " none. Default: all, where this machine permits them.",
            ),
            click.option(
                "--stop-early",
                is_flag=True,
                help="Leave cases out once nothing they could show would change a decision.",
            ),
            click.option(
                "--tier",
                type=click.Choice(("browser", "fast")),
                default="browser",
                show_default=True,
                callback=lambda _, __, value: Tier.FAST if value == "fast" else Tier.BROWSER,
                help="fast: for very large lists, every case by HTTP and DNS alone, and by the browser a sample and"
                " what stays in doubt; the criteria must permit it.",
            ),
            click.option(
                "--browser-sample",
                type=click.IntRange(min=1),
                default=500,
                show_default=True,
                metavar="N",
                help="So many cases go through both tiers, to tell how far they agree.",
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
