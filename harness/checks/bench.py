"""Checks performed on grounds, several at a time, every try of which becomes a fact."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.browser.devtools import ProtocolError
from harness.checks.ground import Ground
from harness.checks.performers import PERFORMERS
from harness.checks.shown import Shown
from harness.classify.checks import OF_SEVERAL, open_yet
from harness.evidence.blobs import Blobs
from harness.model.check import Check, Tried
from harness.model.errors import HarnessError
from harness.model.words import Arm
from harness.profile.product import Product as Profile

FAULT_RETRIES = 2
# What no other check may go on beside: the one reads the clock, the others look all over the machine.
ALONE = ("slowdown", "removed-clean", "removed-reachable")


@dataclass(frozen=True, slots=True)
class Bench:
    """What checks are performed with at one setting, `jobs` at a time; `work` is a folder of ours, `record` takes every
    try, and `opened` who the product on a new ground says it is, and how it is reached there."""

    profile: Profile
    params: dict[str, str]
    setting: str
    browser: Path
    work: Path
    nonce: str
    blobs: Blobs
    record: Callable[[Tried], None]
    opened: Callable[[dict[str, str], str], None]
    jobs: int = 1

    async def perform(self, checks: Sequence[Check], done: Sequence[Tried], finished: Callable[[Check], None]) -> None:
        """Every try that a check still needs, given those `done`; `finished` is told of each check."""
        numbers = itertools.count(1)
        together = iter([check for check in checks if check.judged not in ALONE])
        fixed = any(value and self.profile.params[name].kind == "port" for name, value in self.params.items())
        try:  # only one product can listen on a port that was chosen
            async with asyncio.TaskGroup() as group:
                for _ in range(1 if fixed else self.jobs):
                    group.create_task(self._lane(together, done, finished, numbers))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        await self._lane([check for check in checks if check.judged in ALONE], done, finished, numbers)

    async def _lane(
        self,
        checks: Iterable[Check],
        done: Sequence[Tried],
        finished: Callable[[Check], None],
        numbers: Iterator[int],
    ) -> None:
        """One check after the other, on grounds of its own."""
        grounds = _Grounds(self, numbers)
        try:
            for check in checks:
                tries = [item for item in done if item.check_id == check.id and item.setting in (self.setting, "")]
                while arm := wanted(check, self.profile.kind, self.setting, tries):
                    number = 1 + sum(item.arm is arm for item in tries)
                    tried = await self._try(check, arm, number, grounds)
                    self.record(tried)
                    tries.append(tried)
                finished(check)
        finally:
            await grounds.close()

    async def _try(self, check: Check, arm: Arm, number: int, grounds: "_Grounds") -> Tried:
        began = time.monotonic()
        shown, fault = Shown(), ""
        if self._beside(check):
            shown = Shown(inapplicable=check.otherwise)
        else:
            try:
                async with asyncio.timeout(check.seconds):
                    shown = await PERFORMERS[check.by](await grounds.get(arm), check)
            except TimeoutError:
                fault = f"it came to no end within {check.seconds:.0f} s"
            except (HarnessError, ProtocolError, OSError) as error:
                fault = str(error) or type(error).__name__
            if fault or (check.disturbs and arm is Arm.TEST and not shown.inapplicable):
                await grounds.drop(arm)
        return Tried(
            check_id=check.id,
            arm=arm,
            setting="" if arm is Arm.CONTROL else self.setting,
            number=number,
            came_through=shown.came_through,
            facts={**shown.facts, **{name: self.blobs.put(data) for name, data in shown.kept.items()}},
            blobs=tuple(sorted(self.blobs.put(data) for data in shown.kept.values())),
            inapplicable=shown.inapplicable,
            fault=fault,
            duration_ms=round(1000 * (time.monotonic() - began)),
        )

    def _beside(self, check: Check) -> bool:
        return bool(check.kinds) and self.profile.kind not in check.kinds


def wanted(check: Check, kind: str, setting: str, tries: Sequence[Tried]) -> Arm | None:
    """The arm on which the check is to be tried next, None when it needs no more: the control first, where it has one;
    what one try alone cannot settle, and a fault, a few times."""
    if any(item.inapplicable for item in tries):
        return None
    control = [item for item in tries if item.arm is Arm.CONTROL]
    test = [item for item in tries if item.arm is Arm.TEST]
    beside = bool(check.kinds) and kind not in check.kinds
    if check.control and not beside:
        passes = check.judged in OF_SEVERAL
        if not any(item.came_through if passes else not item.fault for item in control):
            return Arm.CONTROL if len(control) <= FAULT_RETRIES else None
    faults = sum(bool(item.fault) for item in test)
    if faults > FAULT_RETRIES:
        return None
    return Arm.TEST if len(test) == faults or open_yet(check, setting, tries) else None


class _Grounds:
    """The grounds of both arms, made when they are asked for, and anew when something of them has died."""

    def __init__(self, bench: Bench, numbers: Iterator[int]) -> None:
        self._bench, self._numbers = bench, numbers
        self._grounds: dict[Arm, Ground] = {}

    async def get(self, arm: Arm) -> Ground:
        if arm in self._grounds and not self._grounds[arm].healthy:
            await self.drop(arm)
        if arm not in self._grounds:
            number = next(self._numbers)
            bench, work = self._bench, self._bench.work / f"g{number}"  # short, as names of sockets have to be
            nonce = f"{bench.nonce}/{number}"
            ground = await Ground.open(bench.profile, bench.params, bench.setting, bench.browser, work, nonce, arm)
            self._grounds[arm] = ground
            if ground.product and ground.route:
                bench.opened(await ground.product.identity(), ground.how)
        return self._grounds[arm]

    async def drop(self, arm: Arm) -> None:
        if ground := self._grounds.pop(arm, None):
            with contextlib.suppress(HarnessError, OSError):
                await ground.close()

    async def close(self) -> None:
        for arm in Arm:
            await self.drop(arm)
