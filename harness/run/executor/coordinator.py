"""The coordinator: gives shards to workers, and writes what comes of each into the run's journal, once and whole."""

import asyncio
import importlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from harness.classify.facts import is_fault
from harness.classify.rules import rules_from
from harness.evidence.state import State
from harness.model import canonical
from harness.model.errors import HarnessError, UsageError
from harness.run.executor import post
from harness.run.executor.fitness import Fitness
from harness.run.executor.messages import Brief, Done, Offer, Order
from harness.run.executor.shards import Shard, Shards
from harness.run.executor.whole import observed
from harness.run.rig import GaveUp, Report
from harness.run.setup import Setup
from harness.run.standing import Standing

if TYPE_CHECKING:
    from harness.run.early import EarlyStop

MOST_FAILURES = 3  # of a worker, or workers at which one shard failed
CHECKS = "checks"


class GiveIn(HarnessError):
    """A shard that no worker can carry out."""


FATAL = (GaveUp, GiveIn)


class Pool(Protocol):
    """Workers, as they come and go; each is named by a text of its own."""

    async def workers(self) -> Mapping[str, str]:
        """The workers that are there and answer, with the names that people know them by."""

    async def ask(self, worker: str, what: Callable[..., Any], *given: Any) -> Any:
        """What the function returns at the worker. Raises HarnessError for whatever it raises there, and when the
        worker is lost."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: between looks at the workers, until those there at the beginning must be ready, until one must be there
    again, until they must have left."""

    look: float = 0.5
    ready: float = 240.0
    nobody: float = 120.0
    left: float = 30.0


PATIENCE = Patience()


