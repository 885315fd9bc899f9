"""How long do the results of a large run take, and how much memory? `python -m bench.reports [--verdicts N [N …]]`.

The sample run's observations are written again under other names, as many as asked for, into a sealed run. A process of
its own derives it and writes all results; another one reads `verdicts.parquet` with pandas and groups it once, which is
what the ratio is to. Then the report is opened in Chromium. Nothing is sent to any host.
"""

import argparse
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from harness.browser.find import find
from harness.classify.facts import control_valid
from harness.evidence import seal
from harness.evidence.folder import RunFolder, plan_text
from harness.evidence.journal import Journal, Tail
from harness.evidence.state import State
from harness.model import canonical
from harness.model.case import Case
from harness.model.observation import CaseEvidence
from harness.model.words import Expectation

SAMPLE = RunFolder(Path(__file__).resolve().parents[1] / "reports" / "sample")
JPEG = b"\xff\xd8\xff" + bytes(20_000)  # as large as a screenshot
GROUP = """
import sys, pandas
table = pandas.read_parquet(sys.argv[1])
print(table.groupby(["setting", "category", "outcome"], observed=True).size())
"""
# Its own: what the system says of a child counts its parent too.
PEAK = """
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")))
"""
REPORT = """
import sys
from pathlib import Path
from harness.evidence.folder import RunFolder
from harness.report import outputs
from harness.report.derive import derive
folder = RunFolder(Path(sys.argv[1]))
outputs.write(folder, derive(folder))
"""
OPENED = 5  # times that a report is opened


def write(path: Path, verdicts: int, wrong: float, seed: int) -> RunFolder:
    """A sealed run of so many cases at the sample's first setting, about that share of them handled wrongly. A site has
    three pages."""
    rng = random.Random(seed)
    spec = SAMPLE.spec()
    templates = SAMPLE.cases(spec)
    fates = _fates(templates, spec.settings[0])
    planned = tuple(_case(rng.choice(templates), number) for number in range(verdicts))
    spec = replace(spec, settings=spec.settings[:1], planned=verdicts, plan_digest=canonical.digest(plan_text(planned)))
    folder = RunFolder(path)
    folder.create(spec, planned)
    shutil.copytree(SAMPLE.blobs.root, folder.blobs.root)
    shot = folder.blobs.put(JPEG)
    facts = [(record.kind, record.data) for record in State(SAMPLE.reader()).facts]
    first = canonical.digest(folder.spec_file.read_bytes())
    journal = Journal(folder.journal, Tail(0, first, "", 0), lambda: spec.created)
    for kind, data in (item for item in facts if item[0] != "stop"):
        journal.append(kind, data)
    for case in rng.sample(planned, len(planned)):
        right = rng.random() >= wrong
        evidence = fates[(case.expectation is Expectation.BLOCK) is right]
        for record in _attempts(case, evidence, "" if right else shot):
            journal.append("attempt", record)
    for kind, data in (item for item in facts if item[0] == "stop"):
        journal.append(kind, data)
    journal.close()
    seal.write(folder)
    return folder


def _fates(cases: tuple[Case, ...], setting: str) -> dict[bool, CaseEvidence]:
    """A case of the sample that arrived, and one that did not."""
    state, found = State(SAMPLE.reader()), dict[bool, CaseEvidence]()
    for case in cases:
        evidence = state.evidence(case.case_id, setting)
        if control_valid(evidence.control[0]) and len(evidence.test) == 1:
            found.setdefault(not evidence.test[0].token_seen, evidence)
    return found


def _case(template: Case, number: int) -> Case:
    site = f"site-{number // 3}.example"
    return replace(template, case_id=f"case-{number:07}", url=f"https://{site}/page-{number}", cluster=site)


def _attempts(case: Case, evidence: CaseEvidence, shot: str) -> Iterator[dict[str, Any]]:
    for seen in (evidence.control[0], evidence.test[0]):
        yield canonical.plain(
            replace(
                seen,
                case_id=case.case_id,
                attempt_id=f"{case.case_id}/{seen.setting}/{seen.arm}/1",
                requested_url=case.url,
                final_url=case.url,
                chain=(case.url,),
                screenshot_blob=shot if seen is evidence.test[0] else "",
            )
        )


def measured(code: str, argument: Path) -> tuple[float, float]:
    """Seconds of processor time, and MiB of memory at the most, of a process that runs the code."""
    command = [sys.executable, "-c", code + PEAK, str(argument)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, int(ended.stdout.split()[-1]) / 1024


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
    parser.add_argument("--verdicts", type=int, nargs="+", default=[500, 100_000, 1_000_000], metavar="N")
    parser.add_argument("--wrong", type=float, default=0.05, help="share of cases handled wrongly")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the runs are made, and found again")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = chosen.keep or Path(scratch)
        folders = [home / str(number) for number in chosen.verdicts]
        for folder, number in zip(folders, chosen.verdicts, strict=True):
            if not folder.exists():
                write(folder, number, chosen.wrong, chosen.seed)
        print(
            f"{'verdicts':>10}{'CPU s':>9}{'MiB':>8}{'pandas':>10}{'MiB':>8}{'ratio':>8}{'files':>7}{'report.html':>13}"
        )
        for folder, number in zip(folders, chosen.verdicts, strict=True):
            seconds, memory = measured(REPORT, folder)
            base, base_memory = measured(GROUP, folder / "derived" / "verdicts.parquet")
            files, size = len(list((folder / "report").glob("*"))), (folder / "report.html").stat().st_size
            ours = f"{number:10}{seconds:9.1f}{memory:8.0f}"
            print(f"{ours}{base:10.2f}{base_memory:8.0f}{seconds / base:8.1f}{files:7}{size:13}", flush=True)
        loads = opening([folder / "report.html" for folder in folders])
        for number, load in zip(chosen.verdicts, loads, strict=True):
            print(f"{number} verdicts: report.html opens in {load:.0f} ms")


if __name__ == "__main__":
    main()
