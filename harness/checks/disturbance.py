"""What a product lets through that is disturbed: its processes killed or paused, its resources or network taken."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from harness.checks import processes
from harness.checks.ground import ALLOWED, BLOCKED, Ground
from harness.checks.programs import flood
from harness.checks.servers import need
from harness.checks.shown import Shown, Untried
from harness.internet.holder import WORLD
from harness.model.check import Check
from harness.model.words import Arm
from harness.products.dns import ADDRESS, PORT
from harness.products.process import run

ANSWER_SECONDS = 3
ENDED_SECONDS = 3.0
RECOVERY_SECONDS = 6.0
FLOOD_SECONDS = 5
LEAST_SECONDS = 100 * 86400  # between a clock that was changed and the right one
# The library without the program that goes with it, which leaves files behind; the loader knows where $LIB is.
FAKED = ("env", "LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1", "FAKETIME_DISABLE_SHM=1")
NO_ENTRY = "it is part of another program, and has no process of its own that could be disturbed"


async def perform(ground: Ground, check: Check) -> Shown:
    """Ask for the page to block and for that to allow `given.asks` times at once: before the disturbance `given.how`,
    during it, and after. Raises Untried."""
    asks = int(check.given.get("asks", 4))
    if ground.arm is Arm.CONTROL:
        return Shown(facts={"before": await ask(ground, 1)})
    try:
        return await _disturbed(ground, check, asks)
    except psutil.Error as error:
        raise Untried(f"a process of the product's: {error}") from None


async def _disturbed(ground: Ground, check: Check, asks: int) -> Shown:
    if not processes.own(ground):
        return Shown(inapplicable=NO_ENTRY)
    if "clock" in check.given and not ground.profile.process:
        return Shown(inapplicable="its profile starts no process that could be given another clock")
    before = await ask(ground, 1)
    async with _prepared(ground, check) as there:
        disturb = DISTURBANCES[check.given["how"]]
        async with disturb(there, check) as told:
            during = await ask(there, asks) if told.pop("reachable", True) else {"asked": 0}
        after = await _after(there)
    return Shown(facts={"before": before, "during": during, "after": after, "disturbance": told})


async def ask(ground: Ground, times: int) -> dict[str, int]:
    """Of so many requests for each page, how many got it. Raises Untried."""
    env = {**os.environ, **dict.fromkeys(("http_proxy", "HTTP_PROXY"), ground.proxy)}
    command = [need("curl", "curl"), "-sS", "-m", str(ANSWER_SECONDS)]
    async with await ground.serve(BLOCKED) as blocked, await ground.serve(ALLOWED) as allowed:
        pages = {BLOCKED: blocked, ALLOWED: allowed}
        wanted = [url for _ in range(times) for url in pages]
        done = await asyncio.gather(*(ground.execute([*command, url], env=env) for url in wanted))
    got = [url for url, item in zip(wanted, done, strict=True) if pages[url].token in item.out]
    return {"asked": times, "blocked_through": got.count(BLOCKED), "allowed_through": got.count(ALLOWED)}


async def _after(ground: Ground) -> dict[str, int]:
    """What comes through once it is over: as soon as the page to allow does, or after a while."""
    deadline = asyncio.get_running_loop().time() + RECOVERY_SECONDS
    while True:
        found = await ask(ground, 1)
        late = asyncio.get_running_loop().time() > deadline
        if late or not ground.healthy or found["allowed_through"] or found["blocked_through"]:
            return found
        await asyncio.sleep(0.5)


@asynccontextmanager
async def _prepared(ground: Ground, check: Check) -> AsyncIterator[Ground]:
    """The ground, or one beside it on which the product has another clock, as `given.clock` says it to libfaketime."""
    if "clock" not in check.given:
        yield ground
        return
    need("faketime", "faketime")
    within = (*FAKED, f"FAKETIME={check.given['clock']}")
    told = await ground.execute([*within, "date", "+%s"])
    if not told.out.strip().isdecimal() or abs(int(told.out) - time.time()) < LEAST_SECONDS:
        raise Untried(f"the clock cannot be changed: {told.errors.strip()[-200:] or told.out.strip()}")
    run = tuple(item.model_copy(update={"command": (*within, *item.command)}) for item in ground.profile.process)
    other = await ground.beside(ground.profile.model_copy(update={"process": run}), "beside")
    try:
        yield other
    finally:
        await other.close()


@asynccontextmanager
async def killed(ground: Ground, check: Check) -> AsyncIterator[dict[str, Any]]:
    """All its processes end without a chance to do anything, while pages are asked for, if `given.loading`."""
    own = processes.own(ground)
    loading = asyncio.create_task(ask(ground, 6)) if check.given.get("loading") else None
    await asyncio.sleep(0.1 if loading else 0)
    for item in own:
        with contextlib.suppress(psutil.NoSuchProcess):
            item.kill()
    deadline = asyncio.get_running_loop().time() + ENDED_SECONDS
    while left := sum(map(processes.runs, own)):
        if asyncio.get_running_loop().time() > deadline:
            raise Untried(f"{left} of {len(own)} processes did not end")
        await asyncio.sleep(0.05)
    yield {"processes": len(own), **({"loading": await loading} if loading else {})}


@asynccontextmanager
async def paused(ground: Ground, check: Check) -> AsyncIterator[dict[str, Any]]:
    """All its processes stand still."""
    own = processes.own(ground)
    try:
        for item in own:
            item.suspend()
        deadline = asyncio.get_running_loop().time() + ENDED_SECONDS
        while any(item.status() != psutil.STATUS_STOPPED for item in own):
            if asyncio.get_running_loop().time() > deadline:
                raise Untried("not all of its processes stand still")
            await asyncio.sleep(0.05)
        yield {"processes": len(own)}
    finally:
        for item in own:
            item.resume()


@asynccontextmanager
async def reloaded(ground: Ground, check: Check) -> AsyncIterator[dict[str, Any]]:
    """It is told to read its configuration again, as services are (SIGHUP), a few times."""
    own = processes.own(ground)
    roots = [item for item in own if item.ppid() not in {other.pid for other in own}]

    async def tell() -> None:
        for _ in range(3):
            for item in roots:
                with contextlib.suppress(psutil.NoSuchProcess):
                    item.send_signal(signal.SIGHUP)
            await asyncio.sleep(0.2)

    telling = asyncio.create_task(tell())
    try:
        yield {"processes": len(roots)}
    finally:
        await telling


@asynccontextmanager
async def limited(ground: Ground, check: Check) -> AsyncIterator[dict[str, Any]]:
    """Its processes can have no more of `given.resource` than they have: memory, descriptors, or file-size, where
    nothing can be written at all."""
    name, option, now = LIMITS[check.given["resource"]]
    own = processes.own(ground)
    if option == "fsize" and not all(survives(item.pid) for item in own):
        raise Untried("the system itself would end it when it writes")
    before: list[tuple[psutil.Process, str]] = []
    try:
        for item in own:
            before.append((item, _soft(item, name)))
            await _limit(item, option, str(now(item)))
        yield {"processes": len(own)}
    finally:
        for item, limit in before:
            with contextlib.suppress(Untried):
                await _limit(item, option, limit)


# What the kernel and `prlimit` call it, and how much a process has.
LIMITS: Mapping[str, tuple[str, str, Callable[[psutil.Process], int]]] = {
    "memory": ("Max address space", "as", lambda item: item.memory_info().vms),
    "descriptors": ("Max open files", "nofile", lambda item: item.num_fds()),
    "file-size": ("Max file size", "fsize", lambda item: 0),
}


def _soft(item: psutil.Process, name: str) -> str:
    lines = Path(f"/proc/{item.pid}/limits").read_text("ascii").splitlines()
    return next(line.removeprefix(name).split()[0] for line in lines if line.startswith(name))


async def _limit(item: psutil.Process, option: str, limit: str) -> None:
    """Set a soft limit, as the user whose process it is: that takes no privilege. Raises Untried."""
    command = [need("prlimit", "util-linux"), f"--pid={item.pid}", f"--{option}={limit}:"]
    try:
        user, group = item.uids().real, item.gids().real
        become = [] if user == os.getuid() else ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]
        code, words = await run([*become, *command], Path("/"), ENDED_SECONDS)
    except psutil.NoSuchProcess:
        return  # it has ended, which is for what is measured to show
    if code != 0 and item.is_running():
        raise Untried(f"its processes cannot be limited: {words.strip()[-200:]}")


def survives(pid: int) -> bool:
    """Whether a process ignores the signal that else ends what writes beyond its limit."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    masks = {key: value for key, _, value in (line.partition(":") for line in lines)}
    return any(int(masks[key], 16) >> (signal.SIGXFSZ - 1) & 1 for key in ("SigIgn", "SigCgt"))


