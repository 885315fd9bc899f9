"""What a profile says is carried out, also with templates that it takes from another one."""

import shutil
from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.products.base import CANARY_BLOCK, Context
from harness.products.managed import Managed
from harness.products.rendered import Rendered
from harness.profile import product as profiles
from harness.profile import shipped
from harness.profile.product import Product

PROFILE = """
schema = "pas-harness/product/1"
name = "mine"
title = "Mine"
kind = "proxy"
description = "A product"
[settings]
default = "moderate"
[settings.level.moderate]
title = "Moderate"
values = {{ limit = 7 }}
[[files]]
template = "own.j2"
target = "own"
[[files]]
template = "{borrowed}"
target = "borrowed"
"""


@pytest.fixture(autouse=True)
def _others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One other profile, with a template and a link that leads elsewhere."""
    monkeypatch.setattr(shipped, "PRODUCTS", tmp_path / "products")
    (tmp_path / "products" / "other").mkdir(parents=True)
    (tmp_path / "products" / "other" / "hosts.j2").write_text("{{ lists[0].domains[0] }}", "utf-8")
    (tmp_path / "outside").write_text("", "utf-8")
    (tmp_path / "products" / "other" / "link.j2").symlink_to(tmp_path / "outside")


def profile(tmp_path: Path, borrowed: str = "other/hosts.j2") -> Product:
    folder = tmp_path / "mine"
    folder.mkdir(exist_ok=True)
    (folder / "profile.toml").write_text(PROFILE.format(borrowed=borrowed), "utf-8")
    (folder / "own.j2").write_text("{{ limit }} {{ setting }}", "utf-8")
    return profiles.load(str(folder))


def test_files_are_rendered_without_any_process(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    rendered = Rendered(Context(profile(tmp_path), {}, tmp_path / "work", 1))
    assert rendered.render("moderate")["limit"] == 7
    assert (tmp_path / "work" / "own").read_text("utf-8") == "7 moderate"
    assert (tmp_path / "work" / "borrowed").read_text("utf-8") == CANARY_BLOCK


def test_a_kind_that_runs_processes_asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"profile\.toml: process: a product of kind 'proxy' needs a \[process\]"):
        Managed(Context(profile(tmp_path), {}, tmp_path, 1))


def test_the_digest_is_also_of_what_is_taken_from_others(tmp_path: Path) -> None:
    product = profile(tmp_path)
    before = product.digest()
    (tmp_path / "products" / "other" / "unused.j2").touch()
    assert product.digest() == before
    (tmp_path / "products" / "other" / "hosts.j2").write_text("{{ item }}", "utf-8")
    changed = product.digest()
    assert changed != before
    (tmp_path / "mine" / "other").mkdir()
    shutil.move(tmp_path / "products" / "other" / "hosts.j2", tmp_path / "mine" / "other")
    assert product.source("other/hosts.j2").is_relative_to(tmp_path / "mine")
    assert product.digest() == changed


@pytest.mark.parametrize("borrowed", ["other/nothing.j2", "nobody/hosts.j2", "other/link.j2", "other"])
def test_what_no_profile_holds_is_refused(borrowed: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"files: file '{borrowed}' is not in the profile folder"):
        profile(tmp_path, borrowed)
