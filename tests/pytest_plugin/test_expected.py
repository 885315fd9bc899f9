"""The file of expected failures is read strictly."""

import datetime
from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.pytest_plugin.expected import Expected, read

ONE = '[[xfail]]\nid = "run"\nreason = "known"\nexpires = 2026-01-31\n'


def test_entries_by_id(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(ONE, "utf-8")
    assert read(tmp_path / "x.toml") == {"run": Expected(id="run", reason="known", expires=datetime.date(2026, 1, 31))}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ONE + ONE, "xfail.1.id: 'run' stands there twice"),
        (ONE.replace("reason", "because"), "xfail.0.reason: Field required; xfail.0.because"),
        (ONE.replace("2026-01-31", '"soon"'), "xfail.0.expires:"),
        (ONE.replace('"known"', '""'), "xfail.0.reason:"),
        ("expected = 1", "expected: Extra inputs"),
        ("[[xfail]", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "x.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError) as raised:
        read(tmp_path / "x.toml")
    assert str(raised.value).startswith(f"{tmp_path / 'x.toml'}: ")
    assert words in str(raised.value)
