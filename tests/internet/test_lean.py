"""Modules of a package without the package's own imports, which others still get."""

import subprocess
import sys
from pathlib import Path

import pytest

from harness.internet.lean import bare

PROGRAM = """
import sys
import harness.internet.proxy
assert "mitmproxy.addons.onboarding" not in sys.modules
assert "mitmproxy.addons" not in sys.modules
import mitmproxy.addons
from harness.internet.lean import TlsConfig
assert any(isinstance(item, TlsConfig) for item in mitmproxy.addons.default_addons())
"""


def test_a_proxy_starts_without_the_other_addons_and_others_still_get_them() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60)


def test_a_package_that_was_imported_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "full_package"
    package.mkdir()
    (package / "__init__.py").write_text("whole = True\n")
    (package / "part.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    with bare("full_package"):
        assert not hasattr(sys.modules["full_package"], "whole")
    assert "full_package" not in sys.modules
    imported = __import__("full_package")
    with bare("full_package"):
        assert sys.modules["full_package"] is imported
    assert sys.modules.pop("full_package") is imported


def test_a_package_that_is_not_there_is_named() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_package"), bare("no_such_package"):
        pass
