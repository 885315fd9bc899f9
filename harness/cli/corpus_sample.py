"""`harness corpus sample`: a smaller corpus that stands for a larger one."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.table import Table

from harness.cli import options
from harness.corpus import sample as samples
from harness.corpus.load import load
from harness.corpus.strata import KEYS, Stratum, allocate, draw, name, shares, strata
from harness.model.case import Case
from harness.model.errors import UsageError

LISTED = 5  # strata named in a note


@click.command()
@click.argument("ref", metavar="CORPUS")
@click.option("--into", type=click.Path(path_type=Path), required=True, help="Folder of the new corpus.")
@click.option("--size", type=click.IntRange(min=1), required=True, help="Cases to draw.")
@click.option(
    "--by", default="category", show_default=True, help=f"What the strata are, with commas: {', '.join(KEYS)}."
)
@click.option(
    "--allocation",
    type=click.Choice(("proportional", "equal", "neyman")),
    default="proportional",
    show_default=True,
    help="Cases of each stratum: as many as it is large, as many of each, or more where results vary more.",
)
@click.option(
    "--rate",
    "rates",
    multiple=True,
    metavar="CATEGORY=SHARE",
    help="For neyman: the share of cases you expect to go wrong; for every category.",
)
@click.option("--reason", default="", help="For neyman: where those shares come from; kept in corpus.toml.")
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed and corpus, same sample.")
def sample(
    ref: str, into: Path, size: int, by: str, allocation: str, rates: tuple[str, ...], reason: str, seed: int
) -> None:
    """Draw a stratified sample of CORPUS into a new corpus. Each case keeps in its weight how many it stands for."""
    corpus = load(ref)
    keys = tuple(dict.fromkeys(part.strip() for part in by.split(",")))
    found = strata(corpus.cases, keys)
    sizes = {key: len(cases) for key, cases in found.items()}
    wanted = shares(allocation, sizes, _rates(found, rates, reason) if allocation == "neyman" else {})
    if allocation != "neyman" and (rates or reason):
        raise UsageError("belong to --allocation neyman", key="--rate, --reason")
    numbers = allocate(sizes, wanted, size)
    how: dict[str, str | int | list[str]] = {"by": list(keys), "allocation": allocation, "seed": seed}
    how |= {"rates": list(rates), "reason": reason} if allocation == "neyman" else {}
    samples.write(corpus, draw(found, numbers, seed), into, how)
    table = Table("stratum", "cases", "drawn", "each stands for", box=None, pad_edge=False)
    for key, number in numbers.items():
        table.add_row(name(key), f"{sizes[key]:,}", f"{number:,}", f"{sizes[key] / number:.4g}")
    options.show(table)
    for line in _small(sizes, wanted, numbers, size):
        click.echo(line)
    click.echo(f"{size:,} of {len(corpus.cases):,} cases drawn into {into}")


def _small(
    sizes: Mapping[Stratum, int], wanted: Mapping[Stratum, float], numbers: Mapping[Stratum, int], size: int
) -> list[str]:
    """Strata that are too small for their share, or for anything to be said of them."""
    whole, lines, alone = sum(wanted.values()), [], []
    for key, number in numbers.items():
        share = size * wanted[key] / whole if whole else 0.0
        if number == sizes[key] and number < int(share):
            lines.append(f"note: {name(key)}: too small: all its {number} cases are taken, {share:.0f} were its share")
        if number == 1:
            alone.append(name(key))
    if alone:
        more = f" and {len(alone) - LISTED} more" if len(alone) > LISTED else ""
        told = f"{', '.join(alone[:LISTED])}{more}"
        lines.append(f"note: too small to say anything of by themselves, as one case of each is drawn: {told}")
    return lines


def _rates(found: Mapping[Stratum, Sequence[Case]], given: Sequence[str], reason: str) -> dict[Stratum, float]:
    """The share of cases expected to go wrong by stratum, as given by category."""
    if not reason:
        raise UsageError("say where the rates come from", key="--reason")
    rates: dict[str, float] = {}
    for text in given:
        category, _, share = text.partition("=")
        try:
            rates[category] = float(share)
        except ValueError:
            rates[category] = -1.0
        if not 0 < rates[category] < 1:
            raise UsageError(f"{text!r} is not a category, = and a share above 0 and below 1", key="--rate")
    categories = {case.category for cases in found.values() for case in cases}
    if missing := sorted(categories ^ set(rates)):
        what = "is not in the corpus" if missing[0] in rates else "has none"
        raise UsageError(f"{missing[0]!r} {what}", key="--rate")
    # A stratum of several categories goes wrong as its cases do.
    return {key: sum(rates[case.category] for case in cases) / len(cases) for key, cases in found.items()}
