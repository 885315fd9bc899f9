"""`harness corpus agreement`: how far the raters of a corpus agree on its labels."""

from collections import defaultdict

import click
from rich.table import Table

from harness.cli import options
from harness.corpus.labels import RATINGS
from harness.corpus.load import load
from harness.model.errors import UsageError
from harness.score.alpha import METHOD
from harness.score.raters import Label, raters


@click.command()
@click.argument("ref", metavar="CORPUS")
@click.option("--confidence", type=click.FloatRange(0.5, 1, max_open=True), default=0.95, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Decides the draws behind alpha's interval.")
def agreement(ref: str, confidence: float, seed: int) -> None:
    """Say how far the raters of CORPUS agree on its labels, over all and on each category, and what is disputed."""
    corpus = load(ref)
    rated: dict[str, dict[str, Label]] = defaultdict(dict)
    for rating in corpus.labels.ratings:
        rated[rating.case_id][rating.rater] = (rating.category, rating.expectation)
    if not rated:
        raise UsageError(f"no {RATINGS}, in which raters say what each case is", file=corpus.folder)
    people = {rating.rater for rating in corpus.labels.ratings}
    click.echo(f"{len(corpus.labels.ratings):,} labels of {len(rated):,} cases by {len(people)} raters")
    table = Table("", "cases", "alike", "kappa", "interval", "of cases", "alpha", "interval", box=None, pad_edge=False)
    found = raters(rated, confidence, seed)
    for item in found:
        table.add_row(
            item.category,
            f"{item.n:,}",
            f"{item.k:,}",
            _figure(item.kappa),
            _interval(item.kappa_lower, item.kappa_upper),
            f"{item.kappa_n:,}",
            _figure(item.alpha),
            _interval(item.alpha_lower, item.alpha_upper),
        )
    options.show(table)
    click.echo(
        f"1 is full agreement, 0 what chance would bring. By category: of it, or of any other. At {confidence:.0%}."
    )
    for method in dict.fromkeys((*(item.method for item in found), METHOD)):
        click.echo(method)
    disputed = [case.case_id for case in corpus.cases if case.disputed]
    click.echo(f"settled by adjudication: {len(corpus.labels.settled):,}")
    if disputed:
        click.echo(f"note: disputed and not settled: {len(disputed):,} ({', '.join(sorted(disputed))})")


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(lower: float | None, upper: float | None) -> str:
    return "–" if lower is None or upper is None else f"{lower:.3f} to {upper:.3f}"
