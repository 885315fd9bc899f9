"""What is done to a run: each kind of fault strikes at one moment, and what can be undone is undone later."""

import contextlib
import os
import random
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.soak.disk import Disk

PRODUCTS = ("squid", "dnsmasq", "unbound")
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
MEMORY = Path("/sys/fs/cgroup/memory")  # of cgroups v1
ROOM = 4 << 20  # bytes that who meets the limit of memory may still take
HOUR, DAY = 3600, 86400


@dataclass(frozen=True, slots=True)
class Scene:
    """A running harness and what it runs on; its clock follows the file `clock`."""

    harness: psutil.Process
    disk: Disk
    clock: Path


Wanted = Callable[[list[str]], bool]
Release = Callable[[], object]
Strike = Callable[[Scene, random.Random], Release | None]


def nothing() -> None:
    """Of what cannot be undone."""


def product(words: list[str]) -> bool:
    return Path(words[0]).name in PRODUCTS


def browser(words: list[str]) -> bool:
    return any(word.startswith("--remote-debugging-port") for word in words) and "--type=" not in " ".join(words)


def renderer(words: list[str]) -> bool:
    return "--type=renderer" in words


def network_service(words: list[str]) -> bool:
    return "--utility-sub-type=network.mojom.NetworkService" in words


def graphics(words: list[str]) -> bool:
    return "--type=gpu-process" in words


def driver(words: list[str]) -> bool:
    return "playwright/driver" in words[0]


def internet(words: list[str]) -> bool:
    return "harness.internet.server" in words


def worker(words: list[str]) -> bool:
    return "multiprocessing.spawn" in " ".join(words)


def found(scene: Scene, wanted: Wanted) -> list[psutil.Process]:
    """Processes of the harness, oldest first."""
    there = []
    for process in scene.harness.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and (words := process.cmdline()) and wanted(words):
                there.append(process)
    return there


def _killed(wanted: Wanted) -> Strike:
    def strike(scene: Scene, rng: random.Random) -> Release | None:
        victims = found(scene, wanted)
        if not victims:
            return None
        rng.choice(victims).kill()
        return nothing

    return strike


def _stopped(wanted: Wanted) -> Strike:
    def strike(scene: Scene, rng: random.Random) -> Release | None:
        victims = found(scene, wanted)
        return _sent(rng.choice(victims), signal.SIGSTOP) if victims else None

    return strike


def _sent(process: psutil.Process, number: signal.Signals) -> Release:
    def go_on() -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGCONT)

    process.send_signal(number)
    return go_on


def _clock(seconds: int) -> Strike:
    def strike(scene: Scene, rng: random.Random) -> Release:
        def back() -> None:
            set_clock(scene.clock, 0)

        set_clock(scene.clock, seconds)
        return back

    return strike


def set_clock(clock: Path, seconds: int) -> None:
    """How far the harness's wall clock is from the machine's."""
    part = clock.with_suffix(".part")
    part.write_text(f"{seconds:+d}\n")
    part.replace(clock)


def clocked(clock: Path) -> dict[str, str]:
    """The environment by which a program, though nothing that it starts unless it hands it on, goes by that clock."""
    return {
        "LD_PRELOAD": FAKETIME,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_CACHE_DURATION": "1",
    }


def _full(scene: Scene, rng: random.Random) -> Release:
    scene.disk.fill()
    return scene.disk.empty


def _frozen(scene: Scene, rng: random.Random) -> Release:
    scene.disk.freeze()
    return scene.disk.thaw


def _bad(scene: Scene, rng: random.Random) -> Release:
    scene.disk.go_bad()
    return nothing  # it is mended once nobody uses it any more


def _short_browser(scene: Scene, rng: random.Random) -> Release | None:
    victims = found(scene, lambda words: browser(words) or renderer(words))
    if not victims:
        return None
    group = MEMORY / f"soak-{os.getpid()}"
    group.mkdir(exist_ok=True)
    (group / "memory.limit_in_bytes").write_text(str(ROOM))
    _moved(victims, group)

    def enough() -> None:
        (group / "memory.limit_in_bytes").write_text("-1")
        _moved([psutil.Process(int(pid)) for pid in (group / "cgroup.procs").read_text().split()], MEMORY)
        with contextlib.suppress(OSError):  # one that is dying
            group.rmdir()

    return enough


def _moved(processes: list[psutil.Process], group: Path) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            (group / "cgroup.procs").write_text(str(process.pid))


def _short_harness(scene: Scene, rng: random.Random) -> Release:
    process = scene.harness
    soft, hard = process.rlimit(psutil.RLIMIT_AS)
    process.rlimit(psutil.RLIMIT_AS, (process.memory_info().vms + ROOM, hard))

    def enough() -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.rlimit(psutil.RLIMIT_AS, (soft, hard))

    return enough


KINDS: dict[str, Strike] = {
    "nothing, to compare": lambda scene, rng: nothing,
    "product killed": _killed(product),
    "product stopped for a while": _stopped(product),
    "browser killed": _killed(browser),
    "browser stopped for a while": _stopped(browser),
    "a renderer killed": _killed(renderer),
    "a renderer stopped for a while": _stopped(renderer),
    "browser's network service killed": _killed(network_service),
    "browser's graphics process killed": _killed(graphics),
    "browser's graphics process stopped for a while": _stopped(graphics),
    "Playwright's driver killed": _killed(driver),
    "browser short of memory (cgroup)": _short_browser,
    "replayed Internet killed": _killed(internet),
    "replayed Internet stopped for a while": _stopped(internet),
    "harness killed": lambda scene, rng: _sent(scene.harness, signal.SIGKILL),
    "harness stopped for a while": lambda scene, rng: _sent(scene.harness, signal.SIGSTOP),
    "harness interrupted (Ctrl-C)": lambda scene, rng: _sent(scene.harness, signal.SIGINT),
    "harness short of memory (RLIMIT_AS)": _short_harness,
    "disk full": _full,
    "disk frozen for a while": _frozen,
    "disk gone bad, read-only": _bad,
    "clock an hour back": _clock(-HOUR),
    "clock a day forward": _clock(DAY),
    "worker killed": _killed(worker),
    "worker stopped for a while": _stopped(worker),
}
WORKERS = ("worker killed", "worker stopped for a while")


def lacking() -> str:
    """What the machine lacks to do all this, "" for nothing."""
    programs = [name for name in ("mkfs.ext4", "e2fsck", "fsfreeze", "mount") if not shutil.which(name)]
    missing = [*programs, *(path for path in (FAKETIME, str(MEMORY)) if not Path(path).exists())]
    return ", ".join([*missing, *(["root"] if os.geteuid() else [])])
