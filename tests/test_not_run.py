"""A test that cannot run for want of a browser or product is never silent about it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDY = "tests/internet/test_url_shapes.py::test_the_run_is_sound"


def pytest_run(**environment: str) -> tuple[int, str]:
    """pytest on a test that needs a browser, on a machine that has none."""
    plain = {key: value for key, value in os.environ.items() if key not in ("CI", "HARNESS_REQUIRE_ALL")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", NEEDY],
        cwd=ROOT,
        env={**plain, "HARNESS_BROWSER": "/no/browser", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


def test_it_is_skipped_and_listed_with_what_is_missing() -> None:
    code, out = pytest_run()
    assert code == 0
    assert "1 skipped" in out
    section = out[out.index("!! NOT RUN !!") :]
    assert f"{NEEDY}: no browser at '/no/browser' (from HARNESS_BROWSER)" in section


def test_it_fails_where_everything_is_demanded() -> None:
    code, out = pytest_run(HARNESS_REQUIRE_ALL="1")
    assert code == 1
    assert "NOT RUN, and CI or HARNESS_REQUIRE_ALL demands it: no browser at" in out
