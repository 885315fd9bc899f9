"""JSON Schemas of the files people write, so that an editor completes them and says what a key means."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from harness.corpus.manifest import Manifest
from harness.profile.criteria import Criteria
from harness.profile.crosswalk import Crosswalk
from harness.profile.keys import KEYS
from harness.profile.laboratory import Assignment, Laboratory
from harness.profile.product import Product
from harness.profile.rules import RulesProfile

MODELS: dict[str, type[BaseModel]] = {
    "product": Product,
    "criteria": Criteria,
    "rules": RulesProfile,
    "corpus": Manifest,
    "crosswalk": Crosswalk,
    "laboratory": Laboratory,
    "assignment": Assignment,
}
DRAFT = "http://json-schema.org/draft-07/schema#"  # what editors of TOML know
PROCESS = {"$ref": "#/definitions/Process"}
TITLED = {"type": ["string", "object"], "description": "Its title, or a table with one."}
# What the files may say beyond the models that they are read into.
WIDER: dict[str, dict[str, Any]] = {
    "product": {"process": {"anyOf": [PROCESS, {"type": "array", "items": PROCESS}]}},
    "corpus": {
        "version": {"type": ["string", "number"]},
        "categories": {
            "anyOf": [{"type": "object", "additionalProperties": TITLED}, {"type": "array", "items": TITLED}],
            "description": "Categories of its own, by id.",
        },
    },
}


class _Plain(GenerateJsonSchema):
    """Without the titles that only say a key's name again."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def schema(what: str) -> dict[str, Any]:
    """The schema of that one of MODELS."""
    model = MODELS[what]
    made = model.model_json_schema(ref_template="#/definitions/{model}", schema_generator=_Plain)
    made["definitions"] = made.pop("$defs", {})
    made["properties"].update(WIDER.get(what, {}))
    for name, part in {model.__name__: made, **made["definitions"]}.items():
        part.pop("title", None)
        if "description" in part:
            part["description"] = " ".join(part["description"].split())
        for key, value in part.get("properties", {}).items():
            if said := KEYS.get(f"{name}.{key}"):
                value["description"] = said
    # Editors look for the dialect first, people for what it is about.
    return {"$schema": DRAFT, "title": f"{what} of the harness, as TOML", **made}


def text(what: str) -> str:
    """The schema as the file that is published, UTF-8 JSON with a line end."""
    return json.dumps(schema(what), indent=1, ensure_ascii=False) + "\n"


def description(made: dict[str, Any], path: tuple[str, ...]) -> str:
    """What the schema says of the key at the path of a TOML file, "" when it says nothing."""
    nodes = [made]
    for key in path:
        nodes = [found for node in nodes for part in _alternatives(made, node) if (found := _below(part, key))]
    parts = (part for node in nodes for part in _alternatives(made, node))
    return next((str(part["description"]) for part in parts if "description" in part), "")


def _alternatives(made: dict[str, Any], node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The node and all that it may stand for: what it refers to, each of its kinds, the items of an array."""
    yield node
    if reference := node.get("$ref"):
        yield from _alternatives(made, made["definitions"][reference.rpartition("/")[2]])
    for part in (*node.get("anyOf", ()), *([node["items"]] if "items" in node else [])):
        yield from _alternatives(made, part)


def _below(node: dict[str, Any], key: str) -> dict[str, Any]:
    found = node.get("properties", {}).get(key)
    named = next(iter(node.get("patternProperties", {}).values()), None)
    other = node.get("additionalProperties")
    return next((item for item in (found, named, other) if isinstance(item, dict)), {})
