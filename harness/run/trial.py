"""A product tried without a corpus: everything a run has, around it and the canaries."""

import contextlib
import itertools
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from harness.classify import judge_live
from harness.classify.canary import Canary
from harness.classify.live import Finding
from harness.classify.verdict import Judgement, judge
from harness.evidence.blobs import Blobs
from harness.internet.client import Internet
from harness.internet.nothing import Nothing
from harness.model.observation import CaseEvidence, Observation
from harness.model.spec import LIVE, Limits
from harness.model.words import Arm
from harness.products import kinds
from harness.products.base import Context
from harness.profile.product import Product as Profile
from harness.profile.rules import load as load_rules
from harness.report.judging import knowledge
from harness.run.attempt import Lane
from harness.run.canaries import Ear, errand, silence
from harness.run.rig import Rig

LIMITS = Limits(attempt_seconds=10, confirmations=0)


class Trial:
    """Made by `trial`; `rig` is the product with browser and replayed Internet, `work` the product's folder."""

    def __init__(self, rig: Rig, blobs: Blobs, work: Path, profile: Profile) -> None:
        self.rig, self.work, self._profile = rig, work, profile
        self._setting = profile.settings.default
        self._own, self._errors = (
            [item.model_dump() for item in pages] for pages in (profile.fingerprint, profile.error_page)
        )
        self._knowledge = knowledge(self._own, load_rules(LIVE), blobs)
        self._ear = Ear(lambda: self._knowledge)
        self._lanes = {arm: Lane(rig, arm, blobs, LIMITS.attempt_seconds) for arm in Arm}
        self._numbers = itertools.count(1)

    @property
    def port(self) -> int:
        """The product's port that the browser speaks to, 0 when it speaks to none."""
        return (urlsplit(self.rig.route.proxy).port or 0) if self.rig.route else 0

    async def start(self, setting: str) -> float:
        """Bring it up at that setting, also anew; the seconds it took with all that belongs to it. Raises
        ProductFault."""
        began, self._setting = time.monotonic(), setting
        await self.rig.start(setting)
        return time.monotonic() - began

    async def attempt(self, which: Canary, arm: Arm, scheme: str, setting: str) -> Observation:
        """One visit to a canary."""
        live = self.rig.route.live if self.rig.route else None
        return await self._lanes[arm].attempt(errand(which, arm, scheme, setting, next(self._numbers), live))

    def sings(self, which: Canary, arm: Arm, seen: Observation) -> bool | None:
        """Whether the canary is as it must be; None when the attempt failed and says nothing."""
        return self._ear.sings(which, arm, seen)

    def judgement(self, control: Observation, seen: Observation) -> Judgement | Finding:
        """What is made of one visit by both arms."""
        if seen.live is not None:
            return judge_live.one(seen, control, self._knowledge)
        return judge(CaseEvidence([control], [seen]), self._own, LIMITS, self._errors)

    async def silence(self) -> str:
        """Why a canary is not as it must be over http, at the setting that it was started at; "" when both are."""
        for which in (Canary.ALLOW,) if self._profile.settings.level[self._setting].as_installed else Canary:
            seen = await self.attempt(which, Arm.TEST, "http", self._setting)
            if self.sings(which, Arm.TEST, seen) is not True:
                return silence(which, Arm.TEST, "http", "", seen)
        return ""


@contextlib.asynccontextmanager
async def trial(profile: Profile, params: dict[str, str], browser: Path, folder: Path) -> AsyncIterator[Trial]:
    """A trial in a new folder; the product is not started yet, and everything is stopped in the end. Raises UsageError
    when the product is wrongly set."""
    for part in ("internet", "product", "blobs"):
        (folder / part).mkdir(mode=0o755, parents=True)
    hosts = {item.host: (profile.folder / item.file).read_text("utf-8") for item in profile.page}
    internet = Nothing("check") if profile.kind == LIVE else Internet(folder / "internet", {}, hosts, "check")
    await internet.start()
    try:
        product = kinds.make(Context(profile, params, folder / "product", internet.test_port, (), internet.doors))
        rig = Rig(internet, product, browser, LIMITS, lambda kind, data: None)
        try:
            yield Trial(rig, Blobs(folder / "blobs"), folder / "product", profile)
        finally:
            await rig.stop()
    finally:
        await internet.stop()
