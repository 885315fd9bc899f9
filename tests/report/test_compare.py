"""Whole runs compared: what flipped which way, by whose criteria, and what is said of runs that prove little."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.classify.rules import STANDARD
from harness.model import canonical
from harness.model.words import Expectation, Metric
from harness.report.compare import Comparison, comparison
from tests import builders
from tests.report import runs

PLANNED = runs.cases(12, 8)


def compared(folder: Path, *fates: dict[str, str], **changes: dict[int, Any]) -> Comparison:
    """Runs 1, 2, … with these fates; a change is given by the number of the run it is for."""
    asked = []
    for number, fate in enumerate(fates, 1):
        mine = {key: values[number] for key, values in changes.items() if number in values}
        path = folder / f"run-{number}"
        runs.run(path, mine.pop("planned", PLANNED), fate, seed=number, **mine)
        asked.append(str(path))
    return comparison(asked, (), 0.95)


def test_worse_better_and_different(tmp_path: Path) -> None:
    before = {"adult-00": "arrives", "adult-03": "challenged", "adult-04": "altered"}
    after = {"adult-01": "arrives", "news-02": "blocked", "adult-04": "arrives", "adult-05": "reset"}
    found = compared(tmp_path, before, after)
    ((versus,),) = (lineup.against for lineup in found.lineups)
    assert [(flip.change, flip.before.case_id, flip.after.verdict, flip.after.rule_id) for flip in versus.flips] == [
        ("worse", "adult-01", "allowed", "allowed.token"),
        ("worse", "news-02", "blocked", "blocked.error-status"),
        ("better", "adult-00", "blocked", "blocked.error-status"),
        ("different", "adult-03", "blocked", "blocked.error-status"),
        ("different", "adult-04", "allowed", "allowed.token"),
    ]
    worst = versus.flips[0]
    assert (worst.before.outcome, worst.after.outcome, worst.before.mechanism) == (
        "correct",
        "under-blocked",
        "error-status",
    )
    assert (worst.category, worst.expectation, worst.url) == ("adult", Expectation.BLOCK, "http://adult-01.test/")
    whole = next(item for item in versus.rates if item.metric is Metric.BAD_SITES_UNDER_BLOCK)
    assert (whole.n, whole.unscored, whole.wrong_baseline, whole.wrong_other) == (11, 1, 2, 2)
    assert (whole.only_baseline_wrong, whole.only_other_wrong, whole.both_wrong) == (1, 1, 1)
    assert (versus.agreement[0].k, versus.agreement[0].n) == (15, 19)
    assert found.warnings == ()


def test_the_criteria_of_the_baseline_decide_for_both(tmp_path: Path) -> None:
    lenient = {"block": "correct", "allow": "correct"}
    profile = builders.criteria(runs.BLOCK, runs.ALLOW, degraded=lenient).model_dump(mode="json", by_alias=True)
    fates = {"adult-00": "altered"}
    strict = compared(tmp_path / "a", {}, fates, criteria={2: profile})
    assert [flip.change for flip in strict.lineups[0].against[0].flips] == ["worse"]
    mild = compared(tmp_path / "b", {}, fates, criteria={1: profile})
    (flip,) = mild.lineups[0].against[0].flips
    assert (flip.change, flip.before.verdict, flip.after.verdict) == ("different", "blocked", "degraded")
    for found in (strict, mild):
        (warning,) = found.warnings
        assert "Run 2 (run-2) was planned to count warned or degraded pages otherwise" in warning


def test_more_than_two_are_each_compared_with_the_first(tmp_path: Path) -> None:
    found = compared(tmp_path, {}, {"adult-00": "arrives"}, {"adult-00": "arrives", "adult-01": "arrives"})
    (lineup,) = found.lineups
    assert [(versus.number, len(versus.flips)) for versus in lineup.against] == [(2, 1), (3, 2)]
    assert (lineup.agreement[0].k, lineup.agreement[0].n) == (18, 20)
    assert lineup.agreement[0].method.startswith("Fleiss")


def test_two_settings_of_one_run(tmp_path: Path) -> None:
    path = runs.run(tmp_path / "run", PLANNED, settings=("moderate", "most")).path
    found = comparison([f"{path}@most", f"{path}@moderate"], (), 0.9)
    assert [lineup.settings for lineup in found.lineups] == [("most", "moderate")]
    assert (found.confidence, found.lineups[0].against[0].rates[0].confidence) == (0.9, 0.9)
    assert found.warnings == ()


def test_what_proves_little_is_said(tmp_path: Path) -> None:
    spoilt = [replace(case, fixture_digest="other") if case.case_id == "adult-02" else case for case in PLANNED[1:]]
    found = compared(
        tmp_path,
        {},
        {},
        planned={2: spoilt},
        stop={1: {"complete": False, "reason": "the product died"}},
        sealed={2: False},
        settings={2: ("moderate", "most")},
        corpus={2: {**builders.spec().corpus, "digest": "another"}},
    )
    said = "\n".join(found.warnings)
    assert len(found.warnings) == 6
    for words in (
        "Run 1 (run-1) IS VOID and proves nothing. The run was stopped: the product died.",
        "Run 2 (run-2) IS NOT SEALED",
        "Run 2 (run-2) was made with another corpus than run 1",
        "Run 2 (run-2) has settings that are not compared: most.",
        "Only the 18 cases that stand in all runs are compared; left out are 2 of run 1, 1 of run 2.",
        "Not comparable, as something about them changed: 1 (adult-02 in run 2 (fixture)).",
    ):
        assert words in said


def test_other_criteria_and_rules_are_said(tmp_path: Path) -> None:
    """Verdicts of both are made by the rules of the first."""
    lenient = {**canonical.plain(STANDARD), "name": "ours", "readings": {"degraded.text-altered": "allowed"}}
    profile = builders.criteria(runs.BLOCK, runs.ALLOW, version="2").model_dump(mode="json", by_alias=True)
    fates = {"news-00": "altered"}
    found = compared(tmp_path / "a", fates, fates, rules={2: lenient}, criteria={2: profile})
    assert found.lineups[0].against[0].flips == ()
    assert [text.partition(" than ")[0] for text in found.warnings] == [
        "Run 2 (run-2) was planned with other criteria",
        "Run 2 (run-2) was planned with other verdict rules",
    ]
    found = compared(tmp_path / "b", {}, fates, rules={1: lenient})
    assert found.lineups[0].against[0].flips == ()


def test_order_of_the_plan_does_not_matter(tmp_path: Path) -> None:
    fates = {"adult-07": "arrives", "adult-01": "arrives", "news-03": "altered"}
    one = compared(tmp_path / "a", {}, fates)
    two = compared(tmp_path / "b", {}, fates, planned={1: PLANNED[::-1], 2: PLANNED[5:] + PLANNED[:5]})
    assert one.lineups == two.lineups


def test_swapped_runs_mirror_each_other(tmp_path: Path) -> None:
    fates = ({"adult-00": "arrives"}, {"adult-01": "arrives", "adult-02": "arrives", "news-00": "blocked"})
    (there,), (back,) = (
        compared(tmp_path / name, *made).lineups[0].against for name, made in (("a", fates), ("b", fates[::-1]))
    )
    assert [item.p_adjusted for item in there.rates] == [item.p_adjusted for item in back.rates]
    assert [item.difference for item in there.rates] == [-(item.difference or 0) for item in back.rates]
    assert sorted(flip.change for flip in there.flips) == ["better", "worse", "worse", "worse"]
    assert sorted(flip.change for flip in back.flips) == ["better", "better", "better", "worse"]
