"""Decisions at their edges, and what can never improve one."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.model.words import Decision, Metric
from harness.profile.criteria import Criterion
from harness.score.decide import SEVERITY, decide, overall
from harness.score.rates import Tally
from tests.builders import criterion, tally

GUARDED = criterion(bound=0.05, confidence=0.95, minimum_n=29, maximum_unscored=0.1)
SIMPLE = criterion(bound=0.05, confidence=0.95, minimum_n=29, maximum_unscored=0.1, rule="simple-acceptance")


def decision(rule: Criterion, k: int, n: int, unscored: int = 0) -> Decision:
    return decide(rule, tally(k, n, unscored), "moderate").decision


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
    ],
)
def test_edges(rule: Criterion, k: int, n: int, unscored: int, wanted: Decision) -> None:
    assert decision(rule, k, n, unscored) is wanted


def test_what_is_said() -> None:
    found = decide(GUARDED, tally(4, 200, 3), "most")
    assert (found.setting, found.k, found.n, found.unscored, found.estimate) == ("most", 4, 200, 3, 0.02)
    assert found.worst == pytest.approx(7 / 203)
    assert (
        found.reason
        == "4 of 200 cases went wrong; at 95% confidence the true rate is at most 4.5%, within the bound of 5.0%."
    )
    assert decide(GUARDED, Tally(), "most").reason == "No case could be scored, so nothing can be said."


@pytest.mark.parametrize("rule", [GUARDED, SIMPLE])
@pytest.mark.parametrize("metric", Metric)
def test_nothing_to_score_never_passes(rule: Criterion, metric: Metric) -> None:
    asked = rule.model_copy(update={"metric": metric, "minimum_n": 1, "maximum_unscored": 1.0})
    for table in (Tally(), Tally(unscored_block=50), Tally(unscored_allow=50)):
        assert decide(asked, table, "").decision is Decision.INCONCLUSIVE


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
    decided = [decide(rule, tally(min(pair), max(pair)), "") for pair in counts]
    assert overall(decided) is overall(decided[::-1])
    assert SEVERITY.index(overall(decided)) == min(SEVERITY.index(item.decision) for item in decided)


def test_severity() -> None:
    assert set(SEVERITY) == set(Decision)
    assert overall([]) is Decision.INCONCLUSIVE
