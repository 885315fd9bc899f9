"""`harness plan --target`: how many cases are needed, before there is anything to run."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from harness.cli import options
from harness.corpus import sample
from harness.corpus.load import load
from harness.corpus.strata import draw, strata
from harness.model.errors import UsageError
from harness.profile.criteria import load as load_criteria
from harness.run import sizing
from harness.run.sizing import Need
from harness.score.planning import MOST, Size, together

COUNTED = (
    "Counted as decisions are: each criterion by its own rule, interval, sides and confidence, cases of one site by"
    " what they are worth together, criteria of a family that protects passes by the hardest of Holm's steps."
)
NOT_COUNTED = (
    "Not counted: cases that turn out not to be fit to be scored (have some more), wrong labels, weights, and whether"
    " the cases stand for what a child meets."
)


@click.command(name="plan")
@click.option("--target", metavar="RATE<=BOUND", help="For example bad_sites_under_block<=0.05, for each category.")
@click.option("--criteria", help="Instead of --target: name of shipped criteria, or a TOML file; each of its criteria.")
@click.option(
    "--confidence", type=click.FloatRange(0.5, 1, max_open=True), help="Of --target, one-sided.  [default: 0.95]"
)
@click.option(
    "--expect",
    type=click.FloatRange(0, 1),
    required=True,
    help="Share of cases that you expect the product to get wrong.",
)
@click.option(
    "--power",
    type=click.FloatRange(0.5, 1, max_open=True),
    default=0.9,
    show_default=True,
    help="How likely such a product is to pass.",
)
@click.option("--corpus", help="Corpus to look at, or to draw from: a shipped name, or a folder.")
@click.option(
    "--design-effect",
    type=click.FloatRange(min=1),
    help="How many cases are worth one independent case; default: by the corpus's sites.",
)
@click.option("--into", type=click.Path(path_type=Path), help="Draw the cases needed into this new corpus.")
@click.option("--seed", type=int, default=1, show_default=True, help="Decides which cases are drawn.")
def size(
    target: str | None,
    criteria: str | None,
    confidence: float | None,
    expect: float,
    power: float,
    corpus: str | None,
    design_effect: float | None,
    into: Path | None,
    seed: int,
) -> None:
    """Say how many cases criteria need and how many of them may go wrong, and draw them."""
    if bool(target) == bool(criteria):
        raise UsageError("give one of them, either", key="--target, --criteria")
    if criteria and confidence is not None:
        raise UsageError("criteria state their own", key="--confidence")
    if into and not corpus:
        raise UsageError("say with --corpus what to draw from", key="--into")
    source = load(corpus) if corpus else None
    cases = source.cases if source else None
    if criteria:
        profile = load_criteria(criteria)
    else:
        profile = sizing.criteria_for(*sizing.target(str(target)), confidence or 0.95, cases or ())
    found = sizing.needs(profile, cases, expect, power, design_effect)
    options.show(_table(found))
    for line in (*_told(found, expect), COUNTED, NOT_COUNTED):
        click.echo(line)
    if source and into:
        there = strata(source.cases, ("category",))
        numbers = sizing.quotas(found, there)
        drawn = draw(there, numbers, seed)
        how: dict[str, Any] = {
            "by": ["category"],
            "allocation": "planned",
            "seed": seed,
            "expect": expect,
            "power": power,
        }
        how["target" if target else "criteria"] = target or f"{profile.name} {profile.version} {profile.digest()}"
        sample.write(source, drawn, into, how)
        click.echo(f"{len(drawn)} of {len(source.cases)} cases drawn into {into}")


def _table(found: Sequence[Need]) -> Table:
    table = Table("", "needs", "may go wrong", "passes", box=None, pad_edge=False)
    if any(need.has for need in found):
        for name in ("corpus has", "may go wrong", "passes"):
            table.add_column(name)
    for need in found:
        row = _cells(need.size) if need.size else [f"over {MOST:,}", "", ""]
        table.add_row(need.criterion.title, *row, *(_cells(need.has) if need.has else []))
    return table


def _cells(size: Size) -> list[str]:
    sites = f" (worth {size.sites:,})" if size.sites != size.cases else ""
    return [f"{size.cases:,}{sites}", f"{size.misses:,}" if size.misses >= 0 else "cannot pass", f"{size.power:.0%}"]


def _told(found: Sequence[Need], expect: float) -> list[str]:
    """The same in sentences, those that need the same together."""
    alike: dict[str, list[str]] = defaultdict(list)
    for need in found:
        size, bound = need.size, need.criterion.bound
        text = f"no number of cases is enough to tell a true rate of {expect:.1%} from one above {bound:.1%}."
        if size:
            text = f"with {size.cases:,} cases at most {size.misses:,} may go wrong."
            text += f" A product that gets {expect:.1%} wrong then passes {size.power:.0%} of the time."
            text += f" The corpus lacks {need.short:,} cases." if need.short else ""
        alike[text].append(need.criterion.title)
    lines = [f"{', '.join(titles)}: {text}" for text, titles in alike.items()]
    powers = [need.size.power for need in found if need.size]
    if len(powers) > 1 and len(powers) == len(found):
        lines.append(f"All {len(found)} together then pass at least {together(powers):.0%} of the time.")
    return lines


class Plan(click.Command):
    """`harness plan`, which is asked in another way once an option says what a test shall show."""

    ASKS = ("--target", "--expect", "--power")

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        asked = any(arg.partition("=")[0] in self.ASKS for arg in args)
        return (
            size.make_context(info_name, args, parent, **extra)
            if asked
            else super().make_context(info_name, args, parent, **extra)
        )

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        told = [
            record for param in size.get_params(ctx) if (record := param.get_help_record(ctx)) and param.name != "help"
        ]
        with formatter.section("Without PRODUCT, how many cases are needed and how many may go wrong"):
            formatter.write_dl(told)
