"""A session carries a planned run on: every case that still needs an attempt gets it, everything seen is recorded, the
end is sealed."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from harness.classify.canary import Canary
from harness.classify.facts import is_fault
from harness.classify.rules import rules_from
from harness.classify.steps import next_arms
from harness.corpus.load import Corpus
from harness.evidence import scratch, seal
from harness.evidence.folder import RunFolder
from harness.evidence.journal import Clock, Journal
from harness.evidence.state import State
from harness.internet.client import Internet
from harness.internet.nothing import Nothing
from harness.model import canonical
from harness.model import url as urls
from harness.model.case import Case
from harness.model.errors import ProductFault
from harness.model.observation import Observation
from harness.model.spec import Spec
from harness.model.words import Arm, End, Expectation
from harness.products import kinds
from harness.products.base import Context
from harness.profile.product import Product as Profile
from harness.report.judging import knowledge
from harness.run.attempt import Errand, Lane
from harness.run.canaries import LIVE_ROUNDS, ROUNDS, Ear, errand, silence
from harness.run.early import EarlyStop
from harness.run.redact import redacted, strays
from harness.run.rig import GaveUp, Rig, Watch
from harness.run.turns import turns

ANSWER_SECONDS = 10.0
WHEN = {"before": "before the first case", "during": "during the run", "after": "after the last case"}


class Progress(Protocol):
    """Told how a run goes on."""

    def setting(self, setting: str, total: int, done: int) -> None: ...
    def case(self) -> None: ...
    def note(self, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Setup:
    """What a session needs from outside; `nonce` makes its tokens its own."""

    folder: RunFolder
    spec: Spec
    profile: Profile
    corpus: Corpus
    browser: Path
    nonce: str
    clock: Clock
    progress: Progress
    versions: dict[str, str]
    watch: Watch | None = None


async def carry_on(setup: Setup) -> None:
    """Finish the run and seal it, as complete or as void with the reason. Cancelled or killed, it leaves a run that can
    be resumed."""
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
                await _Session(setup, state, journal).run()
        finally:
            journal.close()
        seal.write(setup.folder)


class _Session:
    def __init__(self, setup: Setup, state: State, journal: Journal) -> None:
        self._setup, self._spec, self._state, self._journal = setup, setup.spec, state, journal
        self._cases = setup.folder.cases(setup.spec)
        locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._clear = {case.case_id: setup.corpus.clear(case) for case in self._cases}
        self._turns = {case_id: locks[group] for case_id, group in turns(self._clear, setup.corpus).items()}
        self._rig: Rig
        blobs = setup.folder.blobs
        self._early = EarlyStop(self._spec, self._cases, state, blobs) if self._spec.stop_early else None
        self._ear = Ear(lambda: knowledge(self._spec.product["fingerprint"], rules_from(self._spec.rules), blobs))
        self._fingerprints = [*self._spec.product["fingerprint"], *self._spec.product["error_page"]]
        self._since_canary = 0
        self._canaries = len(state.of_kind("canary"))

    def _record(self, kind: str, data: dict[str, Any]) -> None:
        self._journal.append(kind, data)
        if kind == "fault":
            self._setup.progress.note(f"{data['why']}; restart {data['restart']}")

    async def run(self) -> None:
        work = scratch.make("run")
        stop: dict[str, Any] = {"complete": True, "reason": ""}
        try:
            try:
                await self._settings(work)
            except (GaveUp, ProductFault) as error:
                stop = {"complete": False, "reason": str(error)}
            if self._rig.internet.alive:
                stop["strays"] = await self._rig.internet.strays()
                if self._setup.corpus.opened:
                    stop["strays"] = strays(stop["strays"], (case for case in self._cases if not case.sealed))
            self._record("stop", stop)
        finally:
            if hasattr(self, "_rig"):
                await asyncio.shield(self._rig.stop())
            scratch.remove(work)

    async def _settings(self, work: Path) -> None:
        setup, profile = self._setup, self._setup.profile
        for name in ("internet", "product"):
            (work / name).mkdir(mode=0o755)
        resources = {urls.parse(item.url).key: item.path for item in setup.corpus.resources}
        hosts = {item.host: (profile.folder / item.file).read_text("utf-8") for item in profile.page}
        internet = (
            Nothing(setup.nonce) if self._spec.live else Internet(work / "internet", resources, hosts, setup.nonce)
        )
        await internet.start()
        cases = tuple(self._clear.values())
        context = Context(profile, self._spec.params, work / "product", internet.test_port, cases, internet.doors)
        try:
            product = kinds.make(context)
        except BaseException:
            await internet.stop()
            raise
        self._rig = Rig(internet, product, setup.browser, self._spec.limits, self._record, setup.watch)
        for setting in self._spec.settings:
            await self._setting(setting)

    async def _setting(self, setting: str) -> None:
        todo = [
            case for case in self._cases if next_arms(self._state.evidence(case.case_id, setting), self._spec.limits)
        ]
        self._setup.progress.setting(setting, len(self._cases), len(self._cases) - len(todo))
        await self._rig.start(setting)
        await self._identify(setting, "before")
        canary = {arm: self._lane(arm) for arm in Arm}
        await self._sing(canary, setting, "before")
        self._since_canary = 0
        queue = iter(todo)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._spec.jobs, max(1, len(todo)))):
                    group.create_task(self._worker(queue, setting))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        await self._sing(canary, setting, "after")
        await self._identify(setting, "after")
        for lane in canary.values():
            await lane.close()

    async def _identify(self, setting: str, phase: str) -> None:
        assert self._rig.browser
        assert self._rig.route
        self._record(
            "identity",
            {
                "setting": setting,
                "phase": phase,
                "product": await self._rig.product.identity(),
                "browser": self._rig.browser.version,
                "route": self._rig.route.how,
            },
        )

    def _lane(self, arm: Arm, seconds: float | None = None) -> Lane:
        return Lane(self._rig, arm, self._setup.folder.blobs, seconds or self._spec.limits.attempt_seconds)

    async def _worker(self, queue: Iterator[Case], setting: str) -> None:
        lanes = {arm: self._lane(arm) for arm in Arm}
        for case in queue:
            if self._early and not self._early.needs(case, setting):
                self._setup.progress.case()
                continue
            async with self._turns.get(case.case_id) or contextlib.nullcontext():
                await self._case(case, setting, lanes)
            self._setup.progress.case()
            if self._early:
                self._early.finished(setting)
            self._since_canary += 1
            if self._since_canary >= self._spec.limits.canary_every:
                self._since_canary = 0
                await self._sing(lanes, setting, "during")
        for lane in lanes.values():
            await lane.close()

    async def _case(self, case: Case, setting: str, lanes: dict[Arm, Lane]) -> None:
        clear, opened = self._clear[case.case_id], self._setup.corpus.opened
        fixture, data = self._setup.corpus.fixture(clear)
        secret = clear is not case
        while arms := next_arms(evidence := self._state.evidence(case.case_id, setting), self._spec.limits):
            generation = self._rig.generation
            errands = [
                Errand(
                    case.case_id,
                    clear.url,
                    fixture,
                    arm,
                    "" if arm is Arm.CONTROL else setting,
                    1 + len(evidence.control if arm is Arm.CONTROL else evidence.test),
                    None if arm is Arm.CONTROL else case.expectation is Expectation.BLOCK,
                    data,
                    secret,
                )
                for arm in arms
            ]
            seen = await asyncio.gather(*(lanes[errand.arm].attempt(errand) for errand in errands))
            if secret and opened:
                seen = [redacted(item, case, opened, self._fingerprints) for item in seen]
            for observation in seen:
                self._record("attempt", canonical.plain(observation))
                self._state.add(observation)
            if any(is_fault(item) for item in seen):
                await self._mend(seen, generation)

    async def _mend(self, seen: list[Observation], generation: int) -> None:
        rig, hanging = self._rig, ""
        if any(item.end in (End.TIMEOUT, End.FAULT) for item in seen) and rig.product.alive and rig.internet.alive:
            for arm, suspect in ((Arm.CONTROL, "browser"), (Arm.TEST, "product")):
                if not await self._answers(arm):
                    hanging = suspect if rig.internet.alive else ""
                    break
        await rig.mend(generation, hanging)

    async def _answers(self, arm: Arm) -> bool:
        """Whether the canary to allow comes through to an end on that arm within a few seconds, whatever the end."""
        lane = self._lane(arm, min(ANSWER_SECONDS, self._spec.limits.attempt_seconds))
        observation = await lane.attempt(self._canary_errand(Canary.ALLOW, arm, "http", ""))
        await lane.close()
        return observation.end not in (End.TIMEOUT, End.FAULT)

    def _canary_errand(self, which: Canary, arm: Arm, scheme: str, setting: str) -> Errand:
        self._canaries += 1
        return errand(which, arm, scheme, setting, self._canaries, self._rig.route.live if self._rig.route else None)

    async def _sing(self, lanes: dict[Arm, Lane], setting: str, phase: str) -> None:
        """Both canaries through the product; before and after the cases, also over https and without the product.
        Raises GaveUp."""
        rounds = (LIVE_ROUNDS if self._spec.live else ROUNDS)[2 if phase == "during" else 0 :]
        level = self._setup.profile.settings.level[setting]
        for which, arm, scheme in rounds:
            if which is Canary.BLOCK and level.as_installed:
                continue
            for _ in range(self._spec.limits.fault_retries + 1):
                generation = self._rig.generation
                observation = await lanes[arm].attempt(self._canary_errand(which, arm, scheme, setting))
                sang = self._ear.sings(which, arm, observation)
                self._record(
                    "canary",
                    {
                        "which": which,
                        "arm": arm,
                        "phase": phase,
                        "setting": setting,
                        "sings": sang,
                        "observation": canonical.plain(observation),
                    },
                )
                if sang is not None:
                    break
                await self._mend([observation], generation)
            if not sang:
                raise GaveUp(silence(which, arm, scheme, WHEN[phase], observation))
