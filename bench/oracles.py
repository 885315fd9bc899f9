"""Are our figures those that others have printed? `python -m bench.oracles DIR`.

DIR, or a folder in it, holds the Open Rights Group's weekly tables of UK ISPs' filters (`*_accuracy.csv` without a
header: week, TP, TN, FP, FN, precision, recall, FPR, MCC, F1), and perhaps its `opencharities.tsv`: an address and what
each ISP did with it. The first are compared with what was printed, to the digit; the rates of the second with
statsmodels. Exit 1 when a figure differs.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from statsmodels.stats.proportion import proportion_confint

from harness.model.errors import UsageError
from harness.model.words import Design, Interval, Metric
from harness.score import intervals
from harness.score.accuracy import accuracy
from harness.score.rates import Tally

MEASURES = ("precision", "recall", "fpr", "mcc", "f1")
ALPHA = 0.025


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, ours beside theirs."""

    where: str
    name: str
    ours: str
    theirs: str


def printed(value: float | None) -> str:
    """Three decimals, ties to even, and 0 for what is undefined: as the Open Rights Group printed."""
    return f"{value or 0.0:.3f}"


def weekly(path: Path) -> Iterator[Figure]:
    """Every figure of one table. Raises UsageError naming file and line."""
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        for line, row in enumerate(csv.reader(file), start=1):
            try:
                week, *counts = row[:5]
                tp, tn, fp, fn = map(_count, counts)
                pairs = list(zip(MEASURES, row[5:], strict=True))
            except ValueError as error:
                raise UsageError(f"not a week, four counts and five figures ({error})", file=path, line=line) from None
            ours = accuracy(tp=tp, fn=fn, fp=fp, tn=tn)
            for name, theirs in pairs:
                yield Figure(f"{path.name}, week {week}", name, printed(getattr(ours, name)), theirs)


def _count(text: str) -> int:
    """Counts are printed as 12.0."""
    value = float(text)
    if value < 0 or not value.is_integer():
        raise ValueError(f"{text} is not a count")
    return int(value)


def charities(path: Path) -> dict[str, Counter[str]]:
    """What each ISP did how often. Raises UsageError naming file and line."""
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        rows = csv.reader(file, delimiter="\t")
        isps = next(rows, [])[1:]
        found = {isp: Counter[str]() for isp in isps}
        for line, row in enumerate(rows, start=2):
            if len(row) != len(isps) + 1 or not set(row[1:]) <= {"ok", "blocked", "error", "timeout", ""}:
                raise UsageError("not an address with a result for every ISP", file=path, line=line)
            for isp, result in zip(isps, row[1:], strict=True):
                found[isp][result or "untried"] += 1
    return found


def blocked(isp: str, counts: Counter[str]) -> tuple[str, list[Figure]]:
    """An ISP's rate as a line to read, and its figures. Charities are to be allowed; errors are left unscored."""
    k, ok, failed = counts["blocked"], counts["ok"], counts["error"] + counts["timeout"]
    counted = Tally(fp=k, tn=ok, unscored_allow=failed).of(Metric.OK_SITES_OVER_BLOCK)
    bounds = intervals.bounds(counted.sample, Interval.CLOPPER_PEARSON, Design.INDEPENDENT, ALPHA)
    ours = [_share(value) for value in (counted.sample.estimate, *bounds)]
    theirs = (k / (k + ok), *proportion_confint(k, k + ok, 2 * ALPHA, "beta")) if k + ok else (None, 0, 1)
    line = f"{isp:12}{k:5} of {k + ok:6} blocked: {ours[0]} ({ours[1]} to {ours[2]}); {failed} failed beside them"
    names = ("rate", "lower", "upper")
    return line, [Figure(isp, *figure) for figure in zip(names, ours, map(_share, theirs), strict=True)]


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.6%}"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    folder = parser.parse_args().folder
    try:
        sys.exit(compare(folder))
    except (UsageError, OSError) as error:
        print(error, file=sys.stderr)
        sys.exit(UsageError.exit_code)


def compare(folder: Path) -> int:
    """Print how many figures agree and every one that does not; the exit code."""
    tables = sorted(folder.rglob("*_accuracy.csv"))
    lists = sorted(folder.rglob("opencharities.tsv"))
    if not tables and not lists:
        raise UsageError("neither a table of accuracy nor a list of charities in it", file=folder)
    figures = [figure for table in tables for figure in weekly(table)]
    print(f"weekly tables: {len(tables)} files, {len(figures)} figures")
    for path in lists:
        for isp, counts in charities(path).items():
            line, more = blocked(isp, counts)
            print(line)
            figures += more
    differing = [figure for figure in figures if figure.ours != figure.theirs]
    for figure in differing:
        print(f"DIFFERS: {figure.where}: {figure.name} is {figure.ours} here and {figure.theirs} there")
    print(f"{len(figures) - len(differing)} of {len(figures)} figures agree")
    return 1 if differing else 0


if __name__ == "__main__":
    main()
