"""How often an interval misses and a decision is wrong: `python -m bench.decisions --out FOLDER --seed N`.

Prints the tables and draws `decisions.svg` from them. What must hold: with a guard band and Clopper-Pearson, false
passes are no more frequent than 1 - confidence, for independent cases, for clusters taken as clusters, and for any
member of a family with Holm. Exit 1 when they are. The other rules and methods are there to be compared.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from bench.chances import (
    ABOVE,
    ALPHA,
    BOUND,
    CONFIDENCE,
    Chances,
    Misses,
    alone,
    any_of,
    coverage,
    last_of,
    simulated,
    summed,
)
from bench.picture import draw
from harness.model.words import Design, Interval

SIZES = (30, 60, 100, 200, 300, 500, 1000)
COVERED = (30, 100, 300)
RATES = np.linspace(0.001, 0.3, 300)
CORRELATIONS = (0.0, 0.3, 1.0)
SITES = {"100 sites of 1 to 20 pages": tuple(range(1, 21)) * 5, "60 sites of 1 page, 2 of 20": (1,) * 60 + (20,) * 2}
RULES: dict[str, Callable[[int], Chances]] = {
    "guard band, Clopper-Pearson": alone,
    "guard band, Wilson": lambda n: alone(n, interval=Interval.WILSON),
    "guard band, Jeffreys": lambda n: alone(n, interval=Interval.JEFFREYS),
    "simple acceptance": lambda n: alone(n, rule="simple-acceptance"),
    "zero tolerance (bound 0)": lambda n: alone(n, rule="zero-tolerance", bound=0),
    "any of six, each by itself": lambda n: any_of(6, n),
    "any of six, Holm": lambda n: any_of(6, n, family="holm"),
    "one beside five perfect, Holm": lambda n: last_of(6, n, family="holm"),
}
PROMISED = ("guard band, Clopper-Pearson", "any of six, Holm", "one beside five perfect, Holm")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(), help="folder for decisions.svg")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=5000, help="samples for each estimated design effect")
    given = parser.parse_args()
    console = Console(stderr=True)

    covered = {
        (interval, n): coverage(n, interval, RATES)
        for interval in track(Interval, "coverage", console=console, transient=True)
        for n in COVERED
    }
    asked = [(rule, n) for rule in RULES for n in SIZES]
    chances = {key: RULES[key[0]](key[1]) for key in track(asked, "decisions", console=console, transient=True)}
    random = np.random.default_rng(given.seed)
    designs = [(sites, correlation, design) for sites in SITES for design in Design for correlation in CORRELATIONS]
    clustered = {
        (sites, correlation, design): simulated(SITES[sites], correlation, design, given.draws, random)
        if design is Design.ESTIMATED
        else summed(SITES[sites], correlation, design)
        for sites, correlation, design in track(designs, "clusters", console=console, transient=True)
    }

    print(f"Coverage of two-sided {CONFIDENCE:.0%} intervals at true rates from {RATES[0]:.1%} to {RATES[-1]:.0%}\n")
    print(f"{'':30}{'n':>6}{'least':>10}{'mean':>10}")
    for (interval, n), found in covered.items():
        print(f"{interval:30}{n:6}{found.min():10.2%}{found.mean():10.2%}")
    print(f"\nDecisions at a bound of {BOUND:.0%}, {CONFIDENCE:.0%} confidence one-sided, by true rate\n")
    print(f"{'':30}{'n':>6}{f'pass at {BOUND:.0%}':>13}{f'pass at {ABOVE:.0%}':>13}{f'fail at {BOUND:.0%}':>13}")
    for (rule, n), chance in chances.items():
        print(f"{rule:30}{n:6}{chance.passing:13.2%}{chance.passing_above:13.2%}{chance.failing:13.2%}")
    print(f"\nClusters at a true rate of {BOUND:.0%}: the one-sided {CONFIDENCE:.0%} bounds miss it\n")
    print(f"{'':30}{'design':14}{'correlation':>12}{'false pass':>12}{'false fail':>12}")
    for (sites, correlation, design), missed in clustered.items():
        print(f"{sites:30}{design:14}{correlation:12.1f}{missed.upper:12.2%}{missed.lower:12.2%}")

    draw(given.out / "decisions.svg", RATES, covered, chances, clustered)
    broken = exceeding(chances, clustered)
    print(f"\nFalse passes within {ALPHA:.0%} where promised: {'no, not ' + '; '.join(broken) if broken else 'yes'}")
    sys.exit(1 if broken else 0)


def exceeding(chances: dict[tuple[str, int], Chances], clustered: dict[tuple[str, float, Design], Misses]) -> list[str]:
    """What was promised and is not so."""
    found = [f"{rule}, n = {n}" for (rule, n), chance in chances.items() if rule in PROMISED and chance.passing > ALPHA]
    return found + [
        f"{sites}, correlation {correlation}"
        for (sites, correlation, design), missed in clustered.items()
        if design is Design.CLUSTERS and missed.upper > ALPHA
    ]


if __name__ == "__main__":
    main()
