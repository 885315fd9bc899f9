"""TOML files and shipped names."""

from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.profile import shipped, toml


def test_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.toml"
    with pytest.raises(UsageError, match=r"a\.toml: file not found"):
        toml.load(path)
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        toml.load(tmp_path)
    path.write_bytes(b'\na = "caf\xe9"')
    with pytest.raises(UsageError, match=r"a\.toml:2: not UTF-8"):
        toml.load(path)
    path.write_bytes(b"a = 1\n")
    assert toml.load(path) == {"a": 1}
    monkeypatch.setattr(toml, "MAX_BYTES", 5)
    with pytest.raises(UsageError, match="larger than 5 bytes"):
        toml.load(path)


def test_a_shipped_name_goes_before_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "zoo-perfect").mkdir()
    monkeypatch.chdir(tmp_path)
    find = ("zoo-perfect", shipped.PRODUCTS, "profile.toml", "product")
    assert shipped.find(*find) == shipped.PRODUCTS / "zoo-perfect"
    assert shipped.find("./zoo-perfect", *find[1:]) == tmp_path / "zoo-perfect"


def test_names() -> None:
    assert "zoo-perfect" in shipped.names(shipped.PRODUCTS, "profile.toml")
    assert "pas74-kitemark" in shipped.names(shipped.CRITERIA, "*.toml")
