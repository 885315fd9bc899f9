"""What each step from a sealed run to its results takes: `python -m bench.steps FOLDER` prints it as JSON.

First from the journal to the tables, then from the tables, read back from their files, to all the rest. Processor time
and memory of this process, without what importing takes.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from harness.evidence.folder import RunFolder
from harness.report import outputs, result
from harness.report.columns import VERDICTS, WITNESSES, Columns, whole
from harness.report.derive import Derived, Judged, conclude, judged

JUDGED, TABLES = "cases judged", "tables written"
READ, FIGURES, REPORT = "tables read", "figures and decisions", "report and small files"
PAGES, SARIF, CSV = "pages of cases", "results.sarif", "verdicts.csv"
DECIDED = ("witness", "screenshot_blob")  # what a report needs of the witnesses
FIRST, SECOND = (JUDGED, TABLES), (READ, FIGURES, REPORT)


class Steps:
    """Seconds of processor time by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._since = time.process_time()

    def done(self, step: str) -> None:
        now = time.process_time()
        self.seconds[step] += now - self._since
        self._since = now


def first(folder: RunFolder, steps: Steps) -> Judged:
    """From the journal to `verdicts.parquet` and `witnesses.parquet`."""
    run = judged(folder)
    steps.done(JUDGED)
    folder.derived.mkdir(exist_ok=True)
    result.write_tables(run, folder.derived)
    steps.done(TABLES)
    return run


def second(folder: RunFolder, run: Judged, steps: Steps) -> None:
    """From the tables to everything that a report consists of, but for the tables."""
    table = columns(folder)
    steps.done(READ)
    derived = conclude(replace(run, scored=table, by_machine=table))
    steps.done(FIGURES)
    for name, make in made(folder, derived):
        path = folder.path / name
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.writelines(make())
        steps.done(step(name))


def columns(folder: RunFolder) -> Columns:
    """The tables as they lie in the folder. They do not say where a case's fixture is."""
    found: dict[str, pa.Array] = {}
    for name, fields in (("verdicts", VERDICTS), ("witnesses", {field: WITNESSES[field] for field in DECIDED})):
        shared = [field for field, kind in fields.items() if pa.types.is_dictionary(kind)]
        table = pq.read_table(folder.derived / f"{name}.parquet", columns=[*fields], read_dictionary=shared)
        found |= {field: whole(table.column(field)) for field in table.column_names}
    return Columns({**found, "fixture": pa.array([""] * len(found["url"]), pa.large_string()).dictionary_encode()})


def made(folder: RunFolder, derived: Derived) -> Iterator[tuple[str, outputs.Make]]:
    """Every file that a report consists of."""
    return outputs.outputs(folder, derived, folder.seal_file.exists())


def step(name: str) -> str:
    """As what the making of a file counts."""
    if name.startswith("report/cases-"):
        return PAGES
    return {"formats/results.sarif": SARIF, "formats/verdicts.csv": CSV}.get(name, REPORT)


def peak() -> float:
    """MiB of memory that this process had at the most. Its own: what the system says of a child counts its parent."""
    status = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


def flat(folders: list[RunFolder], rounds: int) -> list[float]:
    """The least seconds that the way from journal to tables took, for each run; all in turn, as often as asked for."""
    taken: list[list[float]] = [[] for _ in folders]
    for _ in range(rounds + 1):
        for folder, times in zip(folders, taken, strict=True):
            steps = Steps()
            first(folder, steps)
            times.append(sum(steps.seconds[name] for name in FIRST))
    return [min(times[1:]) for times in taken]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=0, help="only the first step, so often for each run in turn")
    chosen = parser.parse_args()
    folders = [RunFolder(path) for path in chosen.folders]
    if chosen.rounds:
        print(json.dumps(flat(folders, chosen.rounds)))
        return
    steps = Steps()
    second(folders[0], first(folders[0], steps), steps)
    print(json.dumps({"seconds": steps.seconds, "peak": peak()}))


if __name__ == "__main__":
    main()
