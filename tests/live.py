"""Runs carried out for real: small corpora and criteria written to a folder, and sessions in this process."""

import asyncio
import contextlib
import csv
import io
import itertools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psutil

from harness.browser.find import find
from harness.cli.main import main
from harness.evidence.folder import RunFolder
from harness.model.case import Case
from harness.model.observation import Observation
from harness.model.spec import Limits
from harness.model.words import Arm, Expectation, Metric, Verdict
from harness.report.derive import Derived, derive
from harness.run.carry import carry_on
from harness.run.plan import Request, plan, reopen
from harness.run.setup import Setup
from tests import builders

PATIENT = Limits(attempt_seconds=30)  # nobody waits for it, unless the machine is very busy
CRITERION = """
[[criterion]]
id = "{metric}"
title = "Made for a test"
clause = "0"
metric = "{metric}"
bound = {bound}
confidence = 0.95
minimum_n = {minimum_n}
maximum_unscored = {maximum_unscored}
rule = "guard-band"
design = "independent"
source = "made up for a test"
"""


def case(case_id: str, url: str, expectation: Expectation, fixture: str = "") -> Case:
    return Case(case_id, url, "adult" if expectation is Expectation.BLOCK else "news", expectation, fixture)


def block(case_id: str, url: str, fixture: str = "") -> Case:
    return case(case_id, url, Expectation.BLOCK, fixture)


def allow(case_id: str, url: str, fixture: str = "") -> Case:
    return case(case_id, url, Expectation.ALLOW, fixture)


def write_corpus(
    folder: Path, cases: Sequence[Case], fixtures: Mapping[str, bytes] = {}, resources: Mapping[str, str] = {}
) -> Path:
    """A corpus folder; `resources` maps URLs to fixtures."""
    folder.mkdir(parents=True)
    (folder / "corpus.toml").write_text('name = "made-for-a-test"\nversion = "1"\n', "utf-8")
    for name, data in fixtures.items():
        (folder / name).write_bytes(data)
    rows = [("case_id", "url", "category", "expectation", "fixture")]
    rows += [(item.case_id, item.url, item.category, item.expectation, item.fixture) for item in cases]
    _write_csv(folder / "cases.csv", rows)
    if resources:
        _write_csv(folder / "resources.csv", [("url", "fixture"), *resources.items()])
    return folder


def _write_csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def write_criteria(path: Path, *, bound: float = 0.5, minimum_n: int = 5, maximum_unscored: float = 0.1) -> Path:
    """Criteria on what gets through and on what is stopped, small enough for a small corpus."""
    head = builders.criteria().model_dump(mode="json", by_alias=True)
    plain = ("schema", "name", "title", "version", "authority", "notice")
    lines = [f"{key} = {json.dumps(head[key])}" for key in plain]
    for key in ("warned", "degraded"):
        lines += [f"[{key}]", *(f"{arm} = {json.dumps(value)}" for arm, value in head[key].items())]
    for metric in (Metric.BAD_SITES_UNDER_BLOCK, Metric.OK_SITES_OVER_BLOCK):
        lines.append(
            CRITERION.format(metric=metric, bound=bound, minimum_n=minimum_n, maximum_unscored=maximum_unscored)
        )
    path.write_text("\n".join(lines), "utf-8")
    return path


class Silent:
    """Progress for nobody; keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def setting(self, setting: str, total: int, done: int, verdicts: Mapping[Verdict, int] = {}) -> None: ...

    def case(self, verdict: Verdict | None = None) -> None: ...

    def fault(self, text: str) -> None: ...

    def note(self, text: str) -> None:
        self.notes.append(text)


def planned(
    tmp: Path,
    product: str,
    corpus: Path,
    *,
    criteria: Path | None = None,
    params: dict[str, str] | None = None,
    limits: Limits = PATIENT,
    jobs: int = 4,
    settings: Sequence[str] = (),
) -> RunFolder:
    """A run folder under `tmp` with everything decided and nothing done."""
    asked = Request(
        product=product,
        corpus=str(corpus),
        criteria=str(criteria or write_criteria(tmp / "criteria.toml")),
        params=params or {},
        settings=settings,
        jobs=jobs,
        limits=limits,
    )
    return plan(asked, tmp / "run", builders.NOW)


def session(folder: RunFolder, nonce: str = "0") -> Coroutine[Any, Any, None]:
    """A session that carries the run on, to be awaited."""
    spec = folder.spec()
    product, corpus = reopen(spec)
    ticks = itertools.count()
    return carry_on(
        Setup(folder, spec, product, corpus, find(), nonce, lambda: f"tick {next(ticks)}", Silent(), {"test": "0"})
    )


def carried_out(folder: RunFolder) -> Derived:
    """The run, carried out from beginning to end and scored."""
    asyncio.run(session(folder))
    return derive(folder)


def attempts(folder: RunFolder) -> list[dict[str, Any]]:
    """Every attempt in the journal, in order; a line that is being written is left out."""
    found = []
    for path in sorted(folder.journal.glob("*.jsonl")):
        for line in path.read_bytes().splitlines(keepends=True):
            if line.endswith(b"\n") and (record := json.loads(line))["kind"] == "attempt":
                found.append(record["data"])
    return found


def witness(derived: Derived, case_id: str) -> Observation:
    """The observation on the test arm that decided a case."""
    (item,) = [item for item in derived.scored if item.case.case_id == case_id]
    (seen,) = [
        seen
        for seen in derived.evidence(item).test
        if seen.arm is Arm.TEST and seen.attempt_id == item.judgement.witness
    ]
    return seen


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that products which run as another user can reach, as they cannot pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="harness-test-", dir="/tmp"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def temporary_in(folder: Path) -> AbstractContextManager[object]:
    """While in it, temporary files of this process and of those it starts are made in the folder."""
    stack = contextlib.ExitStack()
    stack.enter_context(patch.object(tempfile, "tempdir", str(folder)))
    stack.enter_context(patch.dict(os.environ, TMPDIR=str(folder)))
    return stack


def descendants() -> list[psutil.Process]:
    """All processes that this one has started, directly or not."""
    return psutil.Process().children(recursive=True)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def command(*arguments: str | Path) -> Ended:
    """`harness` with these arguments, in this process, through its real entry point."""
    out, err = io.StringIO(), io.StringIO()
    code: Any = None
    with (
        patch.object(sys, "argv", ["harness", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    return Ended(int(code or 0), out.getvalue(), err.getvalue())
