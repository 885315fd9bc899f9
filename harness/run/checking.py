"""The checks of a run: tried once its cases are done, on grounds of their own; every try is a record."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from harness.checks.bench import Bench
from harness.evidence.blobs import Blobs
from harness.evidence.state import State
from harness.model import canonical
from harness.model.check import Check, Tried, tried_from
from harness.model.spec import Spec
from harness.profile.product import Product as Profile

Record = Callable[[str, dict[str, Any]], None]


class Progress(Protocol):
    """Told how the checks go on."""

    def setting(self, setting: str, total: int, done: int) -> None: ...
    def case(self) -> None: ...


async def check(
    spec: Spec,
    profile: Profile,
    browser: Path,
    nonce: str,
    work: Path,
    state: State,
    blobs: Blobs,
    record: Record,
    progress: Progress,
) -> None:
    """Try every check of the spec as often as it still needs, at every setting at which it is to be tried."""
    done = [tried_from(fact) for fact in state.of_kind("check")]

    def tried(item: Tried) -> None:
        record("check", canonical.plain(item))
        done.append(item)

    def finished(_: Check) -> None:
        progress.case()

    def opened(setting: str, product: dict[str, str], how: str) -> None:
        record("ground", {"setting": setting, "product": product, "route": how})

    for number, setting in enumerate(spec.checked, 1):
        progress.setting(f"{setting}, checks", len(spec.checks), 0)
        (folder := work / f"c{number}").mkdir(mode=0o755)
        bench = Bench(
            profile=profile,
            params=spec.params,
            setting=setting,
            browser=browser,
            work=folder,
            nonce=f"{nonce}/{setting}",
            blobs=blobs,
            record=tried,
            opened=partial(opened, setting),
            jobs=spec.jobs,
        )
        await bench.perform(spec.checks, tuple(done), finished)
