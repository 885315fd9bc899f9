"""The published schemas of results: what real results say is valid, and no shape changes without a new version."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.model import canonical
from harness.profile import shipped
from harness.report import result, shapes
from tests.report import kinds

PUBLISHED = shipped.ROOT / "profiles" / "schemas"
VERSIONS = Path(__file__).parent / "snapshots" / "shapes.json"
CHECKERS = {name: jsonschema.Draft202012Validator(shapes.schema(name)) for name in shapes.SHAPES}
TOLD = ("description", "$comment")  # changes nobody's reading


def errors(name: str, data: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in CHECKERS[name].iter_errors(data)]


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_results_of_every_kind_are_valid(kind: str) -> None:
    folder, derived = kinds.run(kind)
    for name, made in (
        ("result", result.result(derived, folder.seal_file.exists())),
        ("decisions", result.decisions(derived)),
    ):
        assert errors(name, json.loads(canonical.pretty(made))) == []


def test_the_kinds_are_what_they_are_called() -> None:
    seen = {kind: kinds.derived(kind) for kind in kinds.KINDS}
    for kind in ("pass", "conditional-pass", "conditional-fail", "fail", "inconclusive", "void"):
        assert str(seen[kind].decision) == kind.replace("-", " ")
    assert seen["unfinished"].voids
    assert seen["unmeasured"].decision == "inconclusive"
    assert seen["live"].spec.live
    assert seen["parts"].parts
    assert [item.usable for kind in ("tiers", "tiers-apart") for item in seen[kind].tiers] == [True, True, False, False]
    assert len(seen["judged"].addenda) == 5
    assert [item.setting for item in seen["age-band"].decided][-1] == ""


@pytest.mark.parametrize("name", ["decisions", "result"])
def test_nothing_may_be_missing_or_more(name: str) -> None:
    derived = kinds.derived("judged")
    good = json.loads(canonical.pretty(result.result(derived, True) if name == "result" else result.decisions(derived)))
    assert errors(name, good) == []
    for key in good:
        assert errors(name, {other: value for other, value in good.items() if other != key}) != [], key
    for key in ("criteria", "rates", "addenda", "scores", "clauses"):
        (first, *others) = good[key]
        assert errors(name, {**good, key: [{**first, "colour": "red"}, *others]}) != [], key
    assert errors(name, {**good, "decision": "certified"}) != []
    assert errors(name, {**good, "schema": "pas-harness/result/0"}) != []


@pytest.mark.parametrize("name", shapes.SHAPES)
def test_what_is_published_is_what_is_written(name: str) -> None:
    path = PUBLISHED / f"{name}.json"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(shapes.text(name), "utf-8")
    assert path.read_text("utf-8") == shapes.text(name), "if this is meant, run again with UPDATE_SNAPSHOTS=1"
    jsonschema.Draft202012Validator.check_schema(shapes.schema(name))


@pytest.mark.parametrize("name", shapes.SHAPES)
def test_a_shape_belongs_to_a_version(name: str) -> None:
    version, shape = shapes.SHAPES[name][1], canonical.digest(canonical.dumps(bare(shapes.schema(name))))
    known = json.loads(VERSIONS.read_text("utf-8"))
    if os.environ.get("UPDATE_SNAPSHOTS") and version not in known:
        known[version] = shape
        VERSIONS.write_text(canonical.pretty(known), "utf-8")
    assert known[version] == shape, f"{version} was published with another shape: give the new one a new version"


def bare(schema: Any) -> Any:
    """The schema without what is said of it."""
    if isinstance(schema, dict):
        return {key: bare(value) for key, value in schema.items() if key not in TOLD}
    return [bare(item) for item in schema] if isinstance(schema, list) else schema
