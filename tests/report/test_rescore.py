"""The same evidence scored otherwise: what flips, by which rule, and what is written."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.classify.rules import STANDARD, Rules
from harness.evidence import bundle
from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.model.errors import EvidenceError
from harness.model.words import Decision, Metric, Outcome, Verdict
from harness.profile.criteria import Criteria
from harness.profile.rules import load
from harness.report import outputs, result
from harness.report.derive import Derived, derive
from harness.report.rescore import SCHEMA, Difference, again, difference, name, told, write
from tests import builders
from tests.report import runs

UNTRUSTED = {"error": "net::ERR_CERT_AUTHORITY_INVALID"}  # what a connection error is in these runs
FATES = {"adult-00": "reset", "adult-01": "reset", "adult-02": "altered", "adult-03": "arrives", "news-00": "reset"}
CRITERIA = builders.criteria(runs.BLOCK, runs.ALLOW)


def run(path: Path) -> RunFolder:
    """Three cases behind a sinkhole, one altered page, one let through; the rest was handled rightly."""
    return runs.run(path, runs.cases(12, 12), FATES, seen=UNTRUSTED)


def rescored(folder: RunFolder, criteria: Criteria | None = None, rules: Rules | None = None) -> Difference:
    return difference(derive(folder), derive(folder, criteria, rules))


def criteria(**changes: object) -> Criteria:
    """The criteria of the run but for one bound, treatment or the like."""
    return builders.criteria(*CRITERIA.criterion, **changes)


def test_nothing_changes_by_what_the_run_was_scored_by(tmp_path: Path) -> None:
    found = rescored(run(tmp_path / "run"), CRITERIA, STANDARD)
    assert (found.flips, found.changed, found.only_before, found.only_after) == ((), (), (), ())
    assert (found.cases, found.same, found.by, found.other_rule) == (24, 2, {}, 0)
    assert found.before == found.after
    assert list(told(found)) == [
        "0 of 24 cases stand otherwise",
        f"decision: {found.before.decision}, now {found.after.decision}",
    ]


def test_other_rules_flip_the_cases_they_speak_of(tmp_path: Path) -> None:
    found = rescored(run(tmp_path / "run"), rules=load("sinkhole"))
    assert found.by == {"blocked.sinkhole": 3}
    assert [(flip.case_id, flip.before.outcome, flip.after.outcome) for flip in found.flips] == [
        ("adult-00", Outcome.UNSCORED, Outcome.CORRECT),
        ("adult-01", Outcome.UNSCORED, Outcome.CORRECT),
        ("news-00", Outcome.UNSCORED, Outcome.OVER_BLOCKED),
    ]
    first = found.flips[0]
    assert (first.setting, first.category, first.expectation) == ("moderate", "adult", "block")
    assert (first.before.rule_id, first.before.reason) == ("indeterminate.network-error",) * 2
    assert (first.after.rule_id, first.after.mechanism, first.after.reason) == ("blocked.sinkhole", "sinkhole", "")
    assert found.after.rules["name"] == "sinkhole"
    assert next(told(found)) == "3 of 24 cases stand otherwise: 3 by blocked.sinkhole"


def test_a_reading_and_a_treatment_are_told_apart(tmp_path: Path) -> None:
    folder = run(tmp_path / "run")
    read = replace(STANDARD, name="mine", readings={"degraded.text-altered": Verdict.BLOCKED})
    assert rescored(folder, rules=read).by == {"degraded.text-altered": 1}
    counted = criteria(degraded={"block": "correct", "allow": "over-blocked"})
    found = rescored(folder, counted)
    assert found.by == {"criteria.degraded": 1}
    assert found.flips[0].before.rule_id == found.flips[0].after.rule_id == "degraded.text-altered"
    assert found.flips[0].after.outcome is Outcome.CORRECT


def test_the_same_verdict_by_another_rule_is_no_flip(tmp_path: Path) -> None:
    folder = runs.run(tmp_path / "run", runs.cases(12, 12), {"adult-00": "reset"})
    renamed = replace(STANDARD, name="mine", errors={**STANDARD.errors, "ERR_CONNECTION_RESET": "cut"})
    found = rescored(folder, rules=renamed)
    assert (found.flips, found.other_rule) == ((), 1)


def test_decisions_are_compared_criterion_by_criterion(tmp_path: Path) -> None:
    strict = runs.BLOCK.model_copy(update={"bound": 0.01})
    found = rescored(run(tmp_path / "run"), builders.criteria(strict, runs.ALLOW, name="strict"))
    assert [(item.before.id, item.after.id) for item in found.changed] == [("block-adult", "block-adult")]
    assert (found.changed[0].before.bound, found.changed[0].after.bound) == (0.5, 0.01)
    assert (found.same, found.only_before, found.only_after) == (1, (), ())
    assert (found.before.decision, found.after.decision) == (Decision.INCONCLUSIVE, Decision.FAIL)


def test_a_criterion_that_asks_something_else_is_another_one(tmp_path: Path) -> None:
    """By its id alone it would be taken for a changed decision."""
    other = runs.BLOCK.model_copy(update={"metric": Metric.UNBLOCKED_SITES_UNDER_BLOCK})
    more = runs.ALLOW.model_copy(update={"id": "more", "title": "More"})
    found = rescored(run(tmp_path / "run"), builders.criteria(other, more))
    assert [item.id for item in found.only_before] == ["block-adult", "allow"]
    assert [item.id for item in found.only_after] == ["block-adult", "more"]
    assert (found.same, found.changed) == (0, ())
    lines = list(told(found))
    assert lines[1].endswith("not asked any more")
    assert lines[4].startswith("More (moderate): not asked before, now ")


def test_of_a_void_run_no_criterion_is_told(tmp_path: Path) -> None:
    stopped = {"complete": False, "reason": "the product died"}
    folder = runs.run(tmp_path / "run", runs.cases(12, 12), FATES, seen=UNTRUSTED, stop=stopped)
    found = rescored(folder, builders.criteria(runs.BLOCK.model_copy(update={"id": "other"})), load("sinkhole"))
    assert found.only_after
    assert list(told(found)) == ["3 of 24 cases stand otherwise: 3 by blocked.sinkhole", "decision: void, now void"]


def test_other_evidence_is_refused(tmp_path: Path) -> None:
    one, other = run(tmp_path / "one"), runs.run(tmp_path / "other", runs.cases(12, 12))
    with pytest.raises(ValueError, match="different evidence"):
        difference(derive(one), derive(other))


def test_names_follow_from_the_content(tmp_path: Path) -> None:
    folder = run(tmp_path / "run")
    standard = derive(folder)
    assert name(standard).startswith("test-standard-")
    assert len(name(standard)) == len("test-standard-") + 8
    others = [derive(folder, criteria(version="2")), derive(folder, rules=replace(STANDARD, emptied=0.2))]
    assert len({name(item) for item in (standard, *others)}) == 3
    assert name(derive(folder)) == name(standard)
    dotted = derive(folder, criteria(name="2026.1" * 10), replace(STANDARD, name=".." + "x" * 90))
    assert bundle.KNOWN.fullmatch(f"derived/{name(dotted)}/difference.json")


def scoring(folder: RunFolder) -> tuple[Derived, Difference]:
    after = derive(folder, rules=load("sinkhole"))
    return after, difference(derive(folder), after)


def test_it_is_written_beside_and_touches_nothing_else(tmp_path: Path) -> None:
    folder = run(tmp_path / "run")
    outputs.write(folder, derive(folder))
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    after, found = scoring(folder)
    place = write(folder, after, found)
    assert place == folder.derived / name(after)
    assert {path: path.read_bytes() for path in before} == before
    made = {path for path in folder.path.rglob("*") if path.is_file()} - set(before)
    assert {path.parent for path in made} == {place}
    assert {"decisions.json", "verdicts.parquet", "difference.json"} <= {path.name for path in made}
    said = json.loads((place / "difference.json").read_text("utf-8"))
    assert (said["schema"], said["by"], len(said["flips"])) == (SCHEMA, {"blocked.sinkhole": 3}, 3)
    assert Criteria.model_validate(said["after"]["criteria"]) == after.criteria
    table = pd.read_parquet(place / "verdicts.parquet").set_index("case_id")
    assert table.loc["adult-00", "rule_id"] == "blocked.sinkhole"


def test_written_again_it_is_the_same_and_whole(tmp_path: Path) -> None:
    folder = run(tmp_path / "run")
    place = write(folder, *scoring(folder))
    first = {path.name: path.read_bytes() for path in place.iterdir()}
    (place / "difference.json").write_text("spoilt")
    (place / "left over").touch()
    assert write(folder, *scoring(folder)) == place
    assert {path.name: path.read_bytes() for path in place.iterdir()} == first
    assert [path.name for path in folder.derived.iterdir()] == [place.name]


def test_it_is_made_again_from_what_it_names(tmp_path: Path) -> None:
    folder = run(tmp_path / "run")
    after, found = scoring(folder)
    place = write(folder, after, found)
    made, differing = again(folder, derive(folder), place)
    assert canonical.pretty(differing).encode("utf-8") == (place / "difference.json").read_bytes()
    assert canonical.pretty(result.decisions(made)).encode("utf-8") == (place / "decisions.json").read_bytes()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.unlink(),
        lambda file: file.write_text("[" * 100_000),
        lambda file: file.write_bytes(b"\xff"),
        lambda file: file.write_text("{}"),
        lambda file: file.write_text('{"after": {"criteria": {}, "rules": {}}}'),
        lambda file: file.write_text(file.read_text("utf-8").replace('"bound": 0.5', '"bound": 0.6')),
        lambda file: file.write_text(file.read_text("utf-8").replace('"emptied": 0.1', '"emptied": "0.1"')),
        lambda file: file.write_text(file.read_text("utf-8").replace('"name": "sinkhole"', '"name": 5')),
        lambda file: file.rename(file.with_name("moved")) and file.symlink_to("moved"),
    ],
)
def test_a_spoilt_difference_is_refused(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    folder = run(tmp_path / "run")
    place = write(folder, *scoring(folder))
    spoil(place / "difference.json")
    with pytest.raises(EvidenceError, match=r"difference\.json: not the difference of a scoring"):
        again(folder, derive(folder), place)


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = run(tmp_path / "run")
    after, found = scoring(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(result, "replace_text", full)
    with pytest.raises(OSError, match="No space"):
        write(folder, after, found)
    assert list(folder.derived.iterdir()) == []


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return run(tmp_path_factory.mktemp("shared") / "run")


RULE_SETS = st.builds(
    lambda emptied, extra, gone, reading: replace(
        STANDARD,
        emptied=emptied,
        errors={key: way for key, way in {**STANDARD.errors, **extra}.items() if key != gone},
        readings=reading,
    ),
    st.sampled_from([0.0, 0.1, 0.9]),
    st.sampled_from([{}, {"ERR_CERT_AUTHORITY_INVALID": "sinkhole"}]),
    st.sampled_from(["", "ERR_CONNECTION_RESET"]),
    st.dictionaries(st.just("degraded.text-altered"), st.sampled_from(Verdict)),
)


@settings(max_examples=25)
@given(RULE_SETS, RULE_SETS)
def test_a_difference_turned_round_is_the_same(shared: RunFolder, one: Rules, other: Rules) -> None:
    """No case flips on one way only, and what stands before and after changes places."""
    first, second = derive(shared, rules=one), derive(shared, rules=other)
    there, back = difference(first, second), difference(second, first)
    assert [(flip.case_id, flip.before, flip.after) for flip in there.flips] == [
        (flip.case_id, flip.after, flip.before) for flip in back.flips
    ]
    assert (there.before, there.after) == (back.after, back.before)
    assert sum(there.by.values()) == len(there.flips)
    assert canonical.pretty(there) == canonical.pretty(difference(first, second))
