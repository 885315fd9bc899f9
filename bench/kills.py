"""Whether a run survives SIGKILL at any moment: `python -m bench.kills --kills 500`. Linux only.

`harness run` and `harness resume`, each a process of its own, carry runs of zoo products out at two settings, and are
killed again and again, in every phase of a session alike, until the run is finished all the same. Every fourth kill
also cuts the last line of the journal, as a power cut would. Then nothing may be missing, double or otherwise than in a
run that nobody killed, and no process or scratch folder may be left. Exit code 1 when something is. Ctrl-C ends it with
what it has found so far.
"""

import argparse
import contextlib
import csv
import itertools
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from bench.sessions import MAIN, Moment, Phase, Session, Stuck, adopting, until_alone
from harness.classify.facts import is_fault
from harness.cli.actions import now
from harness.evidence import scratch
from harness.evidence.folder import RunFolder
from harness.evidence.journal import segments
from harness.evidence.state import Fact
from harness.model.observation import observation_from
from harness.model.spec import Limits
from harness.profile.product import load
from harness.run.plan import Request, plan

PRODUCTS = ("zoo-perfect", "zoo-reset", "zoo-allow-all")
SIZES = (1, 4, 12)  # cases to block, and as many to allow; of few cases, starting and ending is the most
CRITERIA = "pas74-kitemark"
DERIVED = ("verdicts.parquet", "decisions.json")
CUT = 0.25  # share of the kills that also cut the journal's last line
FAULT = 5  # exit code of a fault of our own: a starved machine causes one now and then
MOST_UNFIT = 5


@dataclass(frozen=True, slots=True)
class Model:
    """What a run comes to that nobody kills; `seconds` are the usual lengths of its phases."""

    folder: RunFolder
    code: int
    seconds: dict[Phase, float]


@dataclass(slots=True)
class Tally:
    """What has been met. A tail is torn when the next session had to account for it, by a kill or by a cut."""

    kills: Counter[Phase] = field(default_factory=Counter)
    cut: int = 0
    torn: int = 0
    runs: int = 0
    attempts: int = 0
    faults: int = 0
    unfit: int = 0  # sessions that a busy machine could not carry, and that were resumed
    leaving: float = 0.0  # the most seconds until all that a killed harness had started was gone
    problems: list[str] = field(default_factory=list)


