"""Kinds come through the entry points, the built-in ones too."""

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.products import kinds
from harness.products.base import Context
from harness.products.zoo import ZooProduct
from harness.profile import product


def context(work: Path, **changes: object) -> Context:
    return Context(product.load("zoo-perfect").model_copy(update=changes), {}, work, 1)


def test_built_in(tmp_path: Path) -> None:
    assert isinstance(kinds.make(context(tmp_path)), ZooProduct)
    assert {"proxy", "zoo"} <= {item.name for item in entry_points(group=kinds.GROUP)}


def test_unknown(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"profile\.toml: kind: 'pigeon' is not one of .*proxy, .*zoo"):
        kinds.make(context(tmp_path, kind="pigeon"))
