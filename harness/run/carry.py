"""Carrying a planned run on: with all that it needs around it, from where it was left to its seal."""

import asyncio
import contextlib
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.evidence import scratch, seal
from harness.evidence.journal import Journal
from harness.evidence.state import State
from harness.internet.client import Internet
from harness.internet.nothing import Nothing
from harness.model import url as urls
from harness.model.case import Case
from harness.model.errors import ProductFault
from harness.products import kinds
from harness.products.base import Context
from harness.run.redact import strays
from harness.run.rig import GaveUp, Report, Rig
from harness.run.session import Session
from harness.run.setup import Executor, Setup

if TYPE_CHECKING:
    from harness.run.early import EarlyStop


async def here(setup: Setup, state: State, record: Report) -> dict[str, Any]:
    """The executor that has this machine alone."""
    spec, cases = setup.spec, setup.folder.cases(setup.spec)
    early: EarlyStop | None = None
    if spec.stop_early:  # and imported then alone, as it brings all that decides
        early = importlib.import_module("harness.run.early").EarlyStop(spec, cases, state, setup.folder.blobs)
    work, rig = scratch.make("run"), None
    stop: dict[str, Any] = {"complete": True, "reason": ""}
    try:
        rig = await rigged(setup, cases, work, record)
        session = Session(setup, cases, state, record, rig, early)
        try:
            for setting in spec.settings:
                await session.setting(setting)
        except (GaveUp, ProductFault) as error:
            stop = {"complete": False, "reason": str(error)}
        if rig.internet.alive:
            stop["strays"] = await rig.internet.strays()
            if setup.corpus.opened:
                stop["strays"] = strays(stop["strays"], (case for case in cases if not case.sealed))
        if stop["complete"] and spec.checks:
            await rig.stop()
            await checked(setup, work, state, record)
    finally:
        if rig:
            await asyncio.shield(rig.stop())
        scratch.remove(work)
    return stop


async def carry_on(setup: Setup, executor: Executor = here) -> None:
    """Finish the run and seal it, as complete or as void with the reason. Halted, cancelled or killed, it leaves a run
    that can be resumed; halted, it raises Interrupted."""
    with setup.folder.lock():
        reader = setup.folder.reader()
        state = State(reader)
        if state.of_kind("stop"):
            if not setup.folder.seal_file.exists():
                seal.write(setup.folder)
            scratch.sweep()  # whoever was killed before it could
            setup.progress.note("the run is finished already")
            return
        journal = Journal(setup.folder.journal, reader.tail, setup.clock)
        try:
            torn = {"torn_bytes": reader.tail.torn}
            journal.append(
                "start", {**torn, "nonce": setup.nonce, "versions": setup.versions, "resumed": reader.tail.records > 0}
            )
            with scratch.in_memory() if setup.corpus.opened else contextlib.nullcontext():
                journal.append("stop", await executor(setup, state, journal.append))
        finally:
            journal.close()
        seal.write(setup.folder)


async def rigged(setup: Setup, cases: Sequence[Case], work: Path, record: Report) -> Rig:
    """Replayed Internet, product and browser for these cases, with their files in the folder `work`; of the three the
    replayed Internet is started. What they go through is recorded. Raises UsageError."""
    profile = setup.profile
    for name in ("internet", "product"):
        (work / name).mkdir(mode=0o755)
    resources = {urls.parse(item.url).key: item.path for item in setup.corpus.resources}
    hosts = {item.host: (profile.folder / item.file).read_text("utf-8") for item in profile.page}
    internet = Nothing(setup.nonce) if setup.spec.live else Internet(work / "internet", resources, hosts, setup.nonce)
    await internet.start()
    clear = tuple(map(setup.corpus.clear, cases))
    context = Context(profile, setup.spec.params, work / "product", internet.test_port, clear, internet.doors)
    try:
        product = kinds.make(context)
    except BaseException:
        await internet.stop()
        raise

    def report(kind: str, data: dict[str, Any]) -> None:
        record(kind, data)
        setup.progress.note(f"{data['why']}; restart {data['restart']}")

    return Rig(internet, product, setup.browser, setup.spec.limits, report, setup.watch)


async def checked(setup: Setup, work: Path, state: State, record: Report) -> None:
    """Try the checks of the run, with their files in the folder `work`."""
    # Imported once the cases are done: all that checks are performed with takes as long as the rest.
    await importlib.import_module("harness.run.checking").check(
        setup.spec,
        setup.profile,
        setup.browser,
        setup.nonce,
        work,
        state,
        setup.folder.blobs,
        record,
        setup.progress,
    )
