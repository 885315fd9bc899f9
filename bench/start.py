"""How soon does it start? `python -m bench.start [--rounds N] [--product NAME …]`.

Side by side, in turn: a Python that does nothing, a script that opens one page by Playwright, `harness --help`, and
runs of four cases, whose journals tell when each part of the start was done. Each is a process of its own, timed from
the command; medians of all rounds but the first, which warms the machine up. Nothing is sent to any host.
"""

import argparse
import datetime
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from bench.sessions import MAIN
from harness.browser.find import find
from harness.evidence.folder import RunFolder

NOTHING, SCRIPT, HELP = "Python that does nothing", "script: Playwright, one page", "`harness --help`"
PAGE = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"])
    browser.new_page().goto("data:text/html,<p>One")
"""
CORPUS = ("--corpus", "kitemark-practice", "--criteria", "pas74-kitemark")
RUN = (*CORPUS, "--limit", "4", "--checks", "none", "--quiet")
PRODUCTS = ("reference", "e2guardian", "squid")
PARTS = {
    "start": "planned and read",
    "identity": "product and browser up",
    "canary": "canaries sung",
    "attempt": "first case judged",
}


def command(*words: str) -> float:
    """Seconds that a command takes to its end."""
    began = time.monotonic()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def run(product: str) -> dict[str, float]:
    """Seconds from the command until each of PARTS was done: the last record of its kind before the first case's."""
    with tempfile.TemporaryDirectory() as folder:
        out = RunFolder(Path(folder) / "run")
        began = time.time()
        subprocess.run(
            [*MAIN, "certify", product, *RUN, "--out", str(out.path)], check=False, stdout=subprocess.DEVNULL
        )
        seen: dict[str, float] = {}
        for record in out.reader():
            seen[PARTS[record.kind]] = datetime.datetime.fromisoformat(record.at).timestamp() - began
            if record.kind == "attempt":
                return seen
    raise SystemExit(f"no case of {product} was visited")


def measure(rounds: int, products: list[str]) -> dict[str, list[float]]:
    """What was timed, and its seconds in each round."""
    browser, taken = str(find()), defaultdict[str, list[float]](list)
    for number in range(rounds + 1):
        timed = {
            NOTHING: command(sys.executable, "-c", "pass"),
            SCRIPT: command(sys.executable, "-c", PAGE, browser),
            HELP: command(*MAIN, "--help"),
        }
        for product in products:
            timed |= {f"{product}: {part}": seconds for part, seconds in run(product).items()}
        for what, seconds in timed.items():
            taken[what] += [seconds] if number else []
    return taken


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--product", action="append", help=f"again for several; default {', '.join(PRODUCTS)}")
    given = parser.parse_args()
    taken = measure(given.rounds, given.product or [*PRODUCTS])
    script = statistics.median(taken[SCRIPT])
    print("| until | s, median | least | most | × script |\n|---|---|---|---|---|")
    for what, seconds in taken.items():
        median = statistics.median(seconds)
        print(f"| {what} | {median:.2f} | {min(seconds):.2f} | {max(seconds):.2f} | {median / script:.2f} |")


if __name__ == "__main__":
    main()
