"""Whole run folders made by hand: cases with their fates, written through the package's own journal and seal."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from harness.evidence import seal
from harness.evidence.folder import RunFolder
from harness.evidence.journal import Journal
from harness.model import canonical
from harness.model.case import Case
from harness.model.check import Tried
from harness.model.observation import Observation
from harness.model.words import Arm, Expectation, Metric, Tier
from harness.report import result
from harness.report.derive import Derived, derive
from tests import builders

JPEG = b"\xff\xd8\xff\xe0 not much of a picture"
PRODUCT = {
    "name": "acme",
    "title": "Acme Filter",
    "kind": "proxy",
    "description": "A filter\nmade for tests.",
    "limitations": ["It does not exist."],
    "settings": {
        "default": "moderate",
        "level": {
            "moderate": {"title": "Moderate", "values": {"threshold": 90}},
            "most": {"title": "Most restrictive", "values": {}},
        },
    },
    "params": {"lists": {"kind": "blocklists", "description": "Folder of lists", "default": ""}},
    "fingerprint": [],
    "error_page": [],
}
VERSIONS = {"pas-harness": "0", "python": "3"}
BLOCK = builders.criterion(bound=0.5, minimum_n=5)
ALLOW = builders.criterion(
    id="allow", title="Harmless pages are allowed", metric=Metric.OK_SITES_OVER_BLOCK, bound=0.5, minimum_n=5
)

FATES: dict[str, Callable[..., Observation]] = {
    "arrives": builders.observation,
    "blocked": lambda **changes: builders.replaced(
        **{"status": 403, "title": "No", "text_start": "Not for you", **changes}
    ),
    "altered": lambda **changes: builders.observation(**{**changes, "text_digest": "other"}),
    "challenged": lambda **changes: builders.replaced(challenge=True, **changes),
    "reset": lambda **changes: builders.net_error("ERR_CONNECTION_RESET", **changes),
    "faulty": lambda **changes: builders.fault(**changes),
}


def cases(block: int, allow: int, **changes: Any) -> list[Case]:
    """So many cases to block and to allow; every second one to allow is a look-alike."""
    return [builders.case(f"adult-{number:02}", language="en", **changes) for number in range(block)] + [
        builders.case(
            f"news-{number:02}",
            category="news",
            expectation=Expectation.ALLOW,
            language="en",
            lookalike_of="adult" if number % 2 else "",
            **changes,
        )
        for number in range(allow)
    ]


def rightly(case: Case) -> str:
    return "blocked" if case.expectation is Expectation.BLOCK else "arrives"


def run(
    path: Path,
    planned: list[Case],
    fates: dict[str, str] | None = None,
    *,
    stop: dict[str, Any] | None = None,
    sealed: bool = True,
    shots: dict[str, bytes] | None = None,
    seen: dict[str, Any] | Callable[[Case], dict[str, Any]] | None = None,
    identity: dict[str, str] | None = None,
    heard: dict[str, Any] | None = None,
    tried: Iterable[Tried] = (),
    tiers: Callable[[Case], tuple[Tier, ...]] = lambda _: (Tier.BROWSER,),
    **changes: Any,
) -> RunFolder:
    """A run in which every case was handled rightly but those in `fates`; a fate of "" leaves a case unmeasured.

    `stop` None ends it as complete, {} leaves it unfinished. `shots` are screenshots by case id, `seen` is more that
    every observation shows on the test arm, `heard` more that the record of a canary holds, `tried` tries of checks,
    `tiers` those that see a case."""
    folder = RunFolder(path)
    values = {
        "product": PRODUCT,
        "criteria": builders.criteria(BLOCK, ALLOW).model_dump(mode="json", by_alias=True),
        **changes,
    }
    spec = builders.spec(tuple(planned), **values)
    spec = replace(spec, planned=len(planned) * len(spec.settings))
    folder.create(spec, tuple(planned))
    reader = folder.reader()
    list(reader)
    journal = Journal(folder.journal, reader.tail, lambda: builders.NOW)
    journal.append("start", {"torn_bytes": 0, "nonce": "0", "versions": VERSIONS, "resumed": False})
    for setting in spec.settings:
        asked = {"setting": setting, "product": identity or {"version": "1.2"}, "browser": "Chromium/1"}
        journal.append("identity", {**asked, "phase": "before"})
        canary = {"which": "block", "arm": Arm.TEST, "phase": "before", "setting": setting, "sings": True}
        journal.append("canary", {**canary, **(heard or {})})
        for case in planned:
            fate = (fates or {}).get(case.case_id, rightly(case))
            more = seen(case) if callable(seen) else seen or {}
            seen_by = [(tier, _attempts(case, fate, setting, spec.settings[0], more)) for tier in tiers(case)]
            for observation in (_by(tier, item) for tier, items in seen_by for item in items):
                shot = (shots or {}).get(case.case_id, b"") if observation.arm is Arm.TEST else b""
                kept = replace(observation, screenshot_blob=folder.blobs.put(shot)) if shot else observation
                journal.append("attempt", canonical.plain(kept))
        journal.append("identity", {**asked, "phase": "after"})
    for item in tried:
        journal.append("check", canonical.plain(item))
    if stop != {}:
        journal.append("stop", {"strays": {}, **(stop or {"complete": True, "reason": ""})})
    journal.close()
    if sealed and stop != {}:
        seal.write(folder)
    return folder


def derived(*args: Any, **changes: Any) -> Derived:
    return derive(run(*args, **changes))


def frame(derived: Derived, name: str) -> pd.DataFrame:
    """The table of verdicts, or of witnesses."""
    found: pd.DataFrame = pa.concat_tables(result.tables(derived)[f"{name}.parquet"]()).to_pandas()
    return found


def _by(tier: Tier, item: Observation) -> Observation:
    return replace(item, tier=tier, attempt_id=f"{item.attempt_id}/{tier}") if tier else item


def _attempts(case: Case, fate: str, setting: str, first: str, seen: dict[str, Any]) -> list[Observation]:
    """The control attempt, once for all settings, and as many test attempts as the fate takes."""
    where = {"case_id": case.case_id, "requested_url": case.url, "final_url": case.url, "chain": (case.url,)}
    made = []
    if setting == first and fate:
        made.append(builders.control(**where, attempt_id=f"{case.case_id}/control/1"))
    for number in range(1, 4 if fate in ("reset", "faulty") else 2) if fate else ():
        told = {**where, **seen, "setting": setting, "number": number}
        told["attempt_id"] = f"{case.case_id}/{setting}/test/{number}"
        made.append(FATES[fate](**told))
    return made
