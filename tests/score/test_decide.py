"""Decisions at their edges, and what can never improve one."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.model.words import Decision, Expectation, Metric, Outcome, Verdict
from harness.profile.criteria import Criteria, Criterion
from harness.score.decide import SEVERITY, Decided, decide, overall, untested
from harness.score.rates import Counted, Tally, by_criterion
from tests.builders import criteria, criterion, tally
from tests.builders import scored as scored_case

GUARDED = criterion(bound=0.05, confidence=0.95, minimum_n=29, maximum_unscored=0.1)
SIMPLE = criterion(bound=0.05, confidence=0.95, minimum_n=29, maximum_unscored=0.1, rule="simple-acceptance")
ZERO = criterion(bound=0, confidence=0.95, minimum_n=200, maximum_unscored=0.1, rule="zero-tolerance")


def one(rule: Criterion, table: Tally, setting: str = "moderate") -> Decided:
    (found,) = decide(criteria(rule), {rule.id: table.of(rule.metric)}, setting)
    return found


def decision(rule: Criterion, k: int, n: int, unscored: int = 0) -> Decision:
    return one(rule, tally(k, n, unscored)).decision


@pytest.mark.parametrize(
    ("rule", "k", "n", "unscored", "wanted"),
    [
        (GUARDED, 0, 58, 0, Decision.CONDITIONAL_PASS),
        (GUARDED, 0, 59, 0, Decision.PASS),
        (GUARDED, 4, 200, 0, Decision.PASS),
        (GUARDED, 5, 200, 0, Decision.CONDITIONAL_PASS),
        (GUARDED, 10, 200, 0, Decision.CONDITIONAL_PASS),
        (GUARDED, 11, 200, 0, Decision.CONDITIONAL_FAIL),
        (GUARDED, 15, 200, 0, Decision.CONDITIONAL_FAIL),
        (GUARDED, 16, 200, 0, Decision.FAIL),
        (GUARDED, 200, 200, 0, Decision.FAIL),
        (GUARDED, 0, 180, 20, Decision.PASS),
        (GUARDED, 0, 180, 21, Decision.INCONCLUSIVE),
        (GUARDED, 180, 180, 180, Decision.FAIL),
        (GUARDED, 0, 28, 0, Decision.INCONCLUSIVE),
        (GUARDED, 0, 29, 0, Decision.CONDITIONAL_PASS),
        (criterion(bound=0.06), 1, 1, 0, Decision.INCONCLUSIVE),
        (criterion(bound=0.04), 1, 1, 0, Decision.FAIL),
        (GUARDED, 2, 2, 0, Decision.FAIL),
        (GUARDED, 0, 0, 0, Decision.INCONCLUSIVE),
        (GUARDED, 0, 0, 100, Decision.INCONCLUSIVE),
        (SIMPLE, 0, 28, 0, Decision.INCONCLUSIVE),
        (SIMPLE, 0, 29, 0, Decision.PASS),
        (SIMPLE, 10, 200, 0, Decision.PASS),
        (SIMPLE, 11, 200, 0, Decision.FAIL),
        (SIMPLE, 0, 180, 20, Decision.PASS),
        (SIMPLE, 0, 180, 21, Decision.INCONCLUSIVE),
        (SIMPLE, 0, 0, 0, Decision.INCONCLUSIVE),
        (ZERO, 0, 200, 0, Decision.PASS),
        (ZERO, 1, 200, 0, Decision.FAIL),
        (ZERO, 1, 1, 500, Decision.FAIL),
        (ZERO, 0, 199, 0, Decision.INCONCLUSIVE),
        (ZERO, 0, 200, 23, Decision.INCONCLUSIVE),
        (ZERO, 0, 0, 0, Decision.INCONCLUSIVE),
        (GUARDED.model_copy(update={"sides": 2}), 0, 71, 0, Decision.CONDITIONAL_PASS),
        (GUARDED.model_copy(update={"sides": 2}), 0, 72, 0, Decision.PASS),
    ],
)
def test_edges(rule: Criterion, k: int, n: int, unscored: int, wanted: Decision) -> None:
    assert decision(rule, k, n, unscored) is wanted


def test_what_is_said() -> None:
    found = one(GUARDED, tally(4, 200, 3), "most")
    assert (found.setting, found.k, found.n, found.unscored, found.estimate) == ("most", 4, 200, 3, 0.02)
    assert found.worst == pytest.approx(7 / 203)
    assert (
        found.reason
        == "4 of 200 cases went wrong; at 95% confidence the true rate is at most 4.5%, within the bound of 5.0%."
    )
    assert one(GUARDED, Tally(), "most").reason == "No case could be scored, so nothing can be said."
    assert one(ZERO, tally(0, 200)).reason == (
        "None of 200 cases went wrong, and none may; at 95% confidence the true rate is at most 1.5%."
    )


def test_one_side_or_two() -> None:
    """The one-sided bound is that of the two-sided interval at half the error."""
    one_sided, two_sided = one(GUARDED, tally(4, 200)), one(GUARDED.model_copy(update={"sides": 2}), tally(4, 200))
    assert two_sided.lower < one_sided.lower < one_sided.upper < two_sided.upper
    again = one(criterion(**{**GUARDED.model_dump(), "confidence": 0.975}), tally(4, 200))
    assert (again.lower, again.upper) == (two_sided.lower, two_sided.upper)


@pytest.mark.parametrize("rule", [GUARDED, SIMPLE, ZERO])
@pytest.mark.parametrize("metric", Metric)
def test_nothing_to_score_never_passes(rule: Criterion, metric: Metric) -> None:
    asked = rule.model_copy(update={"metric": metric, "minimum_n": 1, "maximum_unscored": 1.0})
    for table in (Tally(), Tally(unscored_block=50), Tally(unscored_allow=50)):
        assert one(asked, table).decision is Decision.INCONCLUSIVE


COUNTS = st.integers(0, 400)
CRITERIA = st.builds(
    criterion,
    rule=st.sampled_from(["guard-band", "simple-acceptance"]),
    bound=st.sampled_from([0.01, 0.05, 0.2, 0.5]),
    confidence=st.sampled_from([0.8, 0.95]),
    minimum_n=st.sampled_from([1, 30]),
    maximum_unscored=st.sampled_from([0.0, 0.05, 1.0]),
)


@given(CRITERIA, COUNTS, COUNTS, COUNTS)
def test_more_misses_never_improve(rule: Criterion, n: int, k: int, unscored: int) -> None:
    """A case that was right and now goes wrong."""
    assume(k < n)
    before, after = decision(rule, k, n, unscored), decision(rule, k + 1, n, unscored)
    assert SEVERITY.index(after) <= SEVERITY.index(before)


@given(CRITERIA, COUNTS, COUNTS, COUNTS)
def test_an_unscored_case_more_never_helps_to_pass(rule: Criterion, n: int, k: int, unscored: int) -> None:
    assume(k <= n)
    before, after = decision(rule, k, n, unscored), decision(rule, k, n, unscored + 1)
    assert after is before or (after is Decision.INCONCLUSIVE and before is not Decision.INCONCLUSIVE)
    assert before is not Decision.FAIL or after is Decision.FAIL or rule.rule == "simple-acceptance"


@pytest.mark.parametrize(("rule", "k"), [(GUARDED, 15), (SIMPLE, 180)])
def test_an_unscored_case_more_never_improves(rule: Criterion, k: int) -> None:
    before, after = decision(rule, k, 200, 20), decision(rule, k, 200, 60)
    assert SEVERITY.index(after) <= SEVERITY.index(before)


@given(CRITERIA, st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=4))
def test_the_worst_decides(rule: Criterion, counts: list[tuple[int, int]]) -> None:
    decided = [decision(rule, min(pair), max(pair)) for pair in counts]
    assert overall(decided) is overall(decided[::-1])
    assert SEVERITY.index(overall(decided)) == min(SEVERITY.index(item) for item in decided)


def test_severity() -> None:
    assert set(SEVERITY) == set(Decision)
    assert overall([]) is Decision.INCONCLUSIVE


def clustered(sizes: list[tuple[int, int]]) -> Tally:
    """Clusters of so many cases to block, so many of them missed."""
    found = Tally()
    for at, (size, missed) in enumerate(sizes):
        for number in range(size):
            verdict = Verdict.ALLOWED if number < missed else Verdict.BLOCKED
            item = scored_case(Expectation.BLOCK, verdict, f"{at}-{number}")
            found.add(replace(item, case=replace(item.case, cluster=f"site-{at}")))
    return found


def test_cases_of_one_site_are_worth_one() -> None:
    alone, together = one(GUARDED, clustered([(1, 0)] * 60)), one(GUARDED, clustered([(10, 0)] * 6))
    assert (alone.decision, alone.effective_n, alone.upper) == (Decision.PASS, 60, one(GUARDED, tally(0, 60)).upper)
    assert (together.n, together.clusters, together.effective_n) == (60, 6, 6)
    assert together.decision is Decision.CONDITIONAL_PASS
    assert together.upper == pytest.approx(1 - 0.05 ** (1 / 6))
    assert "60 cases, worth 6 independent ones, went wrong" in together.reason
    few = criterion(**{**GUARDED.model_dump(), "minimum_clusters": 7})
    assert one(few, clustered([(10, 0)] * 6)).decision is Decision.INCONCLUSIVE
    assert "only 6 of the 7 independent sites" in one(few, clustered([(10, 0)] * 6)).reason


SIZES = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5)).filter(lambda pair: pair[1] <= pair[0]), max_size=40)


@given(SIZES, st.data())
def test_a_miss_more_never_improves_a_clustered_sample(sizes: list[tuple[int, int]], data: st.DataObject) -> None:
    right = [at for at, (size, missed) in enumerate(sizes) if missed < size]
    assume(right)
    at = data.draw(st.sampled_from(right))
    worse = [(size, missed + (number == at)) for number, (size, missed) in enumerate(sizes)]
    before, after = one(GUARDED, clustered(sizes)), one(GUARDED, clustered(worse))
    assert SEVERITY.index(after.decision) <= SEVERITY.index(before.decision)
    assert (after.lower, after.upper) >= (before.lower, before.upper)


def test_by_criterion_takes_the_named_categories() -> None:
    rules = criteria(criterion(id="a", categories=["adult"]), criterion(id="all"))
    items = [
        scored_case(Expectation.BLOCK, Verdict.ALLOWED, "one"),
        scored_case(Expectation.BLOCK, Verdict.BLOCKED, "two", category="drugs"),
    ]
    found = by_criterion(rules, items)["moderate"]
    assert [(found[key].sample.k, found[key].sample.n) for key in ("a", "all")] == [(1, 1), (1, 2)]


def test_a_category_without_a_case_never_passes() -> None:
    rules = criteria(criterion(categories=["adult", "drugs"], minimum_n=1, bound=0.5, rule="simple-acceptance"))
    items = [scored_case(Expectation.BLOCK, Verdict.BLOCKED, f"case-{number}") for number in range(50)]
    (found,) = decide(rules, by_criterion(rules, items)["moderate"], "moderate")
    assert (found.decision, found.n) == (Decision.INCONCLUSIVE, 50)
    assert found.reason == "No case could be scored of drugs, which the criterion asks for."
    items.append(scored_case(Expectation.BLOCK, Verdict.BLOCKED, "drug", category="drugs"))
    assert decide(rules, by_criterion(rules, items)["moderate"], "moderate")[0].decision is Decision.PASS


def family(protects: str, *members: Criterion) -> Criteria:
    joint = {"id": "f", "correction": "holm", "protects": protects, "source": "made up for a test"}
    return criteria(*(item.model_copy(update={"family": "f"}) for item in members), family=[joint])


def decisions(rules: Criteria, counts: list[tuple[int, int]]) -> list[Decision]:
    counted = {item.id: tally(*pair).of(item.metric) for item, pair in zip(rules.criterion, counts, strict=True)}
    return [item.decision for item in decide(rules, counted, "moderate")]


THREE = [criterion(id=name, bound=0.1) for name in ("a", "b", "c")]


@pytest.mark.parametrize(
    ("protects", "passes", "fails"),
    [
        ("pass", Decision.CONDITIONAL_PASS, Decision.FAIL),
        ("fail", Decision.PASS, Decision.CONDITIONAL_FAIL),
        ("both", Decision.CONDITIONAL_PASS, Decision.CONDITIONAL_FAIL),
    ],
)
def test_a_family_is_decided_jointly(protects: str, passes: Decision, fails: Decision) -> None:
    """P(0 of 29 | 0.1) = 0.047 and P(at least 8 of 40 | 0.1) = 0.042: either is enough alone, neither among three."""
    rules = family(protects, *THREE)
    assert decisions(criteria(*THREE), [(0, 29)] * 3) == [Decision.PASS] * 3
    assert decisions(rules, [(0, 29)] * 3) == [passes] * 3
    assert decisions(criteria(*THREE), [(8, 40)] * 3) == [Decision.FAIL] * 3
    assert decisions(rules, [(8, 40)] * 3) == [fails] * 3


def test_holm_steps_down() -> None:
    """P(0 of 46 | 0.1) = 0.0079 passes three times over, P(0 of 36) = 0.0225 twice, P(0 of 29) once: all pass."""
    rules = family("both", *THREE)
    assert decisions(rules, [(0, 46), (0, 36), (0, 29)]) == [Decision.PASS] * 3
    assert decisions(rules, [(0, 46), (0, 30), (0, 29)])[1:] == [Decision.CONDITIONAL_PASS] * 2
    counted = {item.id: tally(0, 29).of(item.metric) for item in THREE}
    told = decide(rules, counted, "moderate")[0]
    assert told.p_pass == pytest.approx(3 * 0.9**29)
    assert "by itself that would be a pass, but with 3 criteria decided together" in told.reason


def test_age_bands() -> None:
    rules = criteria(criterion(id="all"), criterion(id="young", age_band="0-12"), criterion(id="old", age_band="13-17"))
    counted = {name: tally(0, 100).of(Metric.BAD_SITES_UNDER_BLOCK) for name in ("all", "young", "old")}
    assert [item.id for item in decide(rules, counted, "kids", "0-12")] == ["all", "young"]
    assert [item.id for item in decide(rules, counted, "plain")] == ["all"]
    (missing,) = untested(rules, ["0-12", ""])
    assert (missing.id, missing.setting, missing.decision) == ("old", "", Decision.INCONCLUSIVE)
    assert "age band 13-17" in missing.reason


def stopped(k: int, n: int, unscored: int, left_out: int) -> Counted:
    return Tally(tp=n - k, fn=k, unscored_block=unscored, left_out_block=left_out).of(Metric.BAD_SITES_UNDER_BLOCK)


STOPPABLE = st.builds(
    criterion,
    rule=st.sampled_from(["guard-band", "simple-acceptance"]),
    bound=st.sampled_from([0.1, 0.3, 0.5]),
    confidence=st.sampled_from([0.8, 0.95]),
    minimum_n=st.sampled_from([1, 6]),
    maximum_unscored=st.sampled_from([0.0, 0.2, 1.0]),
)


@given(STOPPABLE, st.integers(0, 14), st.integers(0, 14), st.integers(0, 3), st.integers(1, 8))
def test_an_early_stop_decides_as_the_whole_run_would(
    rule: Criterion, n: int, k: int, unscored: int, left: int
) -> None:
    """Every way the cases left out could have gone, by brute force."""
    assume(k <= n)
    (found,) = decide(criteria(rule), {rule.id: stopped(k, n, unscored, left)}, "")
    whole = {decision(rule, k + wrong, n + left, unscored) for wrong in range(left + 1)}
    if found.decision is not Decision.INCONCLUSIVE:
        assert whole == {found.decision}
        assert f"whatever the {left} cases left out" in found.reason
    elif len(whole) == 1 and Decision.INCONCLUSIVE not in whole:
        pytest.fail("a decision that is certain was not seen to be")


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 3)), min_size=2, max_size=3))
def test_an_early_stop_decides_a_family_as_the_whole_run_would(counts: list[tuple[int, int, int]]) -> None:
    assume(all(k <= n for k, n, _ in counts))
    members = [criterion(id=f"m{at}", bound=0.4, confidence=0.8, minimum_n=1) for at in range(len(counts))]
    rules = family("both", *members)
    counted = {item.id: stopped(k, n, 0, left) for item, (k, n, left) in zip(members, counts, strict=True)}
    found = decide(rules, counted, "")
    for way in itertools.product(*(range(left + 1) for _, _, left in counts)):
        whole = {
            item.id: stopped(k + wrong, n + left, 0, 0)
            for item, (k, n, left), wrong in zip(members, counts, way, strict=True)
        }
        for early, full in zip(found, decide(rules, whole, ""), strict=True):
            assert early.decision in (full.decision, Decision.INCONCLUSIVE)


@given(st.lists(st.sampled_from([None, True, False]), min_size=2, max_size=9), st.data())
def test_an_early_stop_of_a_clustered_sample(seen: list[bool | None], data: st.DataObject) -> None:
    """Cases right, wrong or left out (None), in random clusters: every way those could have gone."""
    sites = data.draw(st.lists(st.integers(0, 3), min_size=len(seen), max_size=len(seen)))
    rule = criterion(bound=0.4, confidence=0.8, minimum_n=1)

    def table(fates: Sequence[bool | None]) -> Tally:
        made = Tally()
        for at, right in enumerate(fates):
            item = scored_case(Expectation.BLOCK, Verdict.BLOCKED if right else Verdict.ALLOWED, f"case-{at}")
            case = replace(item.case, cluster=f"site-{sites[at]}")
            spared: dict[str, Any] = {"outcome": Outcome.UNSCORED, "reason": "left-out"} if right is None else {}
            made.add(replace(item, case=case, **spared))
        return made

    ways = [[right] if right is not None else [True, False] for right in seen]
    whole = {one(rule, table(way)).decision for way in itertools.product(*ways)}
    found = one(rule, table(seen)).decision
    assert whole == {found} or (found is Decision.INCONCLUSIVE and len(whole) > 1)


@pytest.mark.parametrize("metric", [Metric.BLOCKED_SITES_OVER_BLOCK, Metric.UNBLOCKED_SITES_UNDER_BLOCK])
def test_no_early_stop_where_the_product_decides_what_counts(metric: Metric) -> None:
    table = Tally(fn=50, fp=50, tp=1, tn=1, left_out_block=1)
    found = one(criterion(metric=metric), table)
    assert (found.decision, found.reason) == (
        Decision.INCONCLUSIVE,
        "1 case was left out, and could have changed the decision.",
    )
