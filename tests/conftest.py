"""Property tests are the same every time and are not timed; tests whose browser or product is missing say so loudly."""

import os
import signal
from functools import cache

import pytest
from hypothesis import settings

from harness.browser import find
from harness.internet.room import Room
from harness.model.errors import UsageError
from harness.profile import product

settings.register_profile("harness", deadline=None, derandomize=True, database=None, max_examples=50)
settings.load_profile("harness")

NOT_RUN = "not run"
REQUIRE_ALL = ("CI", "HARNESS_REQUIRE_ALL")


def pytest_configure(config: pytest.Config) -> None:
    # Started in the background by a shell we would ignore it, and so would all that the tests start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores, as tests mostly wait for browsers and products."""
    return (os.cpu_count() or 1) + 1


def pytest_runtest_setup(item: pytest.Item) -> None:
    lacking = [text for mark in item.iter_markers() if (text := _lacking(mark))]
    if not lacking:
        return
    reason = "; ".join(lacking)
    item.user_properties.append((NOT_RUN, reason))  # which comes with the report, whichever process made it
    if any(os.environ.get(name) for name in REQUIRE_ALL):
        pytest.fail(f"NOT RUN, and {' or '.join(REQUIRE_ALL)} demands it: {reason}", pytrace=False)
    pytest.skip(f"NOT RUN: {reason}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [
        item for items in terminalreporter.stats.values() for item in items if isinstance(item, pytest.TestReport)
    ]
    not_run = sorted((item.nodeid, dict(item.user_properties)[NOT_RUN]) for item in reports if _not_run(item))
    if not_run:
        terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
        for nodeid, reason in not_run:
            terminalreporter.line(f"{nodeid}: {reason}")
        terminalreporter.line(f"{len(not_run)} tests say nothing about this code; set CI=1 to have them fail instead")


def _not_run(report: pytest.TestReport) -> bool:
    return report.when == "setup" and NOT_RUN in dict(report.user_properties)


def _lacking(mark: pytest.Mark) -> str:
    """What the marker needs and this machine has not, with how to get it; "" when all is there."""
    if mark.name == "browser":
        return _lacking_browser(full=mark.kwargs.get("full", False))
    if mark.name == "product":
        profile = product.load(mark.args[0])
        if missing := profile.missing_programs():
            return f"{profile.name}: {', '.join(missing)} not found. {profile.install.advice}"
    if mark.name == "program" and product.which(mark.args[0]) is None:
        return f"{mark.args[0]} not found. On Debian or Ubuntu: apt-get install {mark.args[1]}"
    if mark.name == "room":
        return _lacking_room()
    return ""


@cache
def _lacking_room() -> str:
    return Room.possible()


@cache
def _lacking_browser(full: bool) -> str:
    try:
        found = find.find()
        if full:
            find.full(found)
    except UsageError as error:
        return str(error)
    return ""
