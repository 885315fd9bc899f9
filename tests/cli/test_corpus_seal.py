"""`harness corpus keygen` and `seal`: what they write, and what they refuse without writing anything."""

import stat
from pathlib import Path

import pytest

from tests import live

PAGE = b"<title>quokka</title>"


@pytest.fixture
def known(tmp_path: Path) -> Path:
    case = live.block("one", "http://quokka.test/", "one.html")
    return live.write_corpus(tmp_path / "open", [case], {"one.html": PAGE})


@pytest.fixture
def recipient(tmp_path: Path) -> str:
    return live.command("corpus", "keygen", tmp_path / "lab.age").out.split()[-1]


def test_a_key_is_for_its_owner_and_is_not_written_over(tmp_path: Path, recipient: str) -> None:
    key = tmp_path / "lab.age"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert f"# recipient: {recipient}\nAGE-SECRET-KEY-1" in key.read_text()
    before = key.read_bytes()
    again = live.command("corpus", "keygen", key)
    assert (again.code, again.out) == (4, "")
    assert "exists already" in again.err
    assert key.read_bytes() == before


def test_a_sealed_corpus_says_nothing_and_is_not_sealed_or_written_over_again(
    tmp_path: Path, known: Path, recipient: str
) -> None:
    into = tmp_path / "sealed"
    assert live.command("corpus", "seal", known, "--to", recipient, "--into", into).code == 0
    assert {path.name for path in into.iterdir()} == {"corpus.toml", "cases.age"}
    assert not any(b"quokka" in path.read_bytes() for path in into.iterdir())
    assert "is there already" in live.command("corpus", "seal", known, "--to", recipient, "--into", into).err
    for command in (("seal", into, "--to", recipient, "--into", tmp_path / "again"), ("check", into), ("stats", into)):
        refused = live.command("corpus", *command)
        assert (refused.code, "a sealed corpus" in refused.err) == (4, True)


def test_what_cannot_be_sealed_leaves_nothing(tmp_path: Path, known: Path, recipient: str) -> None:
    into = tmp_path / "sealed"
    refused = live.command("corpus", "seal", known, "--to", "age1nobody", "--into", into)
    assert (refused.code, "no age recipient" in refused.err) == (4, True)
    (known / "resources.csv").write_text("url,fixture\nhttp://quokka.test/a.png,one.html\n")
    refused = live.command("corpus", "seal", known, "--to", recipient, "--into", into)
    assert (refused.code, "resources.csv cannot be sealed" in refused.err) == (4, True)
    assert not into.exists()