@dataclass(slots=True, eq=False)
class Hand:
    """A worker: whether it is there, what it is not fit by, and the shard that it has under way."""

    worker: str
    name: str
    away: bool = False
    ready: bool = False
    differs: str = ""
    lacks: str = ""
    setting: str = ""
    offer: Offer | None = None
    shard: Shard | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class Coordinator:
    """Carries a run out on the workers of a pool: an executor of sessions. `brief` is what they are told; it begins
    once `least` of them are ready."""

    def __init__(
        self,
        pool: Pool,
        brief: Brief,
        least: int = 1,
        clock: Callable[[], float] = time.monotonic,
        patience: Patience = PATIENCE,
    ) -> None:
        self._pool, self._brief, self._least, self._clock, self._patience = pool, brief, least, clock, patience
        self._hands: dict[str, Hand] = {}
        self._shards = Shards(clock)
        self._early: EarlyStop | None = None
        self._begun = False

    async def __call__(self, setup: Setup, state: State, record: Report) -> dict[str, Any]:
        """As any executor. Raises UsageError, before the first case, where a worker is otherwise than the run or than
        the other workers, or none is fit; HarnessError when none is left, or a shard cannot be carried out."""
        spec = setup.spec
        if spec.live:
            raise UsageError("a network's filter is measured from one machine of that network", key="--executor")
        if setup.corpus.opened:
            raise UsageError("a sealed corpus is opened in the memory of one machine alone", key="--executor")
        self._setup, self._state, self._record = setup, state, record
        cases, blobs = setup.folder.cases(spec), setup.folder.blobs
        self._standing = Standing(spec, cases, state, rules_from(spec.rules), blobs)
        if spec.stop_early:
            self._early = importlib.import_module("harness.run.early").EarlyStop(spec, cases, state, blobs)
        self._fitness = Fitness(state.of_kind("identity"))
        self._number = max((fact["shard"] for fact in state.of_kind("shard")), default=0)
        stop = {"complete": True, "reason": ""}
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                await self._run(len(cases))
                self._dismiss()
        except ExceptionGroup as failures:
            error = failures.exceptions[0]
            if not isinstance(error, GaveUp):
                await self._strays()
                raise error from None
            stop = {"complete": False, "reason": str(error)}
        return {**stop, "strays": await self._strays()}

    async def _run(self, planned: int) -> None:
        spec, progress = self._setup.spec, self._setup.progress
        await self._muster()
        for setting in spec.settings:
            todo, known = self._standing.at(setting)
            progress.setting(setting, planned, planned - len(todo), known)
            self._number = self._shards.split(self._number, setting, todo, len(self._hands))
            with self._setup.halt.under_way():
                await self._worked_off()
            if not self._early and self._standing.at(setting)[0]:
                raise HarnessError(f"cases are left at setting {setting}, though every shard is done")
        if spec.checks:
            progress.setting(CHECKS, 1, 0)
            self._number = self._shards.split(self._number, "", (), 1)
            await self._worked_off()
            progress.case()

    async def _muster(self) -> None:
        """Until every worker that is there is ready or found unfit. Raises UsageError."""
        until = self._clock() + self._patience.ready
        while True:
            await self._look()
            hands = [hand for hand in self._hands.values() if not hand.away]
            if wrong := [f"worker {hand.name}: {hand.differs}" for hand in hands if hand.differs]:
                raise UsageError("; ".join(wrong), key="--executor")
            ready = sum(hand.ready for hand in hands)
            if self._clock() > until or (ready >= self._least and all(hand.ready or hand.lacks for hand in hands)):
                break
            if len(hands) >= self._least and all(hand.task and hand.task.done() for hand in hands):
                break  # nobody will get ready any more
            await asyncio.sleep(self._patience.look)
        if ready < self._least:
            why = [f"worker {hand.name}: {hand.lacks or 'did not get ready'}" for hand in hands if not hand.ready]
            raise UsageError(
                "; ".join([f"{ready} of {self._least} workers are fit for the run", *why]), key="--executor"
            )
        self._begun = True

    async def _worked_off(self) -> None:
        """Until every shard is done or, halted, none is under way. Raises HarnessError when nobody is left for it."""
        seen = self._clock()
        while self._shards.open:
            if self._setup.halt.asked and not self._shards.under_way:
                return
            await self._look()
            if any(not hand.away and hand.task and not hand.task.done() for hand in self._hands.values()):
                seen = self._clock()
            elif self._clock() - seen > self._patience.nobody:
                why = "".join(f"; worker {hand.name}: {hand.lacks or 'away'}" for hand in self._hands.values())
                raise HarnessError(f"no worker has been there for {self._patience.nobody:.0f} s{why}")
            await asyncio.sleep(self._patience.look)

    async def _look(self) -> None:
        """Who is there; who is new is greeted, and what somebody has who is gone is for others."""
        there = await self._pool.workers()
        for worker, name in there.items():
            if worker not in self._hands:
                hand = self._hands[worker] = Hand(worker, name)
                hand.task = self._group.create_task(self._attend(hand))
        for hand in self._hands.values():
            gone, hand.away = hand.worker not in there and not hand.away, hand.worker not in there
            if gone:
                self._setup.progress.note(f"worker {hand.name} is gone or does not answer")
            if gone and hand.shard:
                self._shards.lose(hand.shard, hand.worker)

    async def _attend(self, hand: Hand) -> None:
        """Give a worker work, until it is of no use."""
        for _ in range(MOST_FAILURES):
            try:
                await self._greet(hand)
                while hand.ready:
                    await self._shard(hand)
                break
            except FATAL:
                raise
            except HarnessError as error:
                hand.ready, hand.lacks = False, str(error)
        word = hand.differs or hand.lacks
        self._record("worker", {**self._about(hand), "has": hand.offer.has if hand.offer else {}, "refused": word})
        if self._begun:
            self._setup.progress.note(f"worker {hand.name} is not used any more: {word}")

    async def _greet(self, hand: Hand) -> None:
        hand.offer = offer = await self._ask(hand, post.hello, self._brief)
        hand.differs, hand.lacks = "; ".join(offer.differs), "; ".join(offer.lacks)
        if not hand.differs and not hand.lacks:
            await self._enter(hand, self._setup.spec.settings[0])
        if not hand.differs and not hand.lacks:
            hand.ready = True
            self._record("worker", {**self._about(hand), "has": offer.has, "refused": ""})

    async def _enter(self, hand: Hand, setting: str) -> None:
        identity = await self._ask(hand, post.enter, self._brief.session, setting)
        hand.setting, hand.differs = setting, "; ".join(self._fitness.differences(hand.name, setting, identity))

    async def _shard(self, hand: Hand) -> None:
        """The next shard, or a short wait for one."""
        shard = None if hand.away or self._setup.halt.asked else self._shards.take(hand.worker)
        if shard is None:
            await asyncio.sleep(self._patience.look)
            return
        hand.shard, setting = shard, shard.setting
        try:
            if setting not in ("", hand.setting):
                await self._enter(hand, setting)
            if hand.differs:
                hand.ready = False
                return
            if self._early and len(shard.by) == 1:
                self._spare(shard, self._early)
            order = Order(shard.number, setting, tuple(case.case_id for case in shard.cases), self._had(shard))
            done = await self._ask(hand, post.carry_out, self._brief.session, order)
            hand.setting = hand.setting if setting else ""
            self._take(hand, shard, done)
        except GaveUp:
            raise
        except HarnessError as error:
            self._fail(hand, shard, error)
        finally:
            hand.shard = None
            self._shards.lose(shard, hand.worker)

    def _fail(self, hand: Hand, shard: Shard, error: HarnessError) -> None:
        """What a shard came to that does not count. Raises HarnessError."""
        self._receipt(hand, shard, None, str(error))
        shard.failed.add(hand.worker)
        if not shard.done and len(shard.failed) >= MOST_FAILURES:
            raise GiveIn(
                f"{len(shard.failed)} workers could not carry shard {shard.number} out; worker {hand.name}: {error}"
            )
        raise error

    def _take(self, hand: Hand, shard: Shard, done: Done) -> None:
        """Record a shard whole: receipt, then records. Raises GaveUp when it ends the run, EvidenceError when it is not
        whole."""
        if shard.done:
            return self._receipt(hand, shard, done, "another worker was sooner")
        seen = observed(shard, done, self._state, self._standing.steps)
        for blob in done.blobs.values():
            self._setup.folder.blobs.put(blob)
        self._receipt(hand, shard, done, "")
        places = [(kind, self._record(kind, data)) for kind, _, data in done.facts]
        for item, place in zip(seen, (place for kind, place in places if kind == "attempt"), strict=True):
            self._state.add(item, place)
            if is_fault(item):
                self._setup.progress.fault(f"{item.attempt_id}: {item.fault or item.end}")
        self._shards.finish(shard, hand.worker)
        if done.void:
            raise GaveUp(f"worker {hand.name}: {done.void}")
        for case in shard.cases:
            self._setup.progress.case(self._standing.verdict(case, shard.setting))
            if self._early:
                self._early.finished(shard.setting)
        return None

    def _receipt(self, hand: Hand, shard: Shard, done: Done | None, refused: str) -> None:
        sent = {"began": done.began, "ended": done.ended, "digest": done.digest} if done else {}
        many = len(done.facts) if done and not refused else 0
        here = {"shard": shard.number, "setting": shard.setting, "cases": len(shard.cases), "records": many}
        self._record("shard", {**self._about(hand), **here, **sent, "refused": refused})

    def _about(self, hand: Hand) -> dict[str, str]:
        return {"worker": hand.name, "host": hand.offer.host if hand.offer else ""}

    def _spare(self, shard: Shard, early: "EarlyStop") -> None:
        """Leave out what no decision needs any more."""
        needed = tuple(case for case in shard.cases if early.needs(case, shard.setting))
        for _ in range(len(shard.cases) - len(needed)):
            self._setup.progress.case()
        shard.cases = needed

    def _had(self, shard: Shard) -> tuple[dict[str, Any], ...]:
        if not shard.setting:
            return tuple(self._state.of_kind("check"))
        evidence = [self._state.evidence(case.case_id, shard.setting) for case in shard.cases]
        return tuple(canonical.plain(item) for one in evidence for item in (*one.control, *one.test))

    async def _ask(self, hand: Hand, what: Callable[..., Any], *given: Any) -> Any:
        return await self._pool.ask(hand.worker, what, *given)

    def _dismiss(self) -> None:
        for hand in self._hands.values():
            if hand.shard:
                self._receipt(hand, hand.shard, None, "not waited for: another worker was sooner")
            if hand.task:
                hand.task.cancel()

    async def _strays(self) -> dict[str, int]:
        """Have everybody leave; the requests that belonged to no attempt, of those who say so in time."""
        present = [hand for hand in self._hands.values() if hand.offer and not hand.away]
        asked = [asyncio.create_task(self._ask(hand, post.leave, self._brief.session)) for hand in present]
        done = (await asyncio.wait(asked, timeout=self._patience.left))[0] if asked else set()
        for task in asked:
            task.cancel()
        found: dict[str, int] = {}
        for task in done:
            for what, count in (task.result() if not task.exception() else {}).items():
                found[what] = found.get(what, 0) + count
        return found