@asynccontextmanager
async def flooded(ground: Ground, check: Check) -> AsyncIterator[dict[str, Any]]:
    """It has `given.connections` connections that ask for nothing yet, and requests one after the other."""
    dns = ground.profile.kind == "dns"
    proxy = urlsplit(ground.proxy)
    host, port = (ADDRESS, PORT) if dns else (proxy.hostname or WORLD, proxy.port or 80)
    program = [sys.executable, "-m", flood.__name__, host, str(port), str(check.given["connections"])]
    flooding = asyncio.create_task(ground.execute([*program, str(FLOOD_SECONDS)]))
    told: dict[str, Any] = {}
    try:
        await asyncio.sleep(1.5)
        yield told
    finally:
        done = await flooding
    if done.code != 0:
        raise Untried(f"the flood ended with {done.code}: {done.errors.strip()[-200:]}")
    told["kept"], told["opened_anew"] = map(int, done.out.split())


@asynccontextmanager
async def outage(ground: Ground, check: Check) -> AsyncIterator[dict[str, Any]]:
    """The Internet is gone, and back."""
    await ground.internet.stop()
    await asyncio.sleep(float(check.given.get("gone", 2)))
    await ground.internet.start()
    yield {"reachable": False}


@asynccontextmanager
async def started(ground: Ground, check: Check) -> AsyncIterator[dict[str, Any]]:
    """Nothing more than how it was started."""
    yield {}


Disturbance = Callable[[Ground, Check], AbstractAsyncContextManager[dict[str, Any]]]
DISTURBANCES: Mapping[str, Disturbance] = {
    "killed": killed,
    "paused": paused,
    "reloaded": reloaded,
    "limited": limited,
    "flooded": flooded,
    "outage": outage,
    "started": started,
}
