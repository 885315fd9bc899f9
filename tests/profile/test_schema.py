"""The published schemas say what the models say, and take and refuse what the harness does."""

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.profile import keys, schema, shipped
from harness.report import shapes

PUBLISHED = shipped.ROOT / "profiles" / "schemas"
SHIPPED = {
    "product": sorted(shipped.PRODUCTS.glob("*/profile.toml")),
    "criteria": sorted(shipped.CRITERIA.glob("*.toml")),
    "rules": sorted(shipped.RULES.glob("*.toml")),
    "corpus": sorted(shipped.CORPORA.glob("*/corpus.toml")),
    "crosswalk": sorted((shipped.ROOT / "profiles" / "crosswalks").glob("*.toml")),
}
FILES = [(what, path) for what, paths in SHIPPED.items() for path in paths]


def errors(what: str, data: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft7Validator(schema.schema(what)).iter_errors(data)]


@pytest.mark.parametrize("what", schema.MODELS)
def test_what_is_published_is_what_the_models_say(what: str) -> None:
    path = PUBLISHED / f"{what}.json"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(schema.text(what), "utf-8")
    assert path.read_text("utf-8") == schema.text(what), "if this is meant, run again with UPDATE_SNAPSHOTS=1"
    jsonschema.Draft7Validator.check_schema(schema.schema(what))


def test_nothing_else_is_published() -> None:
    assert {path.stem for path in PUBLISHED.iterdir()} == {*schema.MODELS, *shapes.SHAPES}


@pytest.mark.parametrize(
    ("what", "path"), FILES, ids=[f"{what}-{path.parent.name}-{path.stem}" for what, path in FILES]
)
def test_what_is_shipped_is_valid(what: str, path: Path) -> None:
    data = tomllib.loads(path.read_text("utf-8"))
    assert errors(what, data) == []
    assert errors(what, {**data, "name": 7}) != []


@pytest.mark.parametrize(
    "manifest",
    [
        {},
        {"name": "mine", "version": 1.5, "colour": "red"},
        {"categories": ["fashion"]},
        {"categories": {"fashion": "Fashion", "cars": {"title": "Cars"}}},
        {"categories": [{"id": "fashion", "title": "Fashion"}]},
    ],
)
def test_a_corpus_may_say_as_much_as_it_may(manifest: dict[str, Any]) -> None:
    assert errors("corpus", manifest) == []


def test_wrong_files_are_refused() -> None:
    good = tomllib.loads((shipped.PRODUCTS / "squidguard" / "profile.toml").read_text("utf-8"))
    for wrong in (
        {**good, "colour": "red"},
        {**good, "schema": "pas-harness/product/0"},
        {**good, "process": {**good["process"], "stop_seconds": -1}},
        {**good, "process": [good["process"], {"command": []}]},
        {key: value for key, value in good.items() if key != "settings"},
    ):
        assert errors("product", wrong) != []
    assert errors("product", {**good, "process": [good["process"], good["process"]]}) == []


def test_every_key_of_a_product_is_explained_and_nothing_else() -> None:
    made = schema.schema("product")
    parts = {"Product": made, **made["definitions"]}
    there = {f"{name}.{key}" for name, part in parts.items() for key in part["properties"]}
    assert there == set(keys.KEYS)
    for said in keys.KEYS.values():
        assert re.fullmatch(r"[A-Zc].*\.", said), said


def test_a_key_is_found_wherever_it_stands() -> None:
    made = schema.schema("product")
    for path, key in (
        ("name", "Product.name"),
        ("settings.level.most.age_band", "Setting.age_band"),
        ("process.ready_seconds", "Process.ready_seconds"),
        ("params.anything.kind", "Parameter.kind"),
        ("files.each", "Template.each"),
    ):
        assert schema.description(made, tuple(path.split("."))) == keys.KEYS[key]
    assert schema.description(made, ("process", "colour")) == ""


def test_text_is_json_that_ends_a_line() -> None:
    assert json.loads(schema.text("rules")) == schema.schema("rules")
    assert schema.text("rules").endswith("}\n")
