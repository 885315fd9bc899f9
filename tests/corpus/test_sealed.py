"""Sealing a corpus and opening it again; nothing else opens it, and nothing wrong in it passes."""

import json
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.corpus.load import joined, load
from harness.corpus.sealed import FILE, SCHEMA, open_, seal
from harness.model import canonical
from harness.model.case import SEALED
from harness.model.errors import UsageError
from harness.model.words import Expectation
from tests.builders import case

KEY = bytes(range(32))
OWNER, STRANGER = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
CASES = (
    case("one", url="https://shop.quokka.test/a", fixture="one.html", language="cy"),
    case("two", url="http://www.quokka.test/b", expectation=Expectation.ALLOW, category="news", weight=2.0),
)
FIXTURES = {"one.html": b"<p>quokka</p>"}


def sealed(folder: Path, identity: "pyrage.x25519.Identity" = OWNER) -> Path:
    folder.mkdir()
    (folder / "corpus.toml").write_text('name = "sealed"\n', "utf-8")
    (folder / FILE).write_bytes(seal(CASES, FIXTURES, [str(identity.to_public())], KEY))
    return folder


def test_it_opens_to_its_key(tmp_path: Path) -> None:
    corpus = load(str(sealed(tmp_path / "a")), str(OWNER))
    one, two = corpus.cases
    assert corpus.clear(one) == replace(CASES[0], fixture="sealed:one.html")
    assert corpus.fixture(corpus.clear(one)) == (Path("sealed:one.html"), b"<p>quokka</p>")
    assert corpus.fixture(corpus.clear(two)) == (None, None)
    assert (one.category, one.expectation, two.weight) == (CASES[0].category, Expectation.BLOCK, 2.0)
    assert one.url.startswith("https://")
    assert one.cluster == two.cluster  # both of quokka.test, which nobody can see
    public = canonical.dumps(corpus.cases)
    assert "quokka" not in public
    assert '"cy"' not in public
    assert all(item.sealed for item in corpus.cases)
    # Sealed anew by the same key of its own it has the same names, so runs can be compared.
    assert load(str(sealed(tmp_path / "b")), str(OWNER)).cases == corpus.cases
    assert load(str(tmp_path / "b"), str(OWNER)).digest == corpus.digest


def test_beside_an_open_corpus(tmp_path: Path) -> None:
    one = load("kitemark-practice")
    both = joined(one, load(str(sealed(tmp_path / "a")), str(OWNER)))
    assert both.cases[: len(one.cases)] == one.cases
    assert both.clear(one.cases[0]) is one.cases[0]
    assert both.fixture(one.cases[0]) == one.fixture(one.cases[0])
    assert both.digest != one.digest


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        ("", "only its laboratory's key opens"),
        ("age1nothing", "no age identity"),
        (str(STRANGER), "not sealed to this"),
    ],
    ids=["none", "a recipient", "another's"],
)
def test_no_other_key_opens_it(identity: str, words: str, tmp_path: Path) -> None:
    folder = sealed(tmp_path / "a")
    with pytest.raises(UsageError, match=words) as caught:
        load(str(folder), identity)
    assert "quokka" not in str(caught.value)
    assert str(OWNER) not in str(caught.value)


def test_what_is_no_recipient() -> None:
    with pytest.raises(UsageError, match="--to: no age recipient"):
        seal(CASES, FIXTURES, ["nobody"], KEY)


@given(st.integers(0, 2000), st.integers(1, 255))
def test_any_change_is_noticed(place: int, by: int) -> None:
    data = bytearray(seal(CASES, FIXTURES, [str(OWNER.to_public())], KEY))
    data[place % len(data)] ^= by
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(bytes(data), [OWNER])


WHOLE = {"schema": SCHEMA, "key": KEY.hex(), "cases": canonical.plain(CASES), "fixtures": {"one.html": ""}}


@pytest.mark.parametrize(
    "inside",
    [
        [],
        {**WHOLE, "schema": "other"},
        {**WHOLE, "key": "00"},
        {**WHOLE, "cases": []},
        {**WHOLE, "cases": WHOLE["cases"] * 2},
        {**WHOLE, "cases": [{**canonical.plain(CASES[0]), "url": "nonsense"}]},
        {**WHOLE, "cases": [{**canonical.plain(CASES[0]), "more": 1}]},
        {**WHOLE, "fixtures": {}},
        {**WHOLE, "fixtures": {"one.html": 7}},
    ],
)
def test_what_is_sealed_and_no_corpus_is_refused(inside: object, tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(pyrage.encrypt(json.dumps(inside).encode(), [OWNER.to_public()]))
    with pytest.raises(UsageError, match="no sealed corpus of this version"):
        open_(path, str(OWNER))


def test_names_are_reserved() -> None:
    assert SEALED.endswith(".invalid")
