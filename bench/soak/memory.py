"""How much memory a long run takes, and whether it grows: `python -m bench.soak.memory [--cases N] [--fast]`.

`harness run` carries a run of known answers out as a process of its own. Every few seconds the resident memory of all
its processes is added up by what they are (shared pages count for each that has them). Printed are the means of each
tenth of the attempts.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.sessions import MAIN
from bench.soak.inputs import inputs
from bench.soak.watch import Watch
from harness.cli.actions import now
from harness.evidence.folder import RunFolder
from harness.model.spec import Limits
from harness.model.words import Tier
from harness.run.plan import plan

EVERY = 5.0  # seconds
PARTS = ("harness", "replayed Internet", "product", "browser", "Playwright")
STEPS = 10
DECIDED = (0, 2)  # exit codes: of few cases not every criterion can be decided


@dataclass(frozen=True, slots=True)
class Sample:
    """MiB by part, when so many seconds had passed and so many attempts were in the journal."""

    seconds: float
    attempts: int
    mib: dict[str, float]
    processes: int


def part(words: Sequence[str]) -> str:
    """What a process started by a harness is, by its command line."""
    line = " ".join(words)
    if "harness.internet.server" in line:
        return "replayed Internet"
    if "playwright/driver" in line:
        return "Playwright"
    return "browser" if any(mark in words[0] for mark in ("chrom", "headless")) else "product"


def samples(process: psutil.Process, folder: RunFolder, every: float = EVERY) -> Iterator[Sample]:
    """Until the process ends or the run is sealed."""
    began, watch = time.monotonic(), Watch(folder)
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE and not folder.seal_file.exists():
        mib, seen = dict.fromkeys(PARTS, 0.0), 0
        for item in (process, *process.children(recursive=True)):
            try:
                kind = "harness" if item == process else part(item.cmdline() or [""])
                mib[kind] += item.memory_info().rss / 2**20
                seen += 1
            except psutil.Error:
                continue
        watch.look()
        yield Sample(time.monotonic() - began, watch.attempts, mib, seen)
        time.sleep(every)


def means(taken: Sequence[Sample], steps: int = STEPS) -> list[Sample]:
    """The mean of what was sampled in each of so many equal steps of attempts; a step without a sample is left out."""
    last = max(item.attempts for item in taken)
    by_step: dict[int, list[Sample]] = defaultdict(list)
    for item in taken:
        if item.attempts:
            by_step[(item.attempts - 1) * steps // last].append(item)
    return [
        Sample(
            found[-1].seconds,
            (step + 1) * last // steps,
            {name: statistics.mean(item.mib[name] for item in found) for name in found[0].mib},
            round(statistics.mean(item.processes for item in found)),
        )
        for step, found in sorted(by_step.items())
    ]


def show(table: Sequence[Sample]) -> None:
    """Print it as Markdown."""
    print(f"| attempts | after, s | {' | '.join(PARTS)} | processes |")
    print("|---" * (len(PARTS) + 3) + "|")
    for item in table:
        cells = " | ".join(f"{item.mib[name]:.0f}" for name in PARTS)
        print(f"| {item.attempts:,} | {item.seconds:.0f} | {cells} | {item.processes} |")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--cases", type=int, default=10_000, help="an attempt on each of two arms, and more of failed ones"
    )
    parser.add_argument("--product", default="squid")
    parser.add_argument("--fast", action="store_true", help="the fast tier, and the browser for two in a hundred")
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--keep", type=Path, metavar="FILE", help="the samples as JSON lines")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-memory-") as made:
        place = Path(made)
        place.chmod(0o755)
        limits = Limits(attempt_seconds=30)
        tier = Tier.FAST if given.fast else Tier.BROWSER
        asked = inputs(place / "in", given.product, given.cases, limits, given.jobs, tier)
        folder = plan(asked, place / "run", now())
        process = psutil.Popen([*MAIN, "run", str(folder.path), "-q"], stdout=subprocess.DEVNULL)
        taken = []
        for item in samples(process, folder):
            taken.append(item)
            if given.keep:
                with given.keep.open("a") as file:
                    file.write(json.dumps([item.seconds, item.attempts, item.mib, item.processes]) + "\n")
        code = process.wait()
    show(means(taken))
    sys.exit(f"the run ended with {code}" if code not in DECIDED else 0)


if __name__ == "__main__":
    main()
