"""A product checked without a corpus: does it start, carry the browser, allow and block, say who it is, and stop?"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.classify.canary import Canary, sings
from harness.evidence import scratch
from harness.evidence.blobs import Blobs
from harness.internet.client import Internet
from harness.model.errors import ProductFault
from harness.model.spec import Limits
from harness.model.words import Arm
from harness.products import kinds
from harness.products.base import Context
from harness.profile.product import Product as Profile
from harness.run.attempt import Lane
from harness.run.canaries import ROUNDS, errand, silence
from harness.run.rig import Rig

LIMITS = Limits(attempt_seconds=10)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing checked, in plain words."""

    good: bool
    text: str


@contextmanager
def _folder() -> Iterator[Path]:
    work = scratch.make("check")
    for part in ("internet", "product", "blobs"):
        (work / part).mkdir(mode=0o755)
    try:
        yield work
    finally:
        scratch.remove(work)


async def check_product(profile: Profile, params: dict[str, str], browser: Path) -> AsyncIterator[Finding]:
    """Try every setting, each finding as it is made; ends at the first setting that does not start.

    Raises UsageError when the product is not installed or wrongly set.
    """
    with _folder() as work:
        hosts = {item.host: (profile.folder / item.file).read_text("utf-8") for item in profile.page}
        internet = Internet(work / "internet", {}, hosts, "check")
        await internet.start()
        try:
            product = kinds.make(Context(profile, params, work / "product", internet.test_port))
            rig = Rig(internet, product, browser, LIMITS, lambda kind, data: None)
            try:
                for setting in profile.settings.level:
                    async for finding in _setting(rig, setting, Blobs(work / "blobs")):
                        yield finding
            except ProductFault as error:
                yield Finding(False, str(error))
            finally:
                await rig.stop()
            yield Finding(False, "it still runs after being stopped") if product.alive else Finding(True, "it stops")
        finally:
            await internet.stop()


async def _setting(rig: Rig, setting: str, blobs: Blobs) -> AsyncIterator[Finding]:
    await rig.start(setting)
    identity = ", ".join(f"{name} {value}" for name, value in (await rig.product.identity()).items())
    yield Finding(True, f"setting {setting}: it starts and says who it is ({identity})")
    lanes = {arm: Lane(rig, arm, blobs, LIMITS.attempt_seconds) for arm in Arm}
    for number, (which, arm, scheme) in enumerate(ROUNDS, 1):
        seen = await lanes[arm].attempt(errand(which, arm, scheme, setting, number))
        good = sings(which, seen) is True
        what = "blocked" if which is Canary.BLOCK else "allowed"
        through = "through the product" if arm is Arm.TEST else "without the product"
        fine = f"the canary to {which} is {what} over {scheme} {through}"
        yield Finding(good, f"setting {setting}: {fine if good else silence(which, arm, scheme, '', seen)}")
    for lane in lanes.values():
        await lane.close()