def inputs(folder: Path, product: str, size: int) -> Request:
    """A corpus of `size` cases to block and as many to allow, http and https of a page among them, and the product with
    a second setting."""
    (folder / "product").mkdir(parents=True)
    profile = (load(product).folder / "profile.toml").read_text("utf-8")
    level = '\n[settings.level.another]\ntitle = "Another setting"\n'
    (folder / "product" / "profile.toml").write_text(profile + level, "utf-8")
    (folder / "corpus.toml").write_text('name = "kills"\n', "utf-8")
    with (folder / "cases.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("case_id", "url", "category", "expectation"))
        for number in range(size):
            scheme, host = ("http", "https")[number % 2], number // 2
            table.writerow((f"bad-{number}", f"{scheme}://bad-{host}.test/", "adult", "block"))
            table.writerow((f"good-{number}", f"{scheme}://good-{host}.test/", "news", "allow"))
    settings = tuple(load(str(folder / "product")).settings.level)
    limits = Limits(attempt_seconds=30, canary_every=5)
    return Request(str(folder / "product"), str(folder), CRITERIA, settings, limits=limits)


def model(request: Request, work: Path) -> Model:
    """Carry the run out without a kill. Raises Stuck with the harness's words when it cannot be."""
    (work / "tmp").mkdir(parents=True)
    folder = plan(request, work / "run", now())
    session = Session(folder, work)
    entered = list(session.entered())
    if not folder.seal_file.exists():
        raise Stuck((work / "harness.log").read_text("utf-8"))
    seconds: dict[Phase, list[float]] = {phase: [] for phase in Phase}
    for (phase, began), (_, ended) in itertools.pairwise([*entered, (Phase.SCORING, time.monotonic())]):
        seconds[phase].append(ended - began)
    return Model(folder, session.ends(), {phase: statistics.mean(times or [0.0]) for phase, times in seconds.items()})


def trial(
    request: Request, work: Path, like: Model, rng: random.Random, most: int, tally: Tally, tick: Callable[[], None]
) -> list[str]:
    """Kill one run at most so often and see it to its end; what is wrong, in words."""
    (work / "tmp").mkdir(parents=True)
    folder = plan(request, work / "run", now())
    kept: dict[Path, bytes] = {}
    problems = []
    for left in itertools.count(most, -1):
        session = Session(folder, work)
        moment = _moment(rng, folder) if left else None
        killed = moment is not None and session.reaches(moment, like.seconds)
        if killed:
            session.kill()
            tally.kills[session.phase] += 1
            tick()
        code = session.ends()
        tally.leaving = max(tally.leaving, until_alone())
        problems += [f"{path} changed" for path, data in kept.items() if path.read_bytes() != data]
        if not killed and code == FAULT and tally.unfit < MOST_UNFIT:
            tally.unfit += 1
        elif not killed:
            break
        if rng.random() < CUT and session.segment and not folder.seal_file.exists():
            tally.cut += cut(session.segment, rng)
        kept = {path: path.read_bytes() for path in segments(folder.journal)}
    tally.runs += 1
    if code != like.code:
        problems.append(f"exit code {code} and not {like.code}")
    verified = subprocess.run([*MAIN, "verify", str(folder.path)], capture_output=True, text=True, check=False)
    if verified.returncode:
        problems.append(f"does not verify: {verified.stdout}{verified.stderr}")
    problems += litter(work / "tmp")
    return problems or compared(folder, like.folder, tally)


def _moment(rng: random.Random, folder: RunFolder) -> Moment | None:
    """Any phase as likely as another; None to leave alone, as often as not, a run that is sealed."""
    if folder.seal_file.exists():
        return Moment(Phase.SCORING, 1, rng.random(), False) if rng.random() < 0.5 else None
    return Moment(rng.choice(list(Phase)), rng.choice((1, 1, 1, 1, 2)), rng.random(), rng.random() < 0.3)


def cut(segment: Path, rng: random.Random) -> bool:
    """Cut a segment somewhere in its last line, as when the power fails; whether there was one."""
    data = segment.read_bytes()
    if not data:
        return False
    segment.write_bytes(data[: rng.randrange(data.rfind(b"\n", 0, -1) + 1, len(data))])
    return True


def compared(folder: RunFolder, like: RunFolder, tally: Tally) -> list[str]:
    """What of a finished run, whose evidence stands, is not as in the one that nobody killed."""
    attempts = [observation_from(fact) for fact in _recorded(folder, "attempt")]
    tally.attempts += len(attempts)
    tally.faults += sum(is_fault(item) for item in attempts)
    tally.torn += sum(fact["torn_bytes"] > 0 for fact in _recorded(folder, "start"))
    found = Counter(item.attempt_id for item in attempts)
    wanted = Counter(fact["attempt_id"] for fact in _recorded(like, "attempt"))
    return [
        *(f"attempt lost: {name}" for name in sorted(wanted - found)),
        *(f"attempt doubled or too many: {name}" for name in sorted(found - wanted)),
        *(
            f"derived/{name} differs"
            for name in DERIVED
            if (folder.derived / name).read_bytes() != (like.derived / name).read_bytes()
        ),
    ]


def _recorded(folder: RunFolder, kind: str) -> list[Fact]:
    return [record.data for record in folder.reader() if record.kind == kind]


def litter(place: Path) -> list[str]:
    """What lies in a folder for temporary files and would not be swept up by the next run."""
    scratch.sweep(place)
    return [f"left behind: {path}" for path in place.iterdir()]


def kill(
    place: Path,
    products: Sequence[str],
    sizes: Sequence[int],
    kills: int,
    seed: int,
    tally: Tally,
    tick: Callable[[], None] = lambda: None,
) -> None:
    """So many kills, over as many runs as they take, of all products and sizes; `tick` is called at every kill. Runs
    that went wrong stay in the folder `place`."""
    rng = random.Random(seed)
    kinds = [(product, size) for product in products for size in sizes]
    with adopting():
        folders = {kind: place / f"{kind[0]}-{kind[1]}" for kind in kinds}
        requests = {kind: inputs(folder / "in", *kind) for kind, folder in folders.items()}
        models = {kind: model(requests[kind], folder) for kind, folder in folders.items()}
        while left := kills - tally.kills.total():
            kind, work = rng.choice(kinds), place / str(tally.runs + 1)
            try:
                problems = trial(requests[kind], work, models[kind], rng, left, tally, tick)
            except Stuck as error:
                tally.problems.append(f"{work}: {error}")
                break
            tally.problems += [f"{work}: {problem}" for problem in problems]
            if not problems:
                shutil.rmtree(work)


def show(tally: Tally) -> None:
    """Print what has been met."""
    print("\n| killed while | kills |\n|---|---|")
    for phase in Phase:
        print(f"| {phase} | {tally.kills[phase]} |")
    print(f"| total | {tally.kills.total()} |\n")
    print(f"{tally.runs} runs, {tally.attempts} attempts, {tally.faults} of them faults; {tally.cut} journals cut,")
    print(f"{tally.unfit} sessions resumed as the machine was too busy for them (exit code {FAULT});")
    print(f"{tally.torn} torn tails; all processes gone within {tally.leaving:.1f} s of a kill")
    print(*(tally.problems or ["nothing lost, nothing doubled, the same results"]), sep="\n")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--product", action="append", help=f"of the zoo; again for several; default {PRODUCTS}")
    given = parser.parse_args()
    place, tally = Path(tempfile.mkdtemp(prefix="kills-")), Tally()
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress, contextlib.suppress(KeyboardInterrupt):
        task = progress.add_task("kills", total=given.kills)
        products = given.product or PRODUCTS
        kill(place, products, SIZES, given.kills, given.seed, tally, lambda: progress.advance(task))
    show(tally)
    if tally.problems:
        sys.exit(f"see {place}")
    shutil.rmtree(place)
    if tally.kills.total() < given.kills:
        sys.exit("interrupted")


if __name__ == "__main__":
    main()
