"""What the options ask for, as tests: the run planned, its tests added to those collected, its report named."""

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.cli import actions
from harness.evidence import scratch
from harness.evidence.folder import RunFolder
from harness.model.errors import HarnessError
from harness.pytest_plugin import expected
from harness.pytest_plugin.expected import Expected
from harness.pytest_plugin.items import Run, RunItem, names, word
from harness.pytest_plugin.tested import Tested, existing, planned
from harness.report.derive import Derived
from harness.run.plan import Request

MARKS = {
    "run": "whether the harness's run is valid",
    "criterion": "a criterion at a setting",
    "clause": "a clause that people judge",
    "case": "a case at a setting",
    "baseline": "a case that was right in the baseline",
}
TESTED = pytest.StashKey[Tested]()
EXPECTED = pytest.StashKey[dict[str, Expected]]()
SCRATCH = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    with _plainly():
        tested = _tested(config)
        config.stash[TESTED] = tested
        given = config.getoption("harness_xfail")
        config.stash[EXPECTED] = expected.read(Path(given)) if given else {}
        derived = tested.planned
    marks = {**MARKS, **{f"category_{word(key)}": key for key in _categories(derived)}}
    marks |= {f"setting_{word(key)}": f"at {key}" for key in derived.spec.settings}
    for name, text in marks.items():
        config.addinivalue_line("markers", f"{name}: {text}")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Every worker of pytest-xdist gets the run that was planned here."""
    node.workerinput["harness_folder"] = str(node.config.stash[TESTED].folder.path.resolve())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    run: Run = Run.from_parent(session, name="harness", nodeid="harness")
    run.tested, run.cases = config.stash[TESTED], config.getoption("harness_cases")
    with _plainly():
        made = [*run.collect()]
    today = datetime.date.today()
    for item in made:
        if entry := config.stash[EXPECTED].get(item.name):
            _expect(item, entry, today)
    items += made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    folder = config.stash[TESTED].folder
    terminalreporter.section("harness")
    decisions = folder.derived / "decisions.json"
    if decisions.is_file():
        terminalreporter.line(f"decision: {json.loads(decisions.read_bytes())['decision']}")
        terminalreporter.line(f"report: {folder.path / 'report.html'}")
    else:
        terminalreporter.line(f"the run has not been carried out: {folder.path}")
    known = names(config.stash[TESTED].planned)
    for name in sorted(config.stash[EXPECTED].keys() - known):
        terminalreporter.line(f"--harness-xfail names no test of this run: {name}", yellow=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(SCRATCH, None):
        scratch.remove(folder)


def _tested(config: pytest.Config) -> Tested:
    """Of the run that a worker is told of, that exists already, or that is planned now."""
    option = config.getoption
    given, browser = option("harness_run"), option("harness_browser")
    baseline = Path(option("harness_baseline")) if option("harness_baseline") else None
    if hasattr(config, "workerinput"):
        return Tested(RunFolder(Path(config.workerinput["harness_folder"])), not given, browser, baseline)
    if given:
        for name in ("product", "corpus", "criteria", "setting", "param", "limit", "out"):
            if option(f"harness_{name}"):
                raise pytest.UsageError(f"--harness-{name} does not go with --harness-run, which exists already")
        return Tested(existing(Path(given)), False, browser, baseline)
    for name in ("corpus", "criteria"):
        if not option(f"harness_{name}"):
            raise pytest.UsageError(f"--harness-product needs --harness-{name}")
    request = Request(
        product=option("harness_product"),
        corpus=option("harness_corpus"),
        criteria=option("harness_criteria"),
        settings=option("harness_setting"),
        params=actions.params(tuple(option("harness_param"))),
        limit=option("harness_limit"),
        jobs=option("harness_jobs"),
    )
    out = option("harness_out") or actions.default_out(request.product, request.corpus, actions.now())
    if option("collectonly"):
        config.stash[SCRATCH] = scratch.make("pytest")
        out = config.stash[SCRATCH] / "run"
    return Tested(planned(request, Path(out), browser), True, browser, baseline)


def _categories(derived: Derived) -> set[str]:
    asked = {key for item in derived.criteria.criterion for key in item.categories}
    return asked | {case.category for case in derived.cases}


def _expect(item: RunItem, entry: Expected, today: datetime.date) -> None:
    if entry.expires < today:
        item.expired = f"expected to fail until {entry.expires} ({entry.reason}); mend it, or say anew until when"
    else:
        item.expected = entry.reason


@contextmanager
def _plainly() -> Iterator[None]:
    """Errors of the harness as pytest says wrong usage."""
    try:
        yield
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from None
