"""What a command does not need it does not import, so that it starts soon."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

# What decides and reports; a run needs none of it before its end.
RESULTS = {"pandas", "pyarrow", "scipy", "statsmodels", "harness.report.outputs", "harness.report.derive"}
CHECKS = {"harness.run.checking", "harness.checks.performers"}
HELP = "from harness.cli.main import cli; cli(['--help'], standalone_mode=False)"
LISTED = "\nimport sys; print(*sys.modules, sep='\\n')"


def imported(program: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", program + LISTED], check=True, capture_output=True, text=True)
    return set(done.stdout.splitlines())


@pytest.mark.parametrize(
    ("program", "heavy"),
    [
        pytest.param(HELP, RESULTS | {"mitmproxy", "playwright", "pydantic", "rich", "numpy"}, id="help"),
        pytest.param("import harness.cli.certify", RESULTS | CHECKS | {"playwright.sync_api"}, id="certify"),
    ],
)
def test_a_command_imports_what_it_needs(program: str, heavy: set[str]) -> None:
    found = imported(program)
    assert "harness.model.errors" in found
    assert all(find_spec(name) for name in heavy)
    assert not found & heavy
