"""New profiles: whole, explained, valid, and never written over anything."""

import itertools
import re
import tomllib
from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.profile import schema, shipped, skeleton
from harness.profile.product import Product, load

KINDS = ("dns", "extension", "icap", "live", "policy", "proxy", "remote", "transparent")


def made(kind: str, tmp_path: Path) -> Product:
    skeleton.make(kind, "mine", tmp_path / "mine")
    return load(str(tmp_path / "mine"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_profile_loads_and_says_what_it_is(kind: str, tmp_path: Path) -> None:
    product = made(kind, tmp_path)
    assert (product.name, product.kind) == ("mine", kind)
    assert product.limitations or product.limit
    assert product.install.advice or not product.install.programs
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    for path in product.folder.iterdir():
        assert "@name@" not in path.read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_explained_where_it_stands_first(kind: str, tmp_path: Path) -> None:
    product = made(kind, tmp_path)
    lines = (product.folder / "profile.toml").read_text("utf-8").splitlines()
    assert lines[0] == "#:schema ./product.schema.json"
    assert (product.folder / "product.schema.json").read_text("utf-8") == schema.text("product")
    seen: set[tuple[str, str]] = set()
    table = ""
    for above, line in itertools.pairwise(lines):
        if match := re.fullmatch(r"\[+([a-z_]+)[.\w]*\]+", line):
            table = match[1]
        elif (match := re.match(r"(\w+) = ", line)) and (table, match[1]) not in seen:
            seen.add((table, match[1]))
            assert above.startswith("# "), line
    assert len(seen) > 8


def test_uncommented_examples_are_valid_too(tmp_path: Path) -> None:
    path = made("proxy", tmp_path).folder / "profile.toml"
    text = path.read_text("utf-8")
    examples = re.sub(r"(?m)^# (?=\[|(?:title|age_band|values|prepare) = )", "", text)
    path.write_text(examples, "utf-8")
    product = load(str(path))
    assert list(product.settings.level) == ["moderate", "most"]
    assert product.process[0].prepare


def test_it_is_the_profile_without_its_comments(tmp_path: Path) -> None:
    for kind in KINDS:
        bare = (skeleton.SKELETONS / kind / "profile.toml").read_text("utf-8")
        assert tomllib.loads(skeleton.explained(bare)) == tomllib.loads(bare)


def test_the_kinds_are_all_there() -> None:
    assert tuple(shipped.names(skeleton.SKELETONS, "profile.toml")) == KINDS


def test_an_unknown_kind_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no kind 'pigeon'; there are dns, extension, icap, .*transparent"):
        skeleton.make("pigeon", "mine", tmp_path / "mine")
    with pytest.raises(UsageError, match=r"no kind '\.\./criteria'"):
        skeleton.make("../criteria", "mine", tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", ".", "..", "two words", "a/b", "-x", "x" * 101, 'a"b'])
def test_a_wrong_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no name"):
        skeleton.make("proxy", name, tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["folder", "file", "link"])
def test_nothing_is_written_over(there: str, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    if there == "folder":
        target.mkdir()
    elif there == "file":
        target.touch()
    else:
        target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="mine: is there already"):
        skeleton.make("proxy", "mine", target)
    assert list(tmp_path.iterdir()) == [target]


def test_where_nothing_can_be_written_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no/mine: cannot be written: No such file or directory"):
        skeleton.make("proxy", "mine", tmp_path / "no" / "mine")
    assert list(tmp_path.iterdir()) == []
