"""Whether a run on many machines survives the loss of some: `python -m bench.hosts`. Linux and root only.

Three hosts and a hub are network namespaces with cables between them (veth); the hub has the scheduler and the
coordinator, each host one worker, which finds nothing on the network but the hub. Once every host has brought a shard,
the first is killed with everything that runs on it, and the second's cable is pulled, to be put in again later. Then no
attempt may be missing or double, and verdicts and decisions must be byte for byte those of a run on one machine. Exit
code 1 when they are not.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench import kills
from bench.sessions import MAIN
from harness.cli.actions import now
from harness.evidence.folder import RunFolder
from harness.evidence.journal import segments
from harness.evidence.state import Fact
from harness.model.errors import EvidenceError
from harness.run.plan import plan

HOSTS = 3
SCHEDULER = "tcp://10.99.0.1:8786"
PATIENCE = 900.0
LOOK = 0.5


class Lab:
    """The namespaces; `names` are the hosts, `logs` the folder of what their workers say."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._hub = f"hub-{os.getpid()}"
        self.names = [f"host-{number}-{os.getpid()}" for number in range(1, HOSTS + 1)]

    def make(self) -> None:
        """Hub and hosts, with a bridge in the hub."""
        self._ip("netns", "add", self._hub)
        self._inside(self._hub, "link", "add", "bridge", "type", "bridge")
        self._inside(self._hub, "address", "add", "10.99.0.1/24", "dev", "bridge")
        for device in ("lo", "bridge"):
            self._inside(self._hub, "link", "set", device, "up")
        for number, name in enumerate(self.names):
            self._ip("netns", "add", name)
            far = ("peer", "name", "eth0", "netns", name)
            self._inside(self._hub, "link", "add", f"port{number}", "type", "veth", *far)
            self._inside(self._hub, "link", "set", f"port{number}", "master", "bridge", "up")
            self._inside(name, "address", "add", f"10.99.0.{number + 11}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                self._inside(name, "link", "set", device, "up")

    def start(self) -> None:
        """The scheduler, and a worker on each host."""
        dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "10.99.0.1", "--no-dashboard"]
        self._start(self._hub, dask)
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", SCHEDULER, "--nthreads", "1", "--no-dashboard"]
        again = ["sh", "-c", 'while :; do "$@"; done', "again"]  # as a system starts its services again
        for name in self.names:
            self._start(name, [*again, *worker, "--memory-limit", "0", "--name", name])

    def coordinate(self, folder: RunFolder) -> subprocess.Popen[bytes]:
        """`harness run` in the hub, on workers of all hosts."""
        on = ["--executor", "dask", "--scheduler", SCHEDULER, "--workers", str(HOSTS), "--progress", "lines"]
        return self._start(self._hub, [*MAIN, "run", str(folder.path), *on])

    def kill(self, name: str) -> None:
        """End everything that runs on a host or in the hub, at once."""
        found = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=False)
        for pid in map(int, found.stdout.split()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)

    def cable(self, name: str, way: str) -> None:
        """Pull a host's cable ("down"), or put it in again ("up")."""
        self._inside(self._hub, "link", "set", f"port{self.names.index(name)}", way)

    def remove(self) -> None:
        """End and remove everything."""
        for name in (*self.names, self._hub):
            self.kill(name)
            subprocess.run(["ip", "netns", "del", name], check=False)

    def _start(self, place: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self._logs / f"{place}.log").open("ab") as log:
            return subprocess.Popen(["ip", "netns", "exec", place, *command], stdout=log, stderr=log)

    def _inside(self, place: str, *command: str) -> None:
        self._ip("-n", place, *command)

    @staticmethod
    def _ip(*command: str) -> None:
        subprocess.run(["ip", *command], check=True)


def shards(folder: RunFolder) -> list[Fact]:
    """The receipts so far, also while the journal is written."""
    found: list[Fact] = []
    with contextlib.suppress(EvidenceError):
        found += (record.data for record in folder.reader() if record.kind == "shard")
    return found


def disturbed(lab: Lab, folder: RunFolder, seconds: float) -> Iterator[str]:
    """Carry the run out, with one host killed and one cut off for so long; what is done, as it is done."""
    dead, cut, _ = lab.names
    process, until, pulled = lab.coordinate(folder), time.monotonic() + PATIENCE, 0.0
    while process.poll() is None:
        if time.monotonic() > until:
            process.kill()
            yield f"not done within {PATIENCE:.0f} s"
            return
        if not pulled and {fact["worker"] for fact in shards(folder)} >= {dead, cut}:
            lab.kill(dead)
            lab.cable(cut, "down")
            pulled = time.monotonic()
            yield f"killed {dead} and cut {cut} off, after {len(shards(folder))} shards"
        elif pulled and time.monotonic() - pulled > seconds:
            lab.cable(cut, "up")
            pulled = float("inf")
            yield f"{cut} has its cable again, after {len(shards(folder))} shards"
        time.sleep(LOOK)
    yield f"exit code {process.returncode}" if pulled else "nothing was disturbed: the run was over too soon"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=120, help="to block, and as many to allow, at two settings")
    parser.add_argument("--product", default="zoo-perfect")
    parser.add_argument("--seconds", type=float, default=60.0, help="for which a host is cut off")
    given = parser.parse_args()
    if os.geteuid() or not shutil.which("ip"):
        sys.exit("needs root and `ip` (iproute2)")
    place = Path(tempfile.mkdtemp(prefix="hosts-"))
    asked = replace(kills.inputs(place / "in", given.product, given.cases), jobs=1)
    folder, like = plan(asked, place / "many", now()), plan(asked, place / "one", now())
    lab = Lab(place)
    try:
        lab.make()
        lab.start()
        for text in disturbed(lab, folder, given.seconds):
            print(text, flush=True)
    finally:
        lab.remove()
    print(f"{len(segments(folder.journal))} sessions; shards by worker, and of these refused:")
    receipts = shards(folder)
    for name in lab.names:
        own = [fact["refused"] for fact in receipts if fact["worker"] == name]
        print(f"  {name}: {len(own)}", dict(Counter(filter(None, own))) or "")
    subprocess.run([*MAIN, "run", str(like.path), "-q"], stdout=subprocess.DEVNULL, check=False)
    problems = kills.compared(folder, like, kills.Tally())
    print(*(problems or ["nothing lost, nothing doubled, the same results as on one machine"]), sep="\n")
    if problems:
        sys.exit(f"see {place}")
    shutil.rmtree(place)


if __name__ == "__main__":
    main()
