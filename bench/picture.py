"""The picture of `bench.decisions`: told apart by dashes, marks and labels, not by colour alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator, PercentFormatter

from bench.chances import ALPHA, BOUND, CONFIDENCE, Chances, Law, Misses
from harness.model.words import Design, Interval
from harness.score.intervals import name

# Okabe and Ito's colours, dark to light in grey print; marks grow smaller, so that none hides the one before.
STYLES: tuple[dict[str, Any], ...] = (
    {"color": "#000000", "linestyle": "-", "marker": "o", "markersize": 8},
    {"color": "#0072B2", "linestyle": "--", "marker": "s", "markersize": 5},
    {"color": "#D55E00", "linestyle": "-.", "marker": "^", "markersize": 3.5},
    {"color": "#777777", "linestyle": "-", "marker": "D", "markersize": 5, "markerfacecolor": "white"},
    {"color": "#56B4E9", "linestyle": ":", "marker": "v", "markersize": 4},
)
LEAST = 2e-4  # where the logarithmic axes end
SHARES = (LEAST, 0.001, 0.01, 0.05, 0.2, 1)
LEGEND: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1, 1), "frameon": False}
PROMISE: dict[str, Any] = {"color": "#000000", "linewidth": 0.8, "linestyle": (0, (1, 2))}


def draw(
    path: Path,
    rates: Law,
    covered: Mapping[tuple[Interval, int], Law],
    chances: Mapping[tuple[str, int], Chances],
    clustered: Mapping[tuple[str, float, Design], Misses],
) -> None:
    """Write the picture as SVG; the same figures give the same bytes."""
    mpl.rcParams.update({"svg.hashsalt": "decisions", "font.size": 8.5, "axes.spines.top": False})
    mpl.rcParams.update({"axes.spines.right": False, "axes.titlesize": 9, "axes.titlelocation": "left"})
    figure = Figure(figsize=(11, 13), layout="constrained")
    top, middle, bottom = figure.subfigures(3, 1, squeeze=False, height_ratios=(1.25, 1.25, 1)).flat
    _coverage(top, rates, covered)
    names = list(dict.fromkeys(rule for rule, _ in chances))
    middle.suptitle(f"Wrong decisions at a bound of {BOUND:.0%}, {CONFIDENCE:.0%} confidence one-sided")
    for axes, rules, field, title in zip(
        middle.subplots(2, 2, sharex=True, sharey=True).flat,
        (names[:5], names[:5], names[5:], names[5:]),
        ("passing", "failing") * 2,
        ("passes, one criterion", "fails, one criterion", "passes, six criteria", "fails, six criteria"),
        strict=True,
    ):
        _decisions(axes, chances, rules, field, f"{title}; true rate {BOUND:.0%}")
    bottom.suptitle(f"Clustered cases, true rate {BOUND:.0%}: how often a one-sided {CONFIDENCE:.0%} bound misses it")
    left, right = bottom.subplots(1, 2, sharex=True, sharey=True)
    _clusters(left, clustered, "upper", "upper bound too low: a false pass")
    _clusters(right, clustered, "lower", "lower bound too high: a false fail")
    right.legend(**LEGEND)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None, "Creator": None})


def _coverage(figure: SubFigure, rates: Law, covered: Mapping[tuple[Interval, int], Law]) -> None:
    figure.suptitle(f"How often a two-sided {CONFIDENCE:.0%} interval holds the true rate")
    intervals, sizes = (list(dict.fromkeys(keys)) for keys in zip(*covered, strict=True))
    grid = figure.subplots(len(sizes), len(intervals), sharex=True, sharey=True, squeeze=False)
    for row, n in zip(grid, sizes, strict=True):
        for axes, interval in zip(row, intervals, strict=True):
            axes.plot(rates, covered[interval, n], color="#000000", linewidth=0.8)
            axes.axhline(CONFIDENCE, **PROMISE)
            axes.set_title(f"{name(interval, Design.INDEPENDENT)}, n = {n}")
            axes.set_ylim(0.84, 1.005)
            axes.xaxis.set_major_formatter(PercentFormatter(1, 0))
            axes.yaxis.set_major_formatter(PercentFormatter(1, 0))
    for axes in grid[-1]:
        axes.set_xlabel("true rate")


def _decisions(
    axes: Axes, chances: Mapping[tuple[str, int], Chances], rules: Sequence[str], field: str, title: str
) -> None:
    sizes = sorted({n for _, n in chances})
    for rule, style in zip(rules, STYLES, strict=False):
        shares = [max(LEAST, getattr(chances[rule, n], field)) for n in sizes]
        axes.plot(sizes, shares, label=rule, linewidth=1.2, **style)
    axes.set_title(title)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:.0f}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("cases")
    axes.set_yscale("log")
    _shares(axes.yaxis)
    axes.axhline(ALPHA, **PROMISE)
    if field == "failing":  # the panel on the right
        axes.legend(**LEGEND)


def _clusters(axes: Axes, clustered: Mapping[tuple[str, float, Design], Misses], field: str, title: str) -> None:
    places = list(dict.fromkeys((sites, correlation) for sites, correlation, _ in clustered))
    for design, style in zip(Design, STYLES, strict=False):
        shares = [max(LEAST, getattr(clustered[sites, correlation, design], field)) for sites, correlation in places]
        axes.plot(shares, range(len(places)), label=design, **{**style, "linestyle": "none"})
    axes.set_title(title)
    axes.set_yticks(range(len(places)), [f"{sites}, correlation {correlation}" for sites, correlation in places])
    axes.set_xscale("log")
    _shares(axes.xaxis)
    axes.axvline(ALPHA, **PROMISE)
    axes.grid(axis="y", linewidth=0.3)


def _shares(axis: Axis) -> None:
    """Of a logarithmic axis; what is less than the least stands there."""
    axis.set_major_locator(FixedLocator(SHARES))
    axis.set_major_formatter(FuncFormatter(lambda share, _: ("≤ " if share == LEAST else "") + f"{100 * share:g}%"))
    axis.set_minor_locator(NullLocator())
