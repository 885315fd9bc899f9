"""How long do the results of a large run take, and how much memory? `python -m bench.reports [--verdicts N [N …]]`.

Sealed runs of so many verdicts are written in the real format. A process of its own takes each from its journal to the
tables, and from the tables to everything else (`bench.steps`); another reads `verdicts.parquet` with pandas and groups
it once, which is what ratios are to. Times are of the processor, without what importing takes. Then what a case takes
is drawn, and the report is opened in Chromium. Nothing is sent to any host.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench import curve, large
from bench.steps import CSV, FIRST, PAGES, SARIF, SECOND
from harness.browser.find import find

GROUP = """
import json, sys, time, pandas
from bench.steps import peak
since = time.process_time()
table = pandas.read_parquet(sys.argv[1])
table.groupby(["setting", "category", "outcome"], observed=True).size()
print(json.dumps({"seconds": time.process_time() - since, "peak": peak()}))
"""
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)  # of the curve
ROUNDS = 5
OPENED = 5  # times that a report is opened


def ran(*command: str) -> Any:
    """What a Python process of its own printed as JSON at its end."""
    ended = subprocess.run([sys.executable, *command], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(ended.stdout.splitlines()[-1])


def measured(folder: Path, number: int) -> str:
    """A line of the table."""
    ours = ran("-m", "bench.steps", str(folder))
    base = ran("-c", GROUP, str(folder / "derived" / "verdicts.parquet"))
    seconds, unit = ours["seconds"], base["seconds"]
    first, second = (sum(seconds[name] for name in names) for names in (FIRST, SECOND))
    line = f"{number:10,}{first:9.1f}{first / number * 1e6:7.0f}{unit:8.2f}{second:8.2f}{second / unit:6.1f}"
    for name in (SARIF, PAGES, CSV):
        line += f"{seconds.get(name, 0):8.2f}{seconds.get(name, 0) / unit:6.1f}"
    files, size = len(list((folder / "report").glob("*"))), (folder / "report.html").stat().st_size
    return f"{line}{ours['peak']:8.0f}{base['peak']:8.0f}{files:7}{size:12,}"


def opening(pages: list[Path]) -> list[float]:
    """Milliseconds from navigation to the end of the load event, the median for each page, opened in turn."""
    found: list[list[float]] = [[] for _ in pages]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        for _ in range(OPENED + 1):
            for page, times in zip(pages, found, strict=True):
                tab = browser.new_page()
                tab.goto(page.as_uri())
                times.append(tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
                tab.close()
        browser.close()
    return [statistics.median(times[1:]) for times in found]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verdicts", type=int, nargs="+", default=[1_000, 100_000, 1_000_000], metavar="N")
    parser.add_argument("--wrong", type=float, default=0.05, help="share of cases handled wrongly")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the runs are made, and found again")
    parser.add_argument("--out", type=Path, metavar="DIR", help="draw what a case takes as DIR/reports.svg")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = chosen.keep or Path(scratch)
        folders = {number: home / str(number) for number in sorted({*chosen.verdicts, *(SIZES if chosen.out else ())})}
        for number, folder in folders.items():
            if not folder.exists():
                large.write(folder, number, chosen.wrong, chosen.seed)
        print(
            "  verdicts  tables  µs each  pandas  report     ×   SARIF     ×   pages     ×     CSV     ×"
            "     MiB  pandas  pages report.html"
        )
        for number in chosen.verdicts:
            print(measured(folders[number], number), flush=True)
        if chosen.out:
            runs = [str(folders[number]) for number in SIZES]
            taken = ran("-m", "bench.steps", "--rounds", str(ROUNDS), *runs)
            each = {number: seconds / number * 1e6 for number, seconds in zip(SIZES, taken, strict=True)}
            print(", ".join(f"{number:,}: {micros:.0f} µs" for number, micros in each.items()))
            curve.draw(chosen.out / "reports.svg", each)
        loads = opening([folders[number] / "report.html" for number in chosen.verdicts])
        for number, load in zip(chosen.verdicts, loads, strict=True):
            print(f"{number} verdicts: report.html opens in {load:.0f} ms")


if __name__ == "__main__":
    main()
