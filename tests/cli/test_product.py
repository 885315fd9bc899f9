"""`harness product new` and `schema`: what they write, and what they refuse."""

import json
from pathlib import Path

import pytest

from harness.profile import schema
from harness.profile.product import load
from tests import live


def test_a_new_product_is_made_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = live.command("product", "new", "dns", "mine")
    assert (ended.code, ended.err) == (0, "")
    assert f"harness product check {tmp_path / 'mine'}" in ended.out
    assert load(str(tmp_path / "mine")).kind == "dns"
    again = live.command("product", "new", "proxy", "mine")
    assert (again.code, again.out) == (4, "")
    assert "is there already" in again.err
    assert load(str(tmp_path / "mine")).kind == "dns"


def test_wrong_kinds_and_names_are_refused(tmp_path: Path) -> None:
    for kind, name, words in (("pigeon", "mine", "there are dns, extension"), ("proxy", "a b", "'a b' is no name")):
        ended = live.command("product", "new", kind, name, "--out", tmp_path / "made")
        assert (ended.code, ended.out) == (4, "")
        assert words in ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.browser
@pytest.mark.product("squid")
def test_a_new_proxy_works_as_it_is() -> None:
    with live.scratch() as folder:
        assert live.command("product", "new", "proxy", "mine", "--out", folder / "mine").code == 0
        ended = live.command("product", "check", folder / "mine")
    assert ended.code == 0, ended.out
    for scheme, how in (("http", "block-page"), ("https", "tunnel-refused")):
        assert f"the canary to block is blocked ({how}) over {scheme}" in ended.out
    assert "killed, it starts again" in ended.out
    assert "two of it run side by side" in ended.out


def test_a_schema_is_printed_or_written(tmp_path: Path) -> None:
    ended = live.command("product", "schema")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out) == schema.schema("product")
    assert live.command("product", "schema", "criteria", "--out", tmp_path / "made.json").code == 0
    assert (tmp_path / "made.json").read_text("utf-8") == schema.text("criteria")
    ended = live.command("product", "schema", "--out", tmp_path / "no" / "made.json")
    assert ended.code == 4
    assert "cannot be written" in ended.err
    assert live.command("product", "schema", "pigeon").code == 4
