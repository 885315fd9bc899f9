"""Whether runs stand faults of all kinds at any moment: `python -m bench.soak --cases 10000`. Linux and root only.

Runs of known answers, through squid, through dnsmasq in a room, and through squid on workers of a local dask cluster,
each a process of its own that is resumed as often as it ends before its time. All that the harness writes lies on a
disk of its own. Every few seconds a fault strikes, each kind as often as another; what can be undone is undone 1, 4, 12
or 45 seconds later. Then no verdict may be other than the known one, no attempt missing or double, every run must
verify, runs whose cases were all scored must come out byte for byte alike, and nothing may be left behind. Exit code 1
when something is not so. Ctrl-C ends it with what it has found so far.
"""

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.kills import litter
from bench.sessions import Stuck, adopting
from bench.soak import disk, faults, judge
from bench.soak.inputs import inputs
from bench.soak.rounds import Chaos, Deck, Round, Struck
from harness.cli.actions import now
from harness.model.errors import HarnessError
from harness.run.plan import plan

MIB = 600  # of the disk
PLAIN = tuple(kind for kind in faults.KINDS if kind not in faults.WORKERS)
# Product, further options of the command, kinds of faults.
Way = tuple[str, tuple[str, ...], tuple[str, ...]]
WAYS: dict[str, Way] = {
    "squid": ("squid", (), PLAIN),
    "dnsmasq": ("dnsmasq", (), PLAIN),
    "dask": ("squid", ("--executor", "dask", "--workers", "2"), tuple(faults.KINDS)),
}
IN_TURN = ("squid", "dnsmasq", "squid", "dask")


@dataclass(slots=True)
class Tally:
    """What has been met over all rounds."""

    rounds: list[Round] = field(default_factory=list)
    found: list[judge.Found] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """Those of runs that were not void."""
        return sum(item.cases for item in self.found if not item.voids)


def soak(
    place: Path, ways: Sequence[Way], cases: int, size: int, seed: int, gap: float, until: float, tally: Tally
) -> None:
    """So many cases in rounds of `size`, the ways in turn, begun until that time of the monotonic clock; each way has
    faults of its own."""
    rng, models = random.Random(seed), dict[str, dict[str, bytes]]()
    store = disk.Disk(place / "disk", MIB)
    decks = [Deck(kinds, rng) for _, _, kinds in ways]
    requests = {product: inputs(place / product, product, size) for product in {way[0] for way in ways}}
    chaos = [Chaos(_made(place / f"way-{number}"), store, deck, rng, gap) for number, deck in enumerate(decks)]
    try:
        while tally.cases < cases and time.monotonic() < until:
            number = len(tally.rounds) % len(ways)
            product, more, _ = ways[number]
            folder = plan(requests[product], store.place / "run", now())
            played = chaos[number].carry(folder, more)
            tally.rounds.append(played)
            found = judge.judged(folder)
            problems = [*found.problems, *litter(store.place / "tmp")]
            problems += ["a session was stuck"] * played.stuck
            if found.clean:
                made = judge.results(folder)
                same = models.setdefault(product, made)
                problems += [f"derived/{name} differs" for name in made if made[name] != same[name]]
            tally.found.append(found)
            name = f"round {len(tally.rounds)}, {product} {' '.join(more)}"
            tally.problems += [f"{name}: {problem}" for problem in problems]
            kinds = ", ".join(struck.kind for struck in played.struck)
            print(f"{name}: {found}, {played.sessions} sessions; {kinds or 'no fault'}", flush=True)
            if problems or found.voids:
                shutil.copytree(folder.path, place / f"round-{len(tally.rounds)}")
            shutil.rmtree(folder.path)
    finally:
        store.remove()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def show(tally: Tally) -> None:
    """Print what has been met."""
    by_kind: dict[str, list[Struck]] = {kind: [] for kind in faults.KINDS}
    for struck in (struck for played in tally.rounds for struck in played.struck):
        by_kind[struck.kind].append(struck)
    print("\n| fault | times | went on in the session | ended, and resumed: exit codes | s to go on: median, most |")
    print("|---|---|---|---|---|")
    for kind, all_struck in by_kind.items():
        codes = Counter(code for struck in all_struck for code in struck.ended[:1])
        took = [struck.seconds for struck in all_struck if struck.seconds]
        times = f"{statistics.median(took):.0f}, {max(took):.0f}" if took else ""
        on = sum(not struck.ended for struck in all_struck)
        said = ", ".join(f"{code}: {times}" for code, times in sorted(codes.items()))
        print(f"| {kind} | {len(all_struck)} | {on} | {said} | {times} |")
    unscored = sum((Counter(item.unscored) for item in tally.found), Counter[str]())
    void = [item for item in tally.found if item.voids]
    attempts, faulty = sum(item.attempts for item in tally.found), sum(item.faults for item in tally.found)
    print(
        f"\n{len(tally.rounds)} runs, {len(void)} of them void; {tally.cases:,} cases in the others, {attempts:,}"
        f" attempts, {faulty:,} of them faults;"
        f" {sum(item.sessions for item in tally.rounds)} sessions; unscored: {dict(unscored) or 'none'};"
        f" all processes gone within {max((item.leaving for item in tally.rounds), default=0):.1f} s"
    )
    print(*(f"void: {'; '.join(item.voids)}" for item in void), sep="\n")
    print(*(tally.problems or ["no false verdict, nothing lost, nothing doubled, the same results"]), sep="\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--round", type=int, default=500, help="cases of one run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gap", type=float, default=4.0, help="seconds from a fault got over to the next, on average")
    parser.add_argument("--minutes", type=float, default=600.0, help="after which no further run begins")
    parser.add_argument("--way", choices=WAYS, action="append", help="that one alone; again for more")
    parser.add_argument("--faults", default="", metavar="TEXT", help="those alone that have it in their names")
    given = parser.parse_args(arguments)
    ways = [WAYS[name] for name in given.way or IN_TURN]
    chosen = [(product, more, tuple(kind for kind in kinds if given.faults in kind)) for product, more, kinds in ways]
    if not all(kinds for _, _, kinds in chosen):
        parser.error(f"--faults: no fault of every way has {given.faults!r} in its name")
    if lacking := faults.lacking():
        sys.exit(f"not on this machine: {lacking}")
    disk.alone()
    place, tally = Path(tempfile.mkdtemp(prefix="soak-")), Tally()
    place.chmod(0o755)
    try:
        with adopting():
            until = time.monotonic() + 60 * given.minutes
            soak(place, chosen, given.cases, given.round, given.seed, given.gap, until, tally)
    except KeyboardInterrupt:
        tally.problems.append("interrupted")
    except (Stuck, HarnessError) as error:
        tally.problems.append(str(error))
    show(tally)
    if tally.problems:
        sys.exit(f"see {place}")
    shutil.rmtree(place)


if __name__ == "__main__":
    main()
