"""The picture of `bench.reports`: what a case takes from the journal to the tables, by how many there are."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

WITHIN = 0.1  # of the mean


def draw(path: Path, micros: Mapping[int, float]) -> None:
    """Write the picture as SVG; the same figures, microseconds by the number of cases, give the same bytes."""
    mpl.rcParams.update({"svg.hashsalt": "reports", "font.size": 9, "axes.spines.top": False})
    mpl.rcParams.update({"axes.spines.right": False})
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    axes = figure.subplots()
    sizes, mean = sorted(micros), sum(micros.values()) / len(micros)
    axes.axhspan(mean * (1 - WITHIN), mean * (1 + WITHIN), color="#DDDDDD", label=f"mean ± {WITHIN:.0%}")
    axes.plot(sizes, [micros[size] for size in sizes], color="#0072B2", marker="o", label="journal to tables")
    for size in sizes:
        axes.annotate(f"{micros[size]:.0f}", (size, micros[size]), (0, 8), textcoords="offset points", ha="center")
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda size, _: f"{size:,.0f}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_ylim(0, 1.3 * max(micros.values()))
    axes.set_xlabel("cases in the run")
    axes.set_ylabel("µs of processor time a case")
    axes.legend(loc="lower right", frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
