"""`harness compare`: two runs or more on the same cases."""

from collections import Counter
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from harness.cli import options
from harness.report import compared
from harness.report.compare import DIFFERENT, Comparison, Flip, Lineup, Versus, comparison
from harness.report.match import Run
from harness.report.neutral import visible
from harness.report.plain import METRIC_NAME, percent
from harness.score.agreement import Agreement
from harness.score.paired import BETTER, METRICS, WORSE, Paired

SHOWN = 10  # flips listed in the terminal
COLOUR = {WORSE: "red", BETTER: "green"}


@click.command()
@click.argument("runs", metavar="RUN RUN...", nargs=-1, required=True)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder to write a site into, with index.html and all tables."
)
@click.option("--setting", "settings", multiple=True, help="Compare only this setting; may be given more than once.")
@click.option("--confidence", default=0.95, show_default=True, help="Of intervals and findings: 0.5 to below 1.")
def compare(runs: tuple[str, ...], out: Path | None, settings: tuple[str, ...], confidence: float) -> None:
    """Compare runs with the first RUN on the cases they share: two products, versions, settings or laboratories.

    RUN is a run folder, or FOLDER@SETTING for one setting of it; otherwise settings pair by name. Exit 0 says that the
    runs were compared, not how they did."""
    found = comparison(runs, settings, confidence)
    if out:
        compared.write(found, out)
    _say(found)
    if out:
        click.echo(f"\n  written: {out / compared.INDEX}, {out / compared.JSON}")


def _say(found: Comparison) -> None:
    for run in found.runs:
        click.echo(_who(run))
    for warning in found.warnings:
        click.echo(click.style(f"  warning: {visible(warning)}", fg="yellow", bold=True))
    for lineup in found.lineups:
        for versus in lineup.against:
            _versus(versus, lineup, found.confidence)
        for item in lineup.agreement[:1]:
            click.echo(f"\nAll {len(found.runs)} runs: {_agreed(item)}")


def _who(run: Run) -> str:
    product, corpus = run.identity["product"], run.identity["corpus"]
    tested = " ".join(filter(None, (product["title"], product["version"])))
    made = f"corpus {corpus['name']} {corpus['version']}; planned {run.identity['planned_at']}"
    return visible(f"Run {run.number}{' (baseline)' if run.number == 1 else ''}: {run.name}: {tested}; {made}")


def _versus(versus: Versus, lineup: Lineup, confidence: float) -> None:
    before, after = lineup.settings[0], lineup.settings[versus.number - 1]
    click.echo("\n" + visible(f"Run {versus.number} at {after} against run 1 at {before}"))
    for metric in METRICS:
        rates = [item for item in versus.rates if item.metric is metric]
        if rates:
            click.echo(f"\n  {METRIC_NAME[metric]}")
            options.show(_table(rates, versus.number, confidence))
    for name, used in (
        ("interval", {item.method for item in versus.rates}),
        ("p", {item.test for item in versus.rates}),
    ):
        click.echo(f"  {name}: {'; '.join(sorted(used))}")
    click.echo("  findings: from p, adjusted over the categories of a table by Holm's method")
    click.echo(f"  {_agreed(versus.agreement[0])}" if versus.agreement else "  no case has a verdict in both runs")
    _flips(versus.flips)


def _table(rates: list[Paired], number: int, confidence: float) -> Table:
    wrong = ("run 1 wrong", f"run {number} wrong", "only run 1", f"only run {number}")
    table = Table(
        "category", "cases", *wrong, f"points ({100 * confidence:g}%)", "p", "finding", box=None, pad_edge=False
    )
    for item in rates:
        table.add_row(
            Text(visible(item.category)),
            f"{item.n}" + (f" ({item.unscored} unscored)" if item.unscored else ""),
            *(f"{k} ({percent(k / item.n if item.n else None)})" for k in (item.wrong_baseline, item.wrong_other)),
            str(item.only_baseline_wrong),
            str(item.only_other_wrong),
            _points(item),
            "<0.0001" if item.p_adjusted < 0.0001 else f"{item.p_adjusted:.4f}",
            Text(item.finding, style=COLOUR.get(item.finding, "")),
        )
    return table


def _points(item: Paired) -> str:
    if item.difference is None:
        return "–"
    return f"{100 * item.difference:+.1f} ({100 * item.lower:+.1f} to {100 * item.upper:+.1f})"


def _agreed(item: Agreement) -> str:
    text = f"same verdict in {item.k} of {item.n} cases ({percent(item.share)})"
    if item.kappa is None:
        return f"{text}. {item.note}"
    bounds = f" ({item.lower:.3f} to {item.upper:.3f})" if item.lower is not None else ""
    return f"{text}; kappa {item.kappa:.3f}{bounds}: {item.method}" + (f". {item.note}" if item.note else "")


def _flips(flips: tuple[Flip, ...]) -> None:
    counts = Counter(flip.change for flip in flips)
    listed = ", ".join(f"{counts[change]} {change}" for change in (WORSE, BETTER, DIFFERENT) if counts[change])
    click.echo(f"  {len(flips)} cases with another verdict or outcome" + (f": {listed}" if listed else ""))
    for flip in flips[:SHOWN]:
        sides = (f"{side.verdict} by {side.rule_id} ({side.outcome})" for side in (flip.before, flip.after))
        text = visible(f"{flip.before.case_id} ({flip.category}, {flip.expectation}): {' → '.join(sides)}")
        click.echo(f"    {click.style(flip.change, fg=COLOUR.get(flip.change))} {text}")
    if len(flips) > SHOWN:
        click.echo(f"    and {len(flips) - SHOWN} more; --out lists all of them")
