"""OSCAL: valid by NIST's schema, its references lead somewhere, and only a pass satisfies."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import re2

from harness.model.words import Decision
from harness.report import oscal
from tests.report import kinds

DATA = Path(__file__).parents[1] / "data"


def matches(checker: Any, pattern: str, value: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
    """The patterns name classes of Unicode, which Python's own expressions do not know."""
    if isinstance(value, str) and not re2.search(pattern, value):
        yield jsonschema.ValidationError(f"{value!r} does not match {pattern!r}")


CHECKER = jsonschema.validators.extend(jsonschema.Draft7Validator, {"pattern": matches})(
    json.loads((DATA / "oscal-assessment-results-1.2.1.json").read_text("utf-8")),
    format_checker=jsonschema.FormatChecker(),
)


def said(kind: str) -> dict[str, Any]:
    made = json.loads(oscal.oscal(kinds.derived(kind)))
    assert [f"{error.json_path}: {error.message}" for error in CHECKER.iter_errors(made)] == []
    return dict(made["assessment-results"])


def uuids(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["uuid"]] if "uuid" in value else []
        return own + [found for item in value.values() for found in uuids(item)]
    return [found for item in value for found in uuids(item)] if isinstance(value, list) else []


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {str(item) for key, item in value.items() if key.endswith("-uuid")}
        return own.union(*(references(item) for item in value.values()))
    return set().union(*(references(item) for item in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_kind_of_run_is_valid_and_whole(kind: str) -> None:
    made = said(kind)
    named = uuids(made)
    assert len(set(named)) == len(named)
    assert references(made) <= set(named)
    assert made["import-ap"]["href"].removeprefix("#") in named
    (found,) = made["results"]
    asked = {item["control-id"] for item in made["local-definitions"]["objectives-and-methods"]}
    assert {
        item["control-id"] for item in found["reviewed-controls"]["control-selections"][0]["include-controls"]
    } <= asked


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_only_a_pass_satisfies(kind: str) -> None:
    derived = kinds.derived(kind)
    (found,) = said(kind)["results"]
    passed = sum(item.decision is Decision.PASS for item in derived.decided)
    passed += sum(item.decision is Decision.PASS for item in derived.required)
    passed += sum(item.judged is not None and item.decision is Decision.PASS for item in derived.clauses)
    states = [item["target"]["status"] for item in found["findings"]]
    assert sum(item["state"] == "satisfied" for item in states) == (0 if derived.voids else passed)
    assert all((item["state"] == "satisfied") == (item["reason"] == "pass") for item in states)
    assert {"name": "decision", "ns": oscal.NAMESPACE, "value": str(derived.decision)} in found["props"]
    if derived.voids:
        assert {item["reason"] for item in states} == {"other"}


def test_decisions_as_reasons() -> None:
    for kind, reason in (
        ("pass", "pass"),
        ("conditional-pass", "other"),
        ("conditional-fail", "fail"),
        ("fail", "fail"),
        ("inconclusive", "other"),
    ):
        (found,) = said(kind)["results"]
        assert found["findings"][0]["target"]["status"]["reason"] == reason, kind


def test_what_was_measured_and_what_was_looked_at() -> None:
    made = said("judged")
    (found,) = made["results"]
    methods = {tuple(item["methods"]): item for item in found["observations"]}
    assert set(methods) == {("TEST",), ("EXAMINE",)}
    (person,) = made["metadata"]["parties"]
    assert methods["EXAMINE",]["origins"][0]["actors"] == [{"type": "party", "actor-uuid": person["uuid"]}]
    figures = {item["name"]: item["value"] for item in found["observations"][0]["props"]}
    assert (figures["k"], figures["n"], figures["setting"]) == ("1", "12", "moderate")
    selection = found["reviewed-controls"]["control-selections"][0]
    assert [item["control-id"] for item in selection["exclude-controls"]] == ["clause-7", "clause-8"]
    assert "parties" not in said("pass")["metadata"]


def test_hostile_text_is_no_markup() -> None:
    assert oscal._text("![x](http://a.test)\n<script>`a`\u202e") == (
        "!\\[x\\](http://a.test) \\<script\\>\\`a\\`‹U+202E›"
    )
