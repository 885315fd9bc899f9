"""Products of the zoo changed, updated and spoilt, without room or network: each is caught by its check, and no other
is blamed."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from mitmproxy.http import HTTPFlow, Response
from mitmproxy.test import tflow, tutils

from harness.checks import attempts, changes, installation
from harness.checks.ground import Ground
from harness.checks.shown import Shown, Untried
from harness.classify.checks import assess
from harness.model.check import Check, Standing, Tried
from harness.model.words import Arm
from harness.products import zoo
from harness.products import zoo_upkeep as upkeep
from harness.products.base import Context
from harness.products.behaviour import Behaviour
from harness.profile import checks, product, shipped

CHECKS = {check.id.removeprefix("life-cycle."): check for check in checks.read(shipped.CHECKS / "life-cycle.toml")}
Perform = Callable[[Ground, Check], Coroutine[Any, Any, Shown]]
PERFORM: dict[str, Perform] = {
    "setting-changed": changes.setting,
    "list-updated": changes.updated,
    "list-spoilt": changes.spoilt,
    "on-both-lists": changes.both,
    "installed": installation.installed,
}
TRIED = [name for name, check in CHECKS.items() if check.by in PERFORM]
SPOILT = ("missing", "garbage", "empty")
BAD: dict[str, set[str]] = {
    "upkeep": set(),
    "upkeep-stubborn": {"setting-takes-effect"},
    "upkeep-stale": {"list-takes-effect"},
    "upkeep-gaping": {"setting-never-open", "list-never-open"},
    "upkeep-credulous": {f"update-{how}" for how in SPOILT},
    "upkeep-mute": {f"update-{how}-said" for how in SPOILT},
    "upkeep-denying": {"allow-and-deny"},
    "upkeep-tardy": {"default-protection"},
}
ELSEWHERE = {"upkeep-littering", "upkeep-lingering", "upkeep-sluggish"}  # which rooms and browsers show


class Mock:
    """A ground as far as the performers of changes go: its product is asked in this process."""

    numbers = itertools.count(1)

    def __init__(self, behaviour: str, work: Path, params: dict[str, str], setting: str) -> None:
        self.profile = product.load(f"zoo-{behaviour}")
        self.params, self.setting, self.work = {**self.profile.checked_params({}), **params}, setting, work
        self.start_seconds, self.proxy, self.log = 0.1, "", None
        (work / "product").mkdir(parents=True)
        self.product = zoo.ZooProduct(Context(self.profile, self.params, work / "product", 1))
        self.behaviour = cast(upkeep.Kept, self.product._behaviour)
        self.behaviour.setting = setting

    def word(self) -> str:
        return f"{next(self.numbers):012x}"

    async def beside(
        self, profile: product.Product, name: str, *, params: dict[str, str] | None = None, setting: str = ""
    ) -> "Mock":
        other = Mock(profile.behaviour, self.work / name, {**self.params, **(params or {})}, setting or self.setting)
        await other.behaviour.begin()
        return other

    async def close(self) -> None:
        await self.behaviour.end()


async def fetch(
    ground: Mock, url: str, *, proxy: str | None = None, more: Sequence[str] = (), fixture: Path | None = None
) -> bool:
    await asyncio.sleep(0)
    flow: HTTPFlow = tflow.tflow(req=tutils.treq())
    flow.request.url = url
    await ground.behaviour.request(flow)
    if flow.response is None:
        flow.response = Response.make(200, fixture.read_bytes() if fixture else b"a page")
        ground.behaviour.response(flow)
    return flow.response.status_code == 200


async def standings(behaviour: str, work: Path) -> dict[str, Standing]:
    here = Mock(behaviour, work, {}, "lenient")
    await here.behaviour.begin()
    found = {}
    for name in TRIED:
        check = replace(CHECKS[name], given={**CHECKS[name].given, "seconds": 0.3})
        try:
            shown = await PERFORM[check.by](cast(Ground, here), check)
        except Untried as error:
            found[name] = assess(check, "x", [Tried(check.id, Arm.TEST, "x", 1, fault=str(error))]).standing
        else:
            twice = [Tried(check.id, Arm.TEST, "x", number, facts=shown.facts) for number in (1, 2)]
            found[name] = assess(check, "x", twice).standing
    return found


@pytest.mark.parametrize("behaviour", BAD)
def test_each_bad_product_is_caught_by_its_check(
    behaviour: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "fetch", fetch)
    for name in ("AGE", "SETTLING", "PAUSE"):
        monkeypatch.setattr(changes, name, 0.01)
    monkeypatch.setattr(upkeep, "OPEN_SECONDS", 0.05)
    found = asyncio.run(standings(behaviour, tmp_path))
    assert {name for name, value in found.items() if value is Standing.BROKEN} == BAD[behaviour]
    if behaviour == "upkeep":
        assert {*found.values()} == {Standing.HELD}


def test_every_product_of_the_zoo_is_specified() -> None:
    assert {*BAD} | ELSEWHERE == {*upkeep.UPKEEP}
    assert issubclass(upkeep.Kept, Behaviour)
