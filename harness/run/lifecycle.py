"""How a product under check starts again, stands beside another of its kind, stops, and what it leaves."""

import contextlib
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psutil

from harness.model import canonical
from harness.model.errors import ProductFault
from harness.profile.product import Product as Profile
from harness.run import diagnosis
from harness.run.finding import Finding, bad, good, note
from harness.run.traces import Traces
from harness.run.trial import Trial

MUCH = 100 * 1024 * 1024  # bytes; a product that writes more within a check does not keep to what it is asked


def configuration(profile: Profile, setting: str, work: Path) -> str:
    """Digest of what the product is told at that setting: the files rendered for it, what its commands say of the
    setting, and a port of that name; "" when it is told nothing."""
    patterns = [re.sub(r"\{\{.*?\}\}", "*", item.target) for item in profile.files]
    paths = sorted({path for pattern in patterns for path in work.glob(pattern) if path.is_file()})
    words = " ".join(word for item in profile.process for command in (*item.prepare, item.command) for word in command)
    values = {**profile.settings.level[setting].values, "setting": setting}
    told = {key: value for key, value in values.items() if re.search(rf"\{{\{{.*\b{re.escape(key)}\b", words)}
    told |= {"port": setting} if setting in profile.ports else {}
    files = [(str(path.relative_to(work)), canonical.digest(path.read_bytes())) for path in paths]
    return canonical.digest(canonical.dumps([files, told])) if profile.files or profile.process else ""


async def killed(one: Trial, traces: Traces, setting: str) -> AsyncIterator[Finding]:
    """Killed, it has to work again when it is started again."""
    running = traces.processes()
    for process in running:
        with contextlib.suppress(psutil.Error):
            process.kill()
    if not running:
        return
    try:
        await one.start(setting)
        why = await one.silence()
    except ProductFault as error:
        why = str(error)
    advice = "remove what it leaves when killed: name it in process.leftovers, or remove it by process.prepare"
    yield (
        bad(f"killed and started again, it does not work: {why}", advice) if why else good("killed, it starts again")
    )


async def side_by_side(one: Trial, other: Trial, profile: Profile, params: dict[str, str]) -> Finding:
    if any(params[key] for key, item in profile.params.items() if item.kind == "port"):
        return note("two of it side by side were not tried, as its port is given")
    setting = profile.settings.default
    try:
        await other.start(setting)
        why = await other.silence() or await one.silence()
    except ProductFault as error:
        why = str(error)
    await other.rig.product.stop()
    why = why or await one.silence()
    advice = (
        "have every port, lock, socket and pid file of its configuration lie in {{ work }} or named after {{ port }}"
    )
    return bad(f"two of it do not run side by side: {why}", advice) if why else good("two of it run side by side")


async def end(one: Trial, traces: Traces, profile: Profile) -> AsyncIterator[Finding]:
    """Background traffic, how much it writes, and whether it stops when it is told to."""
    if words := diagnosis.background(await one.rig.internet.strays()):
        yield note(words)
    traces.look()
    if traces.written > MUCH:
        yield note(f"it wrote {traces.written / 1e6:.0f} MB within this check: is a debug level on?")
    began = time.monotonic()
    await one.rig.product.stop()
    took = time.monotonic() - began
    patience = max((item.stop_seconds for item in profile.process), default=took + 1)
    if one.rig.product.alive:
        yield bad("it still runs after being stopped", "")
    elif took >= patience:
        yield note(f"it does not end within {patience:.0f} s of SIGTERM, and is killed: see process.stop_seconds")
    else:
        yield good(f"it stops ({took:.1f} s)")


async def left(traces: Traces, profile: Profile, port: int) -> list[Finding]:
    """Processes that still run, and files named after the product's port or programs or owned by its users."""
    marks = {Path(item.command[0]).name for item in profile.process if "{{" not in item.command[0]}
    marks |= {str(port)} if port else set()
    users = {item.user for item in profile.process if item.user}
    processes = [
        bad(f"{words} is left running", "have it stay in the foreground, so that it is stopped with the rest")
        for words in await traces.left()
    ]
    files = [
        note(f"{path} is left behind: have it lie in {{{{ work }}}}, or name it in process.leftovers")
        for path in traces.left_files(marks, users)
    ]
    return processes + files or [good("nothing of it is left")]
