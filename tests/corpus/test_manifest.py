"""`corpus.toml`: the ways categories may be declared, and what is refused."""

from pathlib import Path

import pytest

from harness.corpus.manifest import Manifest, read_manifest
from harness.model.errors import UsageError


def manifest(folder: Path, text: str | bytes) -> Manifest:
    (folder / "corpus.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    return read_manifest(folder)


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ('categories = ["weapons", "self-harm"]', {"weapons": "weapons", "self-harm": "self-harm"}),
        ('[categories]\nweapons = "Weapons"', {"weapons": "Weapons"}),
        ('[categories.weapons]\ntitle = "Weapons"\nnote = "any"', {"weapons": "Weapons"}),
        ('[categories.weapons]\nnote = "untitled"', {"weapons": "weapons"}),
        ('[categories]\nweapons = ""', {"weapons": "weapons"}),
        ('[[categories]]\nid = "weapons"', {"weapons": "weapons"}),
        ('[[category]]\nid = "weapons"\ntitle = "Weapons"', {"weapons": "Weapons"}),
        ('[corpus]\ncategories = ["weapons"]', {"weapons": "weapons"}),
        ("", {}),
    ],
)
def test_categories(tmp_path: Path, text: str, categories: dict[str, str]) -> None:
    read = manifest(tmp_path, text)
    assert read.categories == categories
    assert read.known_categories >= {"adult", "news", *categories}


def test_name_falls_back_to_the_folder(tmp_path: Path) -> None:
    assert manifest(tmp_path, "").name == tmp_path.name
    assert manifest(tmp_path, 'name = "mine"\nversion = 1.5').version == "1.5"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("name = ", "not valid TOML"),
        ("name = 1\nname = 2", "not valid TOML"),
        ("a = " + "[" * 5000, "not valid TOML"),
        (b'title = "caf\xe9"', ":1: not UTF-8"),
        (r'name = "two\u0007words"', "name: "),
        ("title = 3", "title: "),
        ('categories = "weapons"', "categories: "),
        ('categories = ["overall"]', "kept for all categories"),
        ("categories = 3", "categories: "),
        ("categories = [1]", "categories: "),
        ('categories = [["weapons"]]', "categories: "),
        ('[[categories]]\nname = "weapons"', "categories: "),
        ('categories = ["two words"]', "categories: "),
        ('categories = [""]', "categories: "),
    ],
)
def test_refused(tmp_path: Path, text: str | bytes, error: str) -> None:
    with pytest.raises(UsageError) as caught:
        manifest(tmp_path, text)
    assert caught.value.exit_code == 4
    assert str(tmp_path / "corpus.toml") in str(caught.value)
    assert error in str(caught.value)


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"corpus\.toml: file not found"):
        read_manifest(tmp_path)
