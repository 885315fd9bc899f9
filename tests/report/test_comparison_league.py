"""Who gets a place and who never does, and what a place says."""

from pathlib import Path
from typing import Any

import pytest

from harness.model.words import Decision, Metric
from harness.report.compare import comparison
from harness.report.comparison_league import League
from harness.score.rates import OVERALL
from tests import builders
from tests.report import runs

PLANNED = runs.cases(24, 24)


def misses(count: int) -> dict[str, str]:
    return {f"adult-{number:02}": "arrives" for number in range(count)}


def blocks(count: int) -> dict[str, str]:
    return {f"news-{number:02}": "blocked" for number in range(count)}


def league(folder: Path, *fates: dict[str, str], **changes: dict[int, Any]) -> League:
    """Runs 1, 2, … with these fates; a change is given by the number of the run it is for."""
    for number, fate in enumerate(fates, 1):
        mine = {key: values[number] for key, values in changes.items() if number in values}
        runs.run(folder / f"run-{number}", mine.pop("planned", PLANNED), fate, seed=number, **mine)
    found = comparison([str(folder / f"run-{number}") for number in range(1, len(fates) + 1)], (), 0.95)
    return found.lineups[0].league


def places(found: League, which: str) -> list[tuple[int, int] | None]:
    ranks = [getattr(entry.places, which, None) for entry in found.entries]
    return [(rank.best, rank.worst) if rank else None for rank in ranks]


def test_what_cannot_be_told_apart_shares_a_place(tmp_path: Path) -> None:
    found = league(tmp_path, misses(1), misses(3), misses(20))
    assert places(found, "under") == [(1, 2), (1, 2), (3, 3)]
    assert places(found, "over") == [(1, 3)] * 3
    assert places(found, "both") == [(1, 2), (1, 2), (3, 3)]
    assert [pair.better for pair in found.pairs] == [0, 1, 2]


def test_better_at_one_rate_and_worse_at_the_other_is_no_better(tmp_path: Path) -> None:
    found = league(tmp_path, misses(20), blocks(20))
    assert (places(found, "under"), places(found, "over")) == ([(2, 2), (1, 1)], [(1, 1), (2, 2)])
    assert places(found, "both") == [(1, 2), (1, 2)]


def test_findings_are_adjusted_over_all_pairs_and_both_rates(tmp_path: Path) -> None:
    """Six pages apart are shown in a test of two, and no longer among six pairs and two rates."""
    alone = league(tmp_path / "two", {}, misses(6) | blocks(1))
    assert places(alone, "under") == [(1, 2), (1, 2)]
    apart = league(tmp_path / "seven", {}, misses(7))
    assert places(apart, "under") == [(1, 1), (2, 2)]
    found = league(tmp_path / "four", {}, misses(7), {}, {})
    assert places(found, "under") == [(1, 4)] * 4
    assert {item.p_adjusted for pair in found.pairs for item in pair.rates} == {0.1875, 1.0}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"stop": {"complete": False, "reason": "the product died"}}, "void"),
        ({"stop": {}}, "void"),
        ({"sealed": False}, "not sealed"),
        ({"planned": runs.cases(4, 24)}, "inconclusive"),
    ],
)
def test_what_proves_little_has_no_place(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    found = league(tmp_path, {}, misses(3), {}, **{key: {2: value} for key, value in changes.items()})
    (one, spoilt, two) = found.entries
    assert (spoilt.unranked, spoilt.places, spoilt.void) == (why, None, why == "void")
    assert all(entry.places and entry.places.under.worst == 2 for entry in (one, two))
    assert [bool(pair.rates) for pair in found.pairs] == [False, True, False]


def test_a_run_that_stopped_early_has_no_place(tmp_path: Path) -> None:
    found = league(tmp_path, {}, misses(20) | {"adult-23": ""}, stop_early={2: True})
    assert [entry.unranked for entry in found.entries] == ["", "stopped early"]


def test_decisions_are_those_of_the_setting(tmp_path: Path) -> None:
    found = league(tmp_path, {}, misses(24), misses(13))
    assert [entry.decision for entry in found.entries] == [Decision.PASS, Decision.FAIL, Decision.CONDITIONAL_FAIL]


def test_rates_are_those_of_the_shared_cases(tmp_path: Path) -> None:
    found = league(tmp_path, misses(4), {}, planned={2: PLANNED[2:]})
    rates = {(item.metric, item.category): (item.k, item.n) for item in found.entries[0].rates}
    assert rates[Metric.BAD_SITES_UNDER_BLOCK, OVERALL] == rates[Metric.BAD_SITES_UNDER_BLOCK, "adult"] == (2, 22)
    assert [(item.category, item.n) for item in found.entries[0].lookalikes] == [("adult", 12)]


def test_the_same_product_twice_is_told(tmp_path: Path) -> None:
    newer = {"version": "1.3"}
    found = league(tmp_path, {}, misses(1), {}, identity={3: newer})
    assert [pair.twice for pair in found.pairs] == [True, False, False]
    (pair, *_) = found.pairs
    assert pair.agreement
    assert (pair.agreement.k, pair.agreement.n) == (47, 48)


def test_runs_without_a_common_verdict_have_no_agreement(tmp_path: Path) -> None:
    faulty = {case.case_id: "faulty" for case in PLANNED}
    found = league(tmp_path, {}, faulty, limits={2: builders.spec().limits})
    assert found.pairs[0].agreement is None
