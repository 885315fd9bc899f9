"""One page or a few opened through a product as a run opens them: planned, carried out and judged by the same steps."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.evidence.folder import RunFolder
from harness.evidence.state import State
from harness.model import url as urls
from harness.model.errors import UsageError
from harness.model.observation import Observation
from harness.model.spec import LIVE, Limits
from harness.model.words import Expectation
from harness.profile.product import load as load_product
from harness.report.derive import Derived
from harness.run.plan import Request, plan
from harness.score.outcome import Scored

CRITERIA = "pas74-kitemark"  # says how a warned or degraded page counts, nothing is decided by a page or two
MANIFEST = 'name = "probe"\ntitle = "Addresses asked for"\n[categories]\nprobe = "Asked for"\n'


@dataclass(frozen=True, slots=True)
class Probe:
    """What to open: cases of a corpus by id, or `urls`, for which plain pages are made; `expectation` is what such a
    page would be expected to be, None when nobody says."""

    product: str
    urls: Sequence[str] = ()
    corpus: str = ""
    cases: Sequence[str] = ()
    expectation: Expectation | None = None
    settings: Sequence[str] = ()
    params: dict[str, str] = field(default_factory=dict)
    criteria: str = CRITERIA
    rules: str = ""
    seconds: float = Limits().attempt_seconds


@dataclass(frozen=True, slots=True)
class Opened:
    """One case at one setting, with its attempts in order: without the product, then with it."""

    scored: Scored
    attempts: tuple[Observation, ...]


def planned(asked: Probe, out: Path, work: Path, created: str) -> RunFolder:
    """The run in a new folder `out`, ready to be carried out; `work` holds what is made for it until its end. Raises
    UsageError."""
    if bool(asked.urls) == bool(asked.cases):
        raise UsageError("say what to open: one URL or more, or --corpus with --case", key="URL")
    if bool(asked.corpus) != bool(asked.cases):
        raise UsageError("--corpus and --case go together", key="--corpus" if asked.corpus else "--case")
    if load_product(asked.product).kind == LIVE:
        raise UsageError(
            f"product {asked.product!r} is tested on the real Internet, and a probe does not leave the machine",
            key="PRODUCT",
        )
    request = Request(
        product=asked.product,
        corpus=asked.corpus or str(_corpus(asked, work / "probe")),
        criteria=asked.criteria,
        settings=asked.settings,
        params=asked.params,
        jobs=1,
        rules=asked.rules,
        only=tuple(dict.fromkeys(asked.cases)),
        limits=Limits(attempt_seconds=asked.seconds),
    )
    return plan(request, out, created)


def opened(folder: RunFolder, derived: Derived) -> Iterator[Opened]:
    """What became of each case, by setting and id."""
    state = State(folder.reader())
    for item in derived.scored:
        evidence = state.evidence(item.case.case_id, item.setting)
        yield Opened(item, (*evidence.control, *evidence.test))


def canaries(derived: Derived, setting: str) -> list[dict[str, Any]]:
    """The records of the canaries at that setting, in order."""
    return [fact for fact in derived.state.of_kind("canary") if fact["setting"] == setting]


def _corpus(asked: Probe, folder: Path) -> Path:
    """A corpus of the addresses with plain pages, in a new folder. Raises UsageError naming the one that is none."""
    hrefs: dict[str, str] = {}
    for text in asked.urls:
        try:
            hrefs.setdefault(urls.parse(text).href, text)
        except ValueError as error:
            raise UsageError(str(error), key="URL") from None
    folder.mkdir(parents=True)
    (folder / "corpus.toml").write_text(MANIFEST, "utf-8")
    with (folder / "cases.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("case_id", "url", "category", "expectation"))
        for number, text in enumerate(hrefs.values(), 1):
            rows.writerow((f"page-{number}", text, "probe", asked.expectation or Expectation.ALLOW))
    return folder
