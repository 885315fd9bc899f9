"""`harness failures`: what went wrong, and what got worse, for the maker of a product."""

from pathlib import Path

import click

from harness.report import failures_page
from harness.report.causes import Group
from harness.report.failures import Failures, State
from harness.report.failures import failures as find_failures
from harness.report.failures_page import HEADLINE, told
from harness.report.neutral import visible

SHOWN = 10  # groups told in the terminal
COLOUR = {State.WORSE: "red", State.NOT_WORSE: "green", State.ALONE: None}


@click.command()
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--baseline", metavar="OLD", type=click.Path(path_type=Path), help="Run folder to compare with.")
@click.option("--setting", "settings", multiple=True, help="Only this setting; may be given more than once.")
@click.option(
    "--confidence",
    type=click.FloatRange(0.5, 1, max_open=True),
    default=0.95,
    show_default=True,
    help="Of intervals and findings.",
)
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path), help="Write failures.html, failures.json and failures.csv."
)
def failures(run: Path, baseline: Path | None, settings: tuple[str, ...], confidence: float, out: Path | None) -> int:
    """Say what the product of RUN got wrong: failing cases by mechanism and cause, each with a command that opens it
    alone; and what got worse and better since the run in OLD.

    \b
    Exit codes: 0 nothing got worse, or there is no baseline; 1 a case that was right is wrong; 2 not comparable, or
    cases that were scored are not any more; 3 the run is void; 4 usage or configuration; 5 fault of the harness.
    """
    found = find_failures(run, baseline, settings, confidence)
    if out:
        failures_page.write(found, out)
    _say(found)
    if out:
        click.echo(f"\n  written: {out / failures_page.HTML}, {failures_page.JSON}, {failures_page.CSV}")
    return found.state.exit_code


def _say(found: Failures) -> None:
    click.echo(click.style(HEADLINE[found.state], fg=COLOUR.get(found.state, "yellow"), bold=True))
    for text in found.why:
        click.echo(f"  {visible(text)}")
    for text in found.found.warnings if found.found else ():
        click.echo(click.style(f"  warning: {visible(text)}", fg="yellow"))
    if found.found:
        click.echo(f"  {len(found.worse)} newly wrong, {len(found.better)} newly right")
    for number, (group, new) in enumerate(found.groups[:SHOWN], 1):
        _group(found, number, group, new)
    if len(found.groups) > SHOWN:
        click.echo(f"\n  and {len(found.groups) - SHOWN} more groups; --out lists all of them")
    for text in failures_page.limits(found.derived.spec):
        click.echo(f"\n  the product's profile says: {visible(text)}")
    if not found.groups:
        click.echo("  no case failed")


def _group(found: Failures, number: int, group: Group, new: int) -> None:
    fresh = click.style(f" ({new} newly wrong)", fg="red") if new else ""
    click.echo(f"\n{number:3} {click.style(visible(told(group)), bold=True)}{fresh}; setting {group.setting}")
    if group.cause.told not in told(group):
        click.echo(f"    {visible(group.cause.told)}")
    example = failures_page.examples(found, group)[0]
    click.echo(f"    for example {visible(example.url, 300)}")
    if example.command:
        click.echo(f"      {visible(example.command)}")
