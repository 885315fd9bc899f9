"""What laboratories write: gaps are allowed, anything else wrong is named by file and key."""

import datetime
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.errors import UsageError
from harness.profile import laboratory, schema, shipped, toml
from harness.profile.laboratory import ASSIGNMENT, LABORATORY, Assignment, Laboratory

EXAMPLES = shipped.ROOT / "docs" / "reports"
LEAST = f'schema = "{ASSIGNMENT}"\n'


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("what", "read"), [("laboratory", laboratory.laboratory), ("assignment", laboratory.assignment)]
)
def test_the_examples_are_valid(what: str, read: Callable[[Path], Laboratory | Assignment]) -> None:
    path = EXAMPLES / f"{what}.toml"
    assert read(path)
    data = json.loads(json.dumps(tomllib.loads(path.read_text("utf-8")), default=str))
    checked = jsonschema.Draft7Validator(schema.schema(what))
    assert not [*checked.iter_errors(data)]
    assert [*checked.iter_errors({**data, "colour": "red"})]
    assert data.keys() | {"amendment", "opinions"} >= schema.schema(what)["properties"].keys()


def test_gaps_are_no_errors(tmp_path: Path) -> None:
    assert laboratory.assignment(written(tmp_path / "a.toml", LEAST)).received is None
    assert laboratory.laboratory(written(tmp_path / "l.toml", f'schema = "{LABORATORY}"\n')).authoriser == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "schema: Field required"),
        (f'schema = "{LABORATORY}"', "schema: "),
        (LEAST + 'colour = "red"', "colour: Extra inputs"),
        (LEAST + "title = 7", "title: Input should be a valid string"),
        (LEAST + 'title = "a\\u202eb"', "title: .* change the order of reading"),
        (LEAST + 'title = "a\\u0000b"', "title: .*control characters"),
        (LEAST + f'title = "{"x" * 301}"', "title: .*at most 300"),
        (LEAST + "received = 2026-01-01T00:00:00Z", "received: .*not a date"),
        (LEAST + "received = 20260101", "received: .*not a date"),
        (LEAST + 'issued = "2026-02-30"', "issued: "),
        (LEAST + 'issued = ""', "issued: .*not a date"),
        (LEAST + 'number = "1\\"; } x"', "number: .*letters, digits"),
        (LEAST + 'number = " 1"', "number: .*letters, digits"),
        (LEAST + 'number = "1\\n"', "number: .*letters, digits"),
        (LEAST + f'number = "{"1" * 61}"', "number: .*at most 60"),
        (LEAST + '[sampling]\nchosen_by = "chance"', "sampling.chosen_by: "),
        (LEAST + 'item = "one"', "item: "),
    ],
    ids=range(17),
)
def test_file_and_key_are_named(tmp_path: Path, text: str, words: str) -> None:
    path = written(tmp_path / "a.toml", text)
    with pytest.raises(UsageError, match=f"^{path}: {words}"):
        laboratory.assignment(path)


def test_an_authoriser_has_a_name_and_a_position(tmp_path: Path) -> None:
    text = f'schema = "{LABORATORY}"\n[[authoriser]]\nname = "A"\nposition = ""'
    with pytest.raises(UsageError, match=r"authoriser\.0\.position"):
        laboratory.laboratory(written(tmp_path / "l.toml", text))


def test_long_texts_are_folded_to_lines() -> None:
    data = {"schema": ASSIGNMENT, "method": "\n one\n\ttwo  three\n"}
    assert toml.validate(data, Assignment, Path()).method == "one two three"


@given(
    st.sampled_from([*Assignment.model_fields]).filter(
        lambda key: Assignment.model_fields[key].annotation is str and key != "number"
    ),
    st.text(
        st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"], blacklist_characters="\u2066\u2067"), max_size=9
    ),
    st.dates(),
)
def test_what_is_recorded_is_read_again(key: str, text: str, day: datetime.date) -> None:
    try:
        job = Assignment.model_validate({"schema": ASSIGNMENT, "received": day, key: text})
    except ValueError:
        return  # it would change the order of reading
    lab = Laboratory.model_validate({"schema": LABORATORY})
    assert laboratory.read(laboratory.recorded(lab), laboratory.recorded(job)) == (lab, job)


@pytest.mark.parametrize(
    "wrong", [{}, {"schema": ASSIGNMENT}, {"title": 7}, {"method": "two\nlines"}, {"received": 0}, {"x": ""}], ids=repr
)
def test_nothing_else_is_read(wrong: dict[str, Any]) -> None:
    lab = laboratory.recorded(Laboratory.model_validate({"schema": LABORATORY}))
    job = laboratory.recorded(Assignment.model_validate({"schema": ASSIGNMENT}))
    data = {**job, **wrong} if wrong and "schema" not in wrong else wrong
    with pytest.raises(ValueError, match=r".+"):
        laboratory.read(lab, data)
