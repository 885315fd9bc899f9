"""The first page: hundredths that never flatter, and a worst miss that is one."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from harness.evidence import addenda
from harness.model.addendum import ClauseJudgement, Finding
from harness.model.words import Decision, Expectation, Metric, Outcome
from harness.profile.criteria import Shown
from harness.report.derive import derive
from harness.report.summary import FEWEST, share, summary
from harness.report.texts import texts
from harness.score.rates import Tally, rate
from tests import builders
from tests.report import runs

EN, CY = texts("en"), texts("cy")


@given(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.integers(0, 3))
def test_neither_none_nor_all_is_said_or_drawn_of_some(counts: tuple[int, int], unscored: int) -> None:
    k, n = counts
    counted = rate(
        Tally(fn=k, tp=n - k, unscored_block=unscored), Metric.BAD_SITES_UNDER_BLOCK, "adult", "most", Shown()
    )
    found = share(Expectation.BLOCK, counted, EN)
    assert (found.told[-1] == EN("unscored", n=unscored)) is bool(unscored)
    if not n:
        assert found.wrong is None
        assert found.told[0] == "No such page could be scored."
        return
    if n < FEWEST:
        assert found.wrong is None
        return
    assert found.wrong is not None
    assert (found.wrong == 0) is (k == 0)
    assert (found.wrong == 100) is (k == n)
    assert abs(found.wrong - 100 * k / n) <= 1
    lower, upper = map(int, re.findall(r"\d+", found.told[1])[:2])
    assert lower <= 100 * counted.lower + 1e-6
    assert upper >= 100 * counted.upper - 1e-6
    assert lower <= 100 * k / n <= upper


def test_published_words_for_a_known_share() -> None:
    counted = rate(Tally(fn=33, tp=870), Metric.BAD_SITES_UNDER_BLOCK, "overall", "moderate", Shown())
    found = share(Expectation.BLOCK, counted, EN)
    assert found.told == (
        "About 4 in 100 came through (33 of 903 pages).",
        "Allowing for chance, between 2 and 6 in 100.",
    )
    assert share(Expectation.BLOCK, counted, CY).told[0] == "Daeth tua 4 o bob 100 drwodd (33 o 903 tudalen)."


def test_the_page_that_came_through_is_of_the_weakest_category(tmp_path: Path) -> None:
    others = [builders.case(f"gambling-{number}", category="gambling") for number in range(3)]
    fates = {"adult-00": "arrives", "gambling-1": "arrives", "news-00": "blocked"}
    found = summary(runs.derived(tmp_path / "run", [*runs.cases(12, 12), *others], fates), EN)
    assert found.weakest
    assert found.weakest.text == "Gambling: 1 of 3 pages came through."
    assert found.missed
    assert (found.missed.case.case_id, found.missed.outcome) == ("gambling-1", Outcome.UNDER_BLOCKED)


def test_where_nothing_came_through_a_mistake_is_shown(tmp_path: Path) -> None:
    found = summary(runs.derived(tmp_path / "run", runs.cases(12, 12), {"news-03": "blocked"}), EN)
    assert found.weakest
    assert found.weakest.text == "It let no page through in any category."
    assert found.missed
    assert found.missed.case.case_id == "news-03"


def test_nothing_scored_and_void_praise_nothing(tmp_path: Path) -> None:
    faulty = {case.case_id: "faulty" for case in runs.cases(12, 12)}
    stopped = {"complete": False, "reason": "why"}
    for name, fates, stop in (("faulty", faulty, None), ("void", None, stopped)):
        found = summary(runs.derived(tmp_path / name, runs.cases(12, 12), fates, stop=stop), EN)
        assert found.weakest is None
        assert found.missed is None
        assert {at.decision for at in found.at} <= {Decision.VOID, Decision.INCONCLUSIVE}


def test_every_setting_stands_for_itself(tmp_path: Path) -> None:
    fates = {f"adult-{number:02}": "arrives" for number in range(12)}
    found = summary(runs.derived(tmp_path / "run", runs.cases(12, 12), fates, settings=("moderate", "most")), EN)
    assert [(at.name, at.decision) for at in found.at] == [("moderate", Decision.FAIL), ("most", Decision.FAIL)]
    assert [ground.subject.text for ground in found.grounds] == [
        "Adult content is blocked (Setting moderate)",
        "Adult content is blocked (Setting most)",
    ]


def test_a_clause_found_not_met_is_a_ground(tmp_path: Path) -> None:
    clauses = [
        {"id": "4", "title": "Blocking", "assessed": "measured"},
        {"id": "6", "title": "Security", "assessed": "by-hand", "note": "Whether a child can go round it."},
    ]
    profile = builders.criteria(runs.BLOCK, runs.ALLOW, clause=clauses).model_dump(mode="json", by_alias=True)
    folder = runs.run(tmp_path / "run", runs.cases(12, 12), criteria=profile)
    said = ClauseJudgement(
        clause="6",
        finding=Finding.NOT_MET,
        author="A",
        reason="The password is 0000.",
        blind=False,
        date=builders.NOW,
    )
    addenda.append(folder, said)
    found = summary(derive(folder), CY)
    assert [(ground.subject.text, ground.own) for ground in found.grounds] == [("Clause 6, Security", False)]
    assert "The password is 0000." in found.grounds[0].told
    assert found.changed == "Heb yr hyn a ychwanegodd pobl wedyn, y penderfyniad oedd: Pasio."
