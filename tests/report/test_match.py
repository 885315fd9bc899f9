"""Which settings are compared, which cases are the same, and which evidence is not taken."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.model import canonical
from harness.model.case import Case
from harness.model.errors import EvidenceError, UsageError
from harness.report.match import Changed, Overlap, lineups, match, open_runs
from tests import builders
from tests.report import runs


def made(folder: Path, name: str, planned: list[Case] | None = None, **changes: Any) -> str:
    return str(runs.run(folder / name, runs.cases(3, 3) if planned is None else planned, **changes).path)


def test_settings_pair_by_name(tmp_path: Path) -> None:
    one = made(tmp_path, "one", settings=("moderate", "most"))
    two = made(tmp_path, "two", settings=("most", "moderate", "least"), seed=2)
    opened = open_runs([one, two])
    assert lineups(opened) == [("moderate", "moderate"), ("most", "most")]
    assert lineups(opened, ("most",)) == [("most", "most")]
    with pytest.raises(UsageError, match=r"one: no setting 'least'; there is moderate, most"):
        lineups(opened, ("least",))


def test_the_only_setting_of_each_pairs_with_the_other(tmp_path: Path) -> None:
    one, two = made(tmp_path, "one"), made(tmp_path, "two", settings=("most",))
    assert lineups(open_runs([one, two])) == [("moderate", "most")]


def test_two_settings_of_one_run(tmp_path: Path) -> None:
    one = made(tmp_path, "one", settings=("moderate", "most"))
    assert lineups(open_runs([f"{one}@moderate", f"{one}@most"])) == [("moderate", "most")]


def test_a_folder_may_have_an_at_in_its_name(tmp_path: Path) -> None:
    one, two = made(tmp_path, "one@most"), made(tmp_path, "two", settings=("most",))
    assert lineups(open_runs([one, f"{two}@most"])) == [("moderate", "most")]
    assert lineups(open_runs([f"{one}@moderate", two])) == [("moderate", "most")]


def test_what_cannot_be_paired_explains_itself(tmp_path: Path) -> None:
    one, two = made(tmp_path, "one", settings=("moderate", "most")), made(tmp_path, "two", settings=("least",))
    with pytest.raises(UsageError, match=r"one: moderate, most; two: least.*FOLDER@SETTING"):
        lineups(open_runs([one, two]))
    assert lineups(open_runs([f"{one}@most", two])) == [("most", "least")]
    with pytest.raises(UsageError, match=r"two: no setting 'none'; there is least"):
        lineups(open_runs([one, f"{two}@none"]))


def test_a_run_is_not_compared_with_itself_or_a_copy(tmp_path: Path) -> None:
    one, copy = made(tmp_path, "one"), made(tmp_path, "copy")
    for other in (one, copy):
        with pytest.raises(UsageError, match="the same evidence as one"):
            lineups(open_runs([one, other]))


@pytest.mark.parametrize("asked", [[], ["one"]])
def test_one_run_is_not_enough(asked: list[str]) -> None:
    with pytest.raises(UsageError, match="two runs or more"):
        open_runs(asked)


def test_what_is_no_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"other.*not a run folder"):
        open_runs([made(tmp_path, "one"), str(tmp_path / "other")])


def test_evidence_that_does_not_stand_is_not_taken(tmp_path: Path) -> None:
    one, two = made(tmp_path, "one"), made(tmp_path, "two", seed=2)
    (segment,) = (Path(two) / "journal").iterdir()
    segment.write_bytes(segment.read_bytes().replace(b'"sings":true', b'"sings":null'))
    with pytest.raises(EvidenceError, match="journal"):
        open_runs([one, two])
    (Path(two) / "seal.json").unlink()
    with pytest.raises(EvidenceError, match="the chain breaks here"):
        open_runs([one, two])


def test_evidence_that_does_not_read_is_not_taken(tmp_path: Path) -> None:
    """Sealed or not: a run whose records are no observations ends in a sentence, not in a traceback."""
    one = made(tmp_path, "one")
    two = runs.run(tmp_path / "two", runs.cases(3, 3), sealed=False)
    builders.write_segment(two, {"arm": "sideways"}, kind="attempt")
    with pytest.raises(EvidenceError, match="two: the evidence does not read"):
        open_runs([one, str(two.path)])


@pytest.mark.parametrize("change", [{"corpus": {}}, {"criteria": {}}, {"product": {}}, {"created": 1, "corpus": []}])
def test_a_spec_that_does_not_read_is_not_taken(tmp_path: Path, change: dict[str, Any]) -> None:
    one = made(tmp_path, "one")
    path = Path(made(tmp_path, "two", stop={}))
    spec = json.loads((path / "spec.json").read_bytes())
    (path / "spec.json").write_text(canonical.pretty({**spec, **change}))
    shutil.rmtree(path / "journal")
    with pytest.raises(EvidenceError, match="two: the evidence does not read"):
        open_runs([one, str(path)])


def test_cases_are_the_same_by_url_label_and_bytes(tmp_path: Path) -> None:
    planned = runs.cases(4, 2, fixture_digest="f")
    other = [
        replace(planned[0], case_id="renamed", language="de", url="HTTP://ADULT-00.test:80/"),
        replace(planned[1], fixture_digest="g"),
        replace(planned[2], category="drugs"),
        replace(planned[3], url="https://adult-03.test/"),
        planned[4],
        builders.case("new", category="news"),
    ]
    opened = open_runs([made(tmp_path, "one", planned), made(tmp_path, "two", other)])
    found = match(opened)
    assert found.urls == ("http://adult-00.test/", "http://news-00.test/")
    assert found.left_out == (4, 4)
    assert found.changed == (
        Changed(2, "adult-01", "http://adult-01.test/", ("fixture",)),
        Changed(2, "adult-02", "http://adult-02.test/", ("category",)),
        Changed(2, "adult-03", "http://adult-03.test/", ("url",)),
    )


def test_what_one_of_three_lacks_is_left_out_of_all(tmp_path: Path) -> None:
    planned = runs.cases(3, 3)
    names = [
        made(tmp_path, "one", planned),
        made(tmp_path, "two", planned[1:], seed=2),
        made(tmp_path, "three", planned[:-1], seed=3),
    ]
    found = match(open_runs(names))
    assert len(found.urls) == 4
    assert found.left_out == (2, 1, 1)
    assert found.changed == ()


def test_nothing_shared_is_nothing_to_compare(tmp_path: Path) -> None:
    """The error says of each pair why."""
    planned = runs.cases(2, 1)
    flipped = [replace(case, fixture_digest="other") for case in planned]
    one = made(tmp_path, "one", planned)
    with pytest.raises(UsageError, match="share no case: runs 1 and 2 have 0 cases alike, 3 with another fixture"):
        match(open_runs([one, made(tmp_path, "two", flipped)]))
    elsewhere = made(tmp_path, "three", [builders.case("elsewhere")])
    with pytest.raises(UsageError, match="runs 1 and 2 have 0 cases alike, 3 and 1 that the other has not"):
        match(open_runs([one, elsewhere]))
    fourth = made(tmp_path, "four", [*planned, builders.case("elsewhere")], seed=4)
    with pytest.raises(UsageError, match=r"1 and 2 have 0 .*1 and 3 have 3 cases alike.*2 and 3 have 1 cases alike"):
        match(open_runs([one, elsewhere, fourth]))


def test_each_pair_is_counted_by_itself(tmp_path: Path) -> None:
    planned = runs.cases(4, 2, fixture_digest="f")
    spoilt = [replace(planned[0], fixture_digest="g"), replace(planned[1], category="drugs"), *planned[2:5]]
    names = [made(tmp_path, "one", planned), made(tmp_path, "two", spoilt), made(tmp_path, "three", spoilt[:4], seed=3)]
    assert match(open_runs(names)).pairs == (
        Overlap(1, 2, 3, {"category": 1, "fixture": 1}, 1, 0),
        Overlap(1, 3, 2, {"category": 1, "fixture": 1}, 2, 0),
        Overlap(2, 3, 4, {}, 1, 0),
    )


def test_live_runs_share_no_case_with_replayed_ones(tmp_path: Path) -> None:
    one, two = open_runs([made(tmp_path, "one"), made(tmp_path, "two", seed=2)])
    spec = replace(two.derived.spec, product={**runs.PRODUCT, "kind": "live"})
    live = replace(two, derived=replace(two.derived, spec=spec))
    with pytest.raises(UsageError, match="6 with another kind of test"):
        match([one, live])
