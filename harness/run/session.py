"""A session gives every case of a run that still needs an attempt its attempt, and records everything that is seen."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harness.classify.canary import Canary
from harness.classify.facts import is_fault
from harness.classify.rules import rules_from
from harness.evidence.state import State
from harness.model import canonical
from harness.model.case import Case
from harness.model.observation import Observation
from harness.model.words import Arm, End, Expectation, Tier
from harness.report.judging import knowledge
from harness.run.attempt import Errand, Lane, ProbeLane
from harness.run.canaries import LIVE_ROUNDS, ROUNDS, SILENT, Ear, errand, silence
from harness.run.redact import redacted
from harness.run.rig import GaveUp, Report, Rig
from harness.run.setup import Setup
from harness.run.standing import Standing
from harness.run.turns import turns

if TYPE_CHECKING:
    from harness.run.early import EarlyStop

ANSWER_SECONDS = 10.0
FAST_JOBS = 4  # cases of the fast tier under way for one of the browser's
WHEN = {"before": "before the first case", "during": "during the run", "after": "after the last case"}


class Session:
    """Cases of a run on one rig. Canaries are numbered from after `canaries`, so many as there were, on."""

    def __init__(
        self,
        setup: Setup,
        cases: tuple[Case, ...],
        state: State,
        record: Report,
        rig: Rig,
        early: "EarlyStop | None" = None,
        canaries: int | None = None,
    ) -> None:
        self._setup, self._spec, self._state, self._record, self._rig = setup, setup.spec, state, record, rig
        locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._clear = {case.case_id: setup.corpus.clear(case) for case in cases}
        self._turns = {case_id: locks[group] for case_id, group in turns(self._clear, setup.corpus).items()}
        self._early = early
        rules, blobs = rules_from(self._spec.rules), setup.folder.blobs
        self._standing = Standing(self._spec, cases, state, rules, blobs)
        self._ear = Ear(lambda: knowledge(self._spec.product["fingerprint"], rules, blobs))
        self._fingerprints = [*self._spec.product["fingerprint"], *self._spec.product["error_page"]]
        self._since_canary = 0
        self._canaries = len(state.of_kind("canary")) if canaries is None else canaries

    async def setting(self, setting: str, anew: bool = True) -> None:
        """Give every case the attempts that it still needs at a setting, with the canaries before, during and after;
        unless `anew`, the product runs at that setting already. Raises GaveUp, ProductFault and, halted,
        Interrupted."""
        todo, known = self._standing.at(setting)
        self._setup.progress.setting(setting, len(self._clear), len(self._clear) - len(todo), known)
        product = await self._rig.introduce(setting) if anew else await self._rig.product.identity()
        self._identify(setting, "before", product)
        with self._setup.halt.under_way():
            if self._spec.fast:
                todo = await self._cases(todo, setting, Tier.FAST)
            await self._cases(todo, setting, Tier.BROWSER)
        self._identify(setting, "after", await self._rig.product.identity())

    async def _cases(self, todo: Sequence[Case], setting: str, tier: Tier) -> list[Case]:
        """Give the cases the attempts that they still need of one tier, with the canaries; those that need more."""
        left: list[Case] = []
        jobs = min(FAST_JOBS * self._spec.jobs if tier is Tier.FAST else self._spec.jobs, max(1, len(todo)))
        first, *_ = lanes = [{arm: self._lane(arm, tier=tier) for arm in Arm} for _ in range(jobs)]
        await self._sing(first, setting, "before")
        self._since_canary = 0
        queue = iter(todo)
        try:
            async with asyncio.TaskGroup() as group:
                for own in lanes:
                    group.create_task(self._worker(queue, setting, own, left))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        await self._sing(first, setting, "after")
        for lane in (lane for own in lanes for lane in own.values()):
            await lane.close()
        return left

    def _identify(self, setting: str, phase: str, product: dict[str, str]) -> None:
        assert self._rig.browser
        assert self._rig.route
        self._record(
            "identity",
            {
                "setting": setting,
                "phase": phase,
                "product": product,
                "browser": self._rig.browser.version,
                "route": self._rig.route.how,
            },
        )

    def _lane(self, arm: Arm, seconds: float | None = None, tier: Tier = Tier.BROWSER) -> Lane:
        lane = ProbeLane if tier is Tier.FAST else Lane
        return lane(self._rig, arm, self._setup.folder.blobs, seconds or self._spec.limits.attempt_seconds)

    async def _worker(self, queue: Iterator[Case], setting: str, lanes: dict[Arm, Lane], left: list[Case]) -> None:
        for case in queue:
            if self._early and not self._early.needs(case, setting):
                self._setup.progress.case()
                continue
            async with self._turns.get(case.case_id) or contextlib.nullcontext():
                finished = await self._case(case, setting, lanes)
            if self._setup.halt.asked:
                return
            if finished:
                self._setup.progress.case(self._standing.verdict(case, setting))
            else:
                left.append(case)
            if self._early:
                self._early.finished(setting)
            self._since_canary += 1
            if self._since_canary >= self._spec.limits.canary_every:
                self._since_canary = 0
                await self._sing(lanes, setting, "during")

    async def _case(self, case: Case, setting: str, lanes: dict[Arm, Lane]) -> bool:
        """Give the case the attempts that it still needs of the lanes' tier; whether it needs no more of any."""
        clear, opened = self._clear[case.case_id], self._setup.corpus.opened
        fixture, data = self._setup.corpus.fixture(clear)
        secret = clear is not case
        own = lanes[Arm.TEST].tier
        while True:
            tier, arms, evidence = self._standing.next(case, setting)
            if not arms or tier is not own or self._setup.halt.asked:
                return not arms
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
                    tier,
                )
                for arm in arms
            ]
            seen = await asyncio.gather(*(lanes[errand.arm].attempt(errand) for errand in errands))
            if secret and opened:
                seen = [redacted(item, case, opened, self._fingerprints) for item in seen]
            for observation in seen:
                place = self._record("attempt", canonical.plain(observation))
                self._state.add(observation, place)
                if is_fault(observation):
                    self._setup.progress.fault(f"{observation.attempt_id}: {observation.fault or observation.end}")
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
        Raises GaveUp when one is SILENT times, or comes to no end."""
        rounds = (LIVE_ROUNDS if self._spec.live else ROUNDS)[2 if phase == "during" else 0 :]
        level = self._setup.profile.settings.level[setting]
        for which, arm, scheme in rounds:
            if which is Canary.BLOCK and level.as_installed:
                continue
            if self._setup.halt.asked:
                return
            heard = Counter[bool | None]()
            while not heard[True] and heard[False] < SILENT and heard[None] <= self._spec.limits.fault_retries:
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
                heard[sang] += 1
                if sang is None:
                    await self._mend([observation], generation)
            if not heard[True]:
                raise GaveUp(silence(which, arm, scheme, WHEN[phase], observation))
